"""Telling a room from the open air: a ceiling fills the top of the frame as a sky does."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, Mask

BLUISH: Final = 12
_LEAST_WIDTH: Final = 0.6
_NARROWS: Final = 0.82
_HOLES: Final = 0.86


def is_ceiling(top: Mask, colour: F32) -> bool:
    """Whether what lies along the upper border is a ceiling: of no sky's colour, and closed below by a straight edge
    that is narrower than the top, as a plane overhead is in perspective."""
    red, _, blue = (float(band) for band in colour)
    if blue > red + BLUISH or top[0].mean() < _LEAST_WIDTH or top[-1].any():
        return False
    columns = np.flatnonzero(top.any(axis=0))
    depth = top.shape[0] - np.argmax(top[::-1], axis=0)
    depth = np.where(top.any(axis=0), depth, 0)
    # Lamps hang into it: what is under the hull counts, up to their width.
    deepest = int(np.percentile(depth[columns], 95))
    if deepest < 0.04 * top.shape[0]:
        return False
    across = [np.flatnonzero(top[min(row, top.shape[0] - 1)]) for row in (0, max(0, round(0.85 * deepest)))]
    if not all(len(each) for each in across):
        return False
    first, last = (np.ptp(each) + 1 for each in across)
    filled = top[: deepest + 1].sum() / max(1, _hull_area(top[: deepest + 1]))
    return bool(last < _NARROWS * first and filled > _HOLES)


def windows(parts: I32, mean: F32, count: I32) -> Mask:
    """Parts of a room's picture through which empty model space shows: brighter than anything that touches the
    frame, and enclosed."""
    border = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    border = border[border > 0]
    brightest = mean[border].mean(axis=1).max() if len(border) else 255.0
    shown = (mean.min(axis=1) > 200) & (mean.mean(axis=1) > brightest + 8) & (count > 0.0015 * parts.size)
    shown[border] = False
    cool: Mask = shown & (mean[:, 2] >= mean[:, 0])
    cool[0] = False
    return cool


def _hull_area(mask: Mask) -> float:
    """Area of the convex hull of rows that reach from their first to their last pixel."""
    rows = np.flatnonzero(mask.any(axis=1))
    left = np.argmax(mask[rows], axis=1).astype(np.float64)
    right = mask.shape[1] - np.argmax(mask[rows][:, ::-1], axis=1).astype(np.float64)
    width = upper_hull(rows, right) + upper_hull(rows, -left)
    return float(width.sum())


def upper_hull(x: NDArray[np.int64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    hull: list[tuple[float, float]] = []
    for point in zip(x.tolist(), y.tolist(), strict=True):
        while len(hull) > 1 and (hull[-1][0] - hull[-2][0]) * (point[1] - hull[-2][1]) >= (
            hull[-1][1] - hull[-2][1]
        ) * (point[0] - hull[-2][0]):
            hull.pop()
        hull.append(point)
    across, up = np.array(hull).T
    return np.asarray(np.interp(x, across, up))
