"""Green faces within a building, such as a flat roof: no tree stands there, although they are as green as one."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import HORIZONTAL, Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_dilation
from renderiq.engines.preview.segment.scene import Scene

_MIN_AREA: Final = 0.006
"""Of the picture: a green face that is judged."""
_OPEN: Final = 0.18
"""Of what is around a crown: the part that is sky or ground at least."""
_FLAT: Final = 1.8
"""Width over height of a flat face; crowns are as high as they are wide."""
_REACH: Final = (5, 13)
"""Sides of the squares that end within an edge line and beyond it."""
_MAX_FACES: Final = 12


def has_enclosed_foliage(scene: Scene, surfaces: Surfaces) -> bool:
    """Returns whether a large face that would be painted as foliage has hardly any sky or ground around it."""
    material = surfaces.material[scene.label]
    foliage = material == Material.FOLIAGE
    if foliage.sum() < _MIN_AREA * foliage.size:
        return False
    is_open = np.isin(material, HORIZONTAL)
    parts = connected_components(foliage)
    area = np.bincount(parts.ravel())
    area[0] = 0
    large = [part for part in np.argsort(-area)[:_MAX_FACES] if area[part] > _MIN_AREA * foliage.size]
    for part in large:
        member = (parts == part).astype(np.uint8)
        height, width = (np.ptp(np.flatnonzero(member.any(axis=axis))) + 1 for axis in (1, 0))
        if width < _FLAT * height:
            continue
        ring = (grey_dilation(member, _REACH[1]) > 0) & (grey_dilation(member, _REACH[0]) == 0) & ~foliage
        if ring.any() and is_open[ring].mean() < _OPEN:
            return True
    return False
