"""Bands of one plane, into which few levels of depth part it, are one region; faces and materials stay apart."""

from __future__ import annotations

import numpy as np

from renderiq.engines.preview.deferred.coplanar import merge_coplanar

LEVEL = np.float32(0.01)
HALVES = np.repeat(np.array([[1, 2]], np.int32), 20, axis=1).repeat(30, axis=0)
"""A region on the left and one on the right."""
LEFT = HALVES == 1


def merged(
    *,
    turn: float = 0.0,
    step: float = 1.0,
    ids: tuple[int, int] | None = None,
    flat: tuple[bool, bool] = (True, True),
) -> int:
    """Returns how many regions are left of two; ``turn`` (degrees) and ``step`` (levels) are between them."""
    angle = np.radians([0, 0, turn])
    normals = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], 1).astype(np.float32)
    id_of_region = None if ids is None else np.array([0, *ids], np.int32)
    inverse = np.where(LEFT, np.float32(0.5), np.float32(0.5) + LEVEL * np.float32(step)).astype(np.float32)
    is_flat = np.array([False, *flat])
    region = merge_coplanar(HALVES, is_flat, normals, inverse, np.full_like(inverse, LEVEL), id_of_region)
    return int(region.max())


def test_bands_of_one_plane_are_one_region() -> None:
    assert merged() == 1
    assert merged(ids=(1, 1)) == 1


def test_facets_of_a_curved_roof_stay_apart() -> None:
    assert merged(turn=4) == 2


def test_a_step_in_depth_parts_two_faces() -> None:
    assert merged(step=4) == 2


def test_two_materials_in_one_plane_stay_apart() -> None:
    assert merged(ids=(1, 2)) == 2


def test_what_is_curved_is_not_merged() -> None:
    assert merged(flat=(True, False)) == 2


def test_the_background_belongs_to_no_plane() -> None:
    region = np.where(LEFT, 0, 1).astype(np.int32)
    normals = np.array([[0, 0, 1], [0, 0, 1]], np.float32)
    inverse = np.full(region.shape, 0.5, np.float32)

    assert np.array_equal(
        merge_coplanar(region, np.array([True, True]), normals, inverse, np.full_like(inverse, LEVEL), None), region
    )
