"""Planes out of 8 bits of depth: faces that meet in one part of a depth image have a straight border."""

from __future__ import annotations

import numpy as np
import pytest

from renderiq.engines.preview.deferred.planes import fit_planes, picture_coordinates
from renderiq.engines.preview.raster import F32, I32

SHAPE = (240, 320)
LEVEL = 1 / 255


def faces(slopes: tuple[float, float], tilt: float) -> F32:
    """Returns inverse distances of a ridge (falling slopes) or a valley along a line that leans by ``tilt``."""
    x, y = picture_coordinates(SHAPE)
    across = x - tilt * y
    left, right = slopes
    exact = 0.5 + np.where(across < 0, left * across, right * across)
    return (np.round(exact / LEVEL) * LEVEL).astype(np.float32)


def labels(level: F32) -> I32:
    return fit_planes(level, np.ones(SHAPE, np.int32), np.full(SHAPE, LEVEL, np.float32)).label


@pytest.mark.parametrize(
    ("slopes", "tilt"),
    [
        pytest.param((0.08, -0.12), 0.3, id="ridge"),
        pytest.param((-0.08, 0.12), 0.3, id="valley"),
        pytest.param((0.1, 0.05), 0.0, id="nearly one plane"),
    ],
)
def test_the_border_of_two_faces_is_the_line_in_which_they_meet(slopes: tuple[float, float], tilt: float) -> None:
    label = labels(faces(slopes, tilt))
    x, y = picture_coordinates(SHAPE)

    on_wrong_side = (label == label[120, 20]) != (x - tilt * y < 0)

    assert label[120, 20] != label[120, 300]
    assert on_wrong_side[np.broadcast_to(np.abs(x - tilt * y) > 4 / 240, SHAPE)].mean() < 0.001


def test_a_face_of_one_plane_stays_whole() -> None:
    assert len(np.unique(labels(faces((0.1, 0.1), 0)))) == 1


def test_each_of_many_small_parts_gets_the_plane_of_its_own_pixels() -> None:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    part = (rows // 4 * (SHAPE[1] // 4) + columns // 4 + 1).astype(np.int32)
    x, y = picture_coordinates(SHAPE)
    slope = (part % 5).astype(np.float32) / 10
    level = (0.5 + slope * x + y / 20).astype(np.float32)

    planes = fit_planes(level, part, np.full(SHAPE, LEVEL, np.float32))

    assert len(planes.coefficients) == part.max()
    own = planes.coefficients[planes.label]
    assert np.abs(own[..., 0] - slope).max() < 0.01
    assert np.abs(own[..., 0] * x + own[..., 1] * y + own[..., 2] - level).max() < 1e-4
