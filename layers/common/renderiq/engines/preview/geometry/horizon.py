"""The horizon line of a capture, estimated from vanishing points."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F64, U8

_ANGLE_BINS: Final = 240
"""Bins of the Hough transform over 180 degrees."""
_MAX_LINES: Final = 70
_MIN_LINES: Final = 4
_MIN_EDGE_PIXELS: Final = 50
_MIN_GRADIENT: Final = 24
"""Grey levels over two pixels: weaker gradients are no edges."""
_MIN_LINE_LENGTH: Final = 0.02
"""Of the picture's width."""
_MIN_SINE: Final = 0.02
"""Sine of the angle between two lines: the crossing of flatter ones is not reliable."""
_DEFAULT_HORIZON: Final[float] = 0.40
_PRIOR_WIDTH: Final = 0.2
"""Default horizon and the width of the Gaussian prior around it, of the picture's height."""
_HORIZON_RANGE: Final = (0.12, 0.72)


def find_horizon(grey: U8) -> float:
    """Returns the row of the horizon of a level camera, from the vanishing points of the lines in the picture.

    The row is clamped to 12..72 % of the height. A capture with too few lines gets 40 %, a usual eye level.
    """
    height, width = grey.shape
    lines, length = _detect_lines(grey)
    if len(lines) < _MIN_LINES:
        return float(_DEFAULT_HORIZON * height)
    first, second = np.triu_indices(len(lines), 1)
    crossing = np.cross(lines[first], lines[second])
    sine = np.abs(crossing[:, 2])
    usable = sine > _MIN_SINE
    crossing, sine, first, second = crossing[usable], sine[usable], first[usable], second[usable]
    x, y = crossing[:, 0] / crossing[:, 2], crossing[:, 1] / crossing[:, 2]
    # Vanishing points of facades seen at an angle are mostly outside the picture; crossings inside are corners.
    outside = ((x < -0.02 * width) | (x > 1.02 * width)) & (np.abs(x - width / 2) < 6 * width)
    outside &= np.abs(y - height / 2) < 0.75 * height
    if not outside.any():
        return float(_DEFAULT_HORIZON * height)
    weight = np.minimum(length[first], length[second]) * sine
    votes, edges = np.histogram(y[outside], bins=100, range=(-0.25 * height, 1.25 * height), weights=weight[outside])
    votes = np.convolve(votes, [0.25, 0.6, 1, 0.6, 0.25], "same")
    # The horizon is rarely far from its usual height; the prior decides if few lines vote.
    middle = (edges[:-1] + edges[1:]) / 2 / height
    votes *= np.exp(-(((middle - _DEFAULT_HORIZON) / _PRIOR_WIDTH) ** 2))
    best = int(votes.argmax())
    low, high = _HORIZON_RANGE
    return float(np.clip((edges[best] + edges[best + 1]) / 2, low * height, high * height))


def _detect_lines(grey: U8) -> tuple[F64, F64]:
    """Finds straight lines that are not vertical with a Hough transform.

    Returns the lines (count, 3) as (a, b, c) with ax + by + c = 0 and a² + b² = 1, and their horizontal extent in
    pixels (count,).
    """
    height, width = grey.shape
    levels = grey.astype(np.int16)
    gradient_x = levels[1:-1, 2:] - levels[1:-1, :-2]
    gradient_y = levels[2:, 1:-1] - levels[:-2, 1:-1]
    strength_x, strength_y = np.abs(gradient_x), np.abs(gradient_y)
    # Edges steeper than about 50 degrees are left out: verticals say nothing about the horizon.
    edge = np.flatnonzero((strength_x + strength_y > _MIN_GRADIENT) & (20 * strength_y > 17 * strength_x))
    if len(edge) < _MIN_EDGE_PIXELS:
        return np.empty((0, 3)), np.empty(0)
    slope = np.arctan2(-gradient_x.ravel()[edge].astype(np.float32), gradient_y.ravel()[edge].astype(np.float32))
    slope = (slope + np.pi / 2) % np.pi - np.pi / 2
    angle = ((slope / np.pi + 0.5) * _ANGLE_BINS).astype(np.int64) % _ANGLE_BINS
    # Sorted by angle, the pixels of a line are in a few contiguous slices.
    order = np.argsort(angle.astype(np.uint8), kind="stable")
    angle = angle[order]
    y, x = np.divmod(edge[order], width - 2)
    x, y = x + 1, y + 1
    bin_angle = (np.arange(_ANGLE_BINS) + 0.5) / _ANGLE_BINS * np.pi - np.pi / 2
    max_offset = int(np.hypot(height, width)) // 2 + 2
    offset = ((-x * np.sin(bin_angle)[angle] + y * np.cos(bin_angle)[angle]) / 2).astype(np.int64) + max_offset
    bins = 2 * max_offset
    votes = np.bincount(angle * bins + offset, minlength=_ANGLE_BINS * bins).reshape(_ANGLE_BINS, bins)
    accumulator = votes + np.roll(votes, 1, 0) + np.roll(votes, 1, 1)
    begin = np.searchsorted(angle, np.arange(_ANGLE_BINS + 1)).tolist()
    lines, lengths = [], []
    for _ in range(_MAX_LINES):
        peak = int(accumulator.argmax())
        row, column = divmod(peak, bins)
        if accumulator[row, column] < _MIN_LINE_LENGTH * width:
            break
        px, py = [], []
        for near in ((row - 1) % _ANGLE_BINS, row, (row + 1) % _ANGLE_BINS):
            members = slice(begin[near], begin[near + 1])
            supports = np.abs(offset[members] - column) <= 1
            px.append(x[members][supports])
            py.append(y[members][supports])
        line = _fit_line(
            np.concatenate(px).astype(np.float64), np.concatenate(py).astype(np.float64), _MIN_LINE_LENGTH * width
        )
        if line is not None:
            lines.append(line[0])
            lengths.append(line[1])
        accumulator[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
    return np.array(lines).reshape(-1, 3), np.array(lengths)


def _fit_line(x: F64, y: F64, min_length: float) -> tuple[NDArray[np.float64], float] | None:
    """Returns the least-squares line through the points and its horizontal extent; None if it is too short."""
    if len(x) <= 8 or (extent := float(np.ptp(x))) <= min_length:
        return None
    mean_x, mean_y = x.mean(), y.mean()
    gradient = float((x - mean_x) @ (y - mean_y)) / float((x - mean_x) @ (x - mean_x))
    line = np.array([gradient, -1.0, mean_y - gradient * mean_x])
    return line / np.hypot(gradient, 1.0), extent
