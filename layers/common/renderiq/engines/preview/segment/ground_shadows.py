"""Shadows that a viewport has drawn on its own ground plane."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_dilation, grey_erosion, local_range

_RATIO: Final = (0.3, 1.02)
"""Brightness of a drawn shadow, or of a piece of ground, over that of the ground."""
_HUE: Final = 0.012
"""Difference of chromaticity coordinates between a ground and a shadow on it."""
_SMOOTH_RANGE: Final = 6
"""Levels in 3 x 3 pixels of an even area."""
_REACH: Final = 7
"""Pixels from the even part of a shadow to the ground, across the border between them."""
_DIP: Final = 0.03
"""Of the ground's brightness: a border that is darker than the shadow by more is an edge line, or a thing."""
_MIN_OPEN: Final = 0.1
"""Of the border of a shadow: what is beside the ground without an edge line. Faces of the hue of the ground have none,
but there may be gaps in their lines."""
_GROUND_RATIO: Final = 0.98
"""Brightness of a piece of ground between posts."""
_SAME_RATIO: Final = 0.02
"""Difference in brightness between two shadows on one ground."""


def find_ground_shadows(rgb: U8, ground: F32, background: Mask, horizon: int) -> tuple[F32, Mask]:
    """Returns the brightness (0..1) of the ground below the row ``horizon`` and which pixels are shadows on it.

    ``ground`` (3,) is its colour. A shadow has the hue of the ground, is darker, and much of its border is beside the
    ground without an edge line between them; what is seen of it between posts is as dark as the rest of it.
    """
    red, green, blue = (rgb[..., channel].astype(np.float32) for channel in range(3))
    total = np.maximum(red + green + blue, 1)
    ratio: F32 = (total / ground.sum()).astype(np.float32)
    share = ground / ground.sum()
    lowest, highest = _RATIO
    candidate = (ratio > lowest) & (ratio < highest)
    for level, expected in zip((red, green, blue), share, strict=True):
        candidate &= np.abs(level - expected * total) < _HUE * total
    candidate[:horizon] = False
    joined = connected_components(candidate | background)
    reached = np.zeros(int(joined.max()) + 1, np.bool_)
    reached[np.unique(joined[horizon:][background[horizon:]])] = True
    reached[0] = False
    # Only even areas: a gradient from wall to ground is no shadow.
    even = grey_erosion((candidate & (local_range(rgb) <= _SMOOTH_RANGE)).astype(np.uint8), 3) > 0
    parts = connected_components(even & reached[joined] & ~background)
    is_shadow = _are_shadows(parts, ratio, background)
    core = grey_dilation(is_shadow[parts].astype(np.uint8), _REACH) > 0
    shadow: Mask = core & candidate & reached[joined] & ~background
    return np.where(shadow, np.minimum(ratio, 1), 1).astype(np.float32), shadow


def _are_shadows(parts: I32, ratio: F32, background: Mask) -> Mask:
    """Returns which ``parts`` (height, width) are shadows, or ground, by their brightness and their borders."""
    count = int(parts.max()) + 1
    area = np.maximum(np.bincount(parts.ravel(), minlength=count), 1)
    mean = np.bincount(parts.ravel(), ratio.ravel(), count) / area
    border, is_open = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for turned in ((parts, ratio, background), (parts.T, ratio.T, background.T)):
        for part, level, ground in (turned, tuple(plane[::-1] for plane in turned)):
            here = part[:-_REACH]
            at_border = (here > 0) & (part[1 : 1 - _REACH] != here)
            between = np.minimum.reduce([level[step : step - _REACH] for step in range(1, _REACH)])
            beside = at_border & ground[_REACH:] & (between > level[:-_REACH] - _DIP)
            border += np.bincount(here[at_border], minlength=count)
            is_open += np.bincount(here[beside], minlength=count)
    is_shadow: Mask = is_open > _MIN_OPEN * border
    is_shadow[0] = False
    known = mean[is_shadow]
    is_shadow |= mean > _GROUND_RATIO
    if len(known):
        is_shadow |= np.abs(mean[:, None] - known).min(axis=1) < _SAME_RATIO
    is_shadow[0] = False
    return is_shadow
