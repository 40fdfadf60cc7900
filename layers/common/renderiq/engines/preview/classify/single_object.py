"""Telling a single object, a chair or a vase, from architecture: it stands in a studio rather than on a meadow."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import Material, Surfaces
from renderiq.engines.preview.raster import U8, Mask
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_OF_BUILDINGS: Final = (Material.GLASS, Material.FOLIAGE, Material.PAVING, Material.WATER)
_STEP: Final = 5
"""Levels between two rows of a backdrop that are a line, and no gradient."""


def is_single_object(scene: Scene, surfaces: Surfaces, rgb: U8) -> bool:
    """Whether the capture ``rgb`` shows a thing alone before an empty backdrop: nothing of a building or a garden, and
    wooden, rounded, on legs, or wholly below eye level."""
    model = scene.label != BACKGROUND
    border = np.concatenate([model[0], model[-1], model[:, 0], model[:, -1]])
    if scene.is_interior or not scene.has_background or border.any() or _draws_ground(rgb):
        return False
    area = np.bincount(surfaces.material, scene.regions.area, len(Material)) / max(1, int(model.sum()))
    area[Material.BACKDROP] = 0
    # What is all of a roof's colour is a red thing.
    if area[list(_OF_BUILDINGS)].sum() > 0.01 or 0.01 < area[Material.ROOF] < 0.9:
        return False
    rows = np.flatnonzero(model.any(axis=1))
    if not len(rows):
        return False
    rounded = scene.shading is not None and bool((scene.shading[model] != 128).mean() > 0.3)
    below = bool(rows[0] > scene.horizon + 0.02 * len(model))
    return rounded or below or bool(area[Material.WOOD] > 0.3) or _has_legs(model, rows[0], rows[-1])


def _has_legs(model: Mask, top: int, bottom: int) -> bool:
    """Whether the lower part of a thing is mostly gaps."""
    columns = np.flatnonzero(model.any(axis=0))
    low = model[bottom - (bottom - top) // 4 : bottom - (bottom - top) // 10, columns[0] : columns[-1] + 1]
    return low.size > 0 and bool(low.mean() < 0.4)


def _draws_ground(rgb: U8) -> bool:
    """Whether the backdrop changes along a line from the left border to the right one."""
    steps = []
    for side in (rgb[:, :8], rgb[:, -8:]):
        rows = side.astype(np.float32).mean(axis=1)
        steps.append(np.abs(rows[4:] - rows[:-4]).max(axis=1) > _STEP)
    near = max(3, len(rgb) // 30)
    wide = np.convolve(steps[0], np.ones(2 * near + 1), "same") > 0
    return bool((wide & steps[1]).any())
