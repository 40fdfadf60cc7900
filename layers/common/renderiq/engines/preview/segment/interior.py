"""Interiors: the ceiling of a room fills the top of the frame as a sky does, and its windows show the background."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.geometry.lines import upper_convex_hull
from renderiq.engines.preview.raster import F32, I32, Mask

SKY_BLUENESS: Final = 12
"""Levels that a sky has more of blue than of red."""
_MIN_CEILING_WIDTH: Final = 0.6
_MIN_CEILING_DEPTH: Final = 0.04
"""Of the picture's width and height."""
_MAX_NARROWING: Final = 0.82
"""Width of a ceiling near its far end over its width at the top of the frame."""
_MIN_SOLIDITY: Final = 0.86
"""Area of a ceiling over that of its convex hull: lamps that hang from it leave gaps."""
_WINDOW_MIN_LEVEL: Final = 200
_WINDOW_MIN_CONTRAST: Final = 8
"""Levels by which a window opening is brighter than everything that touches the frame."""
_WINDOW_MIN_AREA: Final = 0.0015
"""Of the picture."""


def is_ceiling(top: Mask, colour: F32) -> bool:
    """Returns whether the region along the upper border is a ceiling rather than a sky.

    ``top`` (height, width) has its pixels and ``colour`` (3,) its mean, 0..255. A ceiling is not bluish, and its
    straight far end is narrower than the top of the frame, because of perspective.
    """
    red, _, blue = (float(channel) for channel in colour)
    if blue > red + SKY_BLUENESS or top[0].mean() < _MIN_CEILING_WIDTH or top[-1].any():
        return False
    columns = np.flatnonzero(top.any(axis=0))
    depth = top.shape[0] - np.argmax(top[::-1], axis=0)
    depth = np.where(top.any(axis=0), depth, 0)
    # Lamps may hang from it: the depth is that of most columns.
    deepest = int(np.percentile(depth[columns], 95))
    if deepest < _MIN_CEILING_DEPTH * top.shape[0]:
        return False
    rows = [np.flatnonzero(top[min(row, top.shape[0] - 1)]) for row in (0, max(0, round(0.85 * deepest)))]
    if not all(len(row) for row in rows):
        return False
    first, last = (np.ptp(row) + 1 for row in rows)
    solidity = top[: deepest + 1].sum() / max(1, _convex_area(top[: deepest + 1]))
    return bool(last < _MAX_NARROWING * first and solidity > _MIN_SOLIDITY)


def find_window_openings(components: I32, colour: F32, area: I32) -> Mask:
    """Returns for each component whether it is a window opening, through which the background is visible.

    Openings do not touch the frame of the picture and are brighter than everything that does.
    """
    border = np.unique(np.concatenate([components[0], components[-1], components[:, 0], components[:, -1]]))
    border = border[border > 0]
    brightest = colour[border].mean(axis=1).max() if len(border) else 255.0
    is_bright = (colour.min(axis=1) > _WINDOW_MIN_LEVEL) & (colour.mean(axis=1) > brightest + _WINDOW_MIN_CONTRAST)
    is_bright &= area > _WINDOW_MIN_AREA * components.size
    is_bright[border] = False
    is_opening: Mask = is_bright & (colour[:, 2] >= colour[:, 0])
    is_opening[0] = False
    return is_opening


def _convex_area(mask: Mask) -> float:
    """Returns the area in pixels of the convex hull of ``mask``, each row of which counts from end to end."""
    rows = np.flatnonzero(mask.any(axis=1))
    left = np.argmax(mask[rows], axis=1).astype(np.float64)
    right = mask.shape[1] - np.argmax(mask[rows][:, ::-1], axis=1).astype(np.float64)
    width = upper_convex_hull(rows, right) + upper_convex_hull(rows, -left)
    return float(width.sum())
