"""Lines through point sets: convex hulls and robust line fitting."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F64

_MAX_SAMPLES: Final = 48
_MIN_PAIR_DISTANCE: Final = 6
"""Samples between the two points that a candidate line goes through."""
_INLIER_DISTANCE: Final = 1.6
"""Pixels from a line within which a point supports it."""


def upper_convex_hull(x: NDArray[np.int64], y: F64) -> F64:
    """Returns at each ``x`` (ascending) the value of the upper convex hull of the points (Andrew's monotone chain)."""
    hull: list[tuple[float, float]] = []
    for point in zip(x.tolist(), y.tolist(), strict=True):
        while len(hull) > 1 and (hull[-1][0] - hull[-2][0]) * (point[1] - hull[-2][1]) >= (
            hull[-1][1] - hull[-2][1]
        ) * (point[0] - hull[-2][0]):
            hull.pop()
        hull.append(point)
    hull_x, hull_y = np.array(hull).T
    return np.asarray(np.interp(x, hull_x, hull_y))


def fit_dominant_line(x: F64, y: F64) -> tuple[float, float]:
    """Returns (slope, intercept) of the line that most points of a contour lie on.

    The candidates are all lines through two sampled points, as in RANSAC but without chance.
    """
    sample = np.linspace(0, len(x) - 1, min(_MAX_SAMPLES, len(x))).astype(int)
    px, py = x[sample], y[sample]
    first, second = np.triu_indices(len(sample), _MIN_PAIR_DISTANCE)
    slope = (py[second] - py[first]) / np.maximum(px[second] - px[first], 1)
    intercept = py[first] - slope * px[first]
    inlier = np.abs(py[None] - slope[:, None] * px[None] - intercept[:, None]) < _INLIER_DISTANCE
    best = int(inlier.sum(axis=1).argmax())
    return float(slope[best]), float(intercept[best])
