"""Single objects, such as a chair or a vase, which are shown in a studio rather than outdoors."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.raster import U8, Mask
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.segment.smooth_shading import SHADING_MEAN

_BUILDING_MATERIALS: Final = (Material.GLASS, Material.FOLIAGE, Material.PAVING, Material.WATER)
_MAX_BUILDING_AREA: Final = 0.01
"""Of the model: the materials of buildings and gardens in a single object."""
_RED_OBJECT_AREA: Final = 0.9
"""Of the model: if so much of it has the colour of a roof, it is a red object."""
_MIN_SMOOTH_AREA: Final = 0.3
_MIN_WOOD_AREA: Final = 0.3
_MAX_LEG_AREA: Final = 0.4
"""Of the lower part of an object on legs: the rest are gaps."""
_GROUND_LINE_CONTRAST: Final = 5
"""Levels between two rows of a backdrop that make a line rather than a gradient."""


def is_single_object(scene: Scene, surfaces: Surfaces, rgb: U8) -> bool:
    """Returns whether the capture ``rgb`` shows one object before an empty backdrop.

    The object does not touch the frame, shows nothing of a building or a garden, and is wooden, smoothly shaded, on
    legs or entirely below the horizon.
    """
    model = scene.label != BACKGROUND
    frame = np.concatenate([model[0], model[-1], model[:, 0], model[:, -1]])
    if scene.is_interior or not scene.has_background or frame.any() or _has_ground_line(rgb):
        return False
    area = np.bincount(surfaces.material, scene.regions.area, len(Material)) / max(1, int(model.sum()))
    area[Material.BACKGROUND] = 0
    if area[list(_BUILDING_MATERIALS)].sum() > _MAX_BUILDING_AREA:
        return False
    if _MAX_BUILDING_AREA < area[Material.ROOF] < _RED_OBJECT_AREA:
        return False
    rows = np.flatnonzero(model.any(axis=1))
    if not len(rows):
        return False
    is_smooth = scene.shading is not None and bool((scene.shading[model] != SHADING_MEAN).mean() > _MIN_SMOOTH_AREA)
    is_below_horizon = bool(rows[0] > scene.horizon + 0.02 * len(model))
    is_wooden = bool(area[Material.WOOD] > _MIN_WOOD_AREA)
    return is_smooth or is_below_horizon or is_wooden or _has_legs(model, rows[0], rows[-1])


def _has_legs(model: Mask, top: int, bottom: int) -> bool:
    """Returns whether the lower part of the model, which covers rows ``top`` to ``bottom``, is mostly gaps."""
    columns = np.flatnonzero(model.any(axis=0))
    low = model[bottom - (bottom - top) // 4 : bottom - (bottom - top) // 10, columns[0] : columns[-1] + 1]
    return low.size > 0 and bool(low.mean() < _MAX_LEG_AREA)


def _has_ground_line(rgb: U8) -> bool:
    """Returns whether the backdrop changes along a line from the left border to the right border."""
    is_line = []
    for side in (rgb[:, :8], rgb[:, -8:]):
        rows = side.astype(np.float32).mean(axis=1)
        is_line.append(np.abs(rows[4:] - rows[:-4]).max(axis=1) > _GROUND_LINE_CONTRAST)
    near = max(3, len(rgb) // 30)
    near_left_line = np.convolve(is_line[0], np.ones(2 * near + 1), "same") > 0
    return bool((near_left_line & is_line[1]).any())
