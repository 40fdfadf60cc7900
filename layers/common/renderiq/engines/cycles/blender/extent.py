"""How far the building of a model goes, and how high its terrain is."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from renderiq.engines.cycles.views import Bounds, Cast

GROUNDS: Final = {"grass", "meadow", "foliage", "gravel", "sand", "soil", "asphalt", "paving", "water", "snow"}
"""Surfaces that are terrain."""
_FAR_PART: Final = 0.25


def bulk(whole: Bounds, things: list[Any], surfaces: dict[str, str]) -> Bounds:
    """Returns the box without what is far away and small: a marker at the origin, or a fence around the land.

    A side of the box is moved inwards only if little of the model's surface lies beyond.
    """
    places, areas = [], []
    for each in things:
        mesh = each.data
        centres = np.empty(len(mesh.polygons) * 3, np.float32)
        sizes = np.empty(len(mesh.polygons), np.float32)
        slots = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("center", centres)
        mesh.polygons.foreach_get("area", sizes)
        mesh.polygons.foreach_get("material_index", slots)
        kinds = [surfaces.get(slot.material.name, "") if slot.material else "" for slot in each.material_slots]
        outside = [index for index, kind in enumerate(kinds) if kind in GROUNDS]
        sizes[np.isin(slots, outside)] = 0
        matrix = np.array(each.matrix_world, np.float32)
        places.append(centres.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])
        areas.append(sizes * abs(float(np.linalg.det(matrix[:3, :3]))) ** (2 / 3))
    place, area = np.concatenate(places), np.concatenate(areas)
    if not area.sum() > 0:
        return whole
    low, high = list(whole.low), list(whole.high)
    for axis in range(3):
        order = np.argsort(place[:, axis])
        share = np.cumsum(area[order]) / area.sum()
        inner = [float(place[order[np.searchsorted(share, part)], axis]) for part in (0.015, 0.985)]
        size = inner[1] - inner[0]
        if inner[0] - low[axis] > _FAR_PART * size:
            low[axis] = inner[0] - 0.02 * size
        if high[axis] - inner[1] > _FAR_PART * size:
            high[axis] = inner[1] + 0.02 * size
    return Bounds((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def edge_heights(box: Bounds, cast: Cast) -> list[float]:
    """Returns the heights of a terrain a little inside its edge."""
    (x0, y0, z0), (x1, y1, z1) = box.low, box.high
    found = []
    for step in range(1, 12):
        share = step / 12
        x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
        inset_x, inset_y = 0.02 * (x1 - x0), 0.02 * (y1 - y0)
        for place in ((x, y0 + inset_y), (x, y1 - inset_y), (x0 + inset_x, y), (x1 - inset_x, y)):
            hit = cast((*place, z1 + 0.5), (0.0, 0.0, -1.0), z1 - z0 + 1)
            if hit:
                found.append(z1 + 0.5 - hit.distance)
    return found
