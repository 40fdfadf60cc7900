"""Rasterisation of contours: the label at each pixel's centre, and pixels near line segments."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.geometry.contours import Contours
from renderiq.engines.preview.raster import F64, I32, U16

_SQRT2: Final = 1.42
"""Rounded up: horizontal or vertical pixels per pixel of distance from a diagonal segment."""


def rasterize_labels(contours: Contours, scale: F64, size: tuple[int, int], label: I32) -> U16:
    """Returns the label at the centre of every output pixel, (height, width).

    ``scale`` is (x, y) from the label map to the output ``size`` = (width, height). Scanline algorithm: wherever a
    contour crosses a row of pixel centres, the label changes by the difference of the contour's two sides, and the
    cumulative sum of these differences is the label. Thus the order of crossings within a pixel does not matter.
    Pixels for which the sum is no label, at the picture's edge, get the nearest one of the map ``label``.
    """
    width, height = size
    x0, y0 = (contours.start * scale).T
    x1, y1 = (contours.end * scale).T
    goes_down = y1 > y0
    upper, lower = np.minimum(y0, y1), np.maximum(y0, y1)
    top = np.clip(np.ceil(upper - 0.5), 0, height).astype(np.int64)
    rows = np.maximum(np.clip(np.ceil(lower - 0.5), 0, height).astype(np.int64) - top, 0)
    segment = np.repeat(np.arange(len(rows)), rows)
    row = np.arange(len(segment)) - np.repeat(np.cumsum(rows) - rows, rows) + top[segment]
    slope = np.where(rows > 0, (x1 - x0) / np.where(y1 == y0, 1, y1 - y0), 0)
    x = x0[segment] + slope[segment] * (row + 0.5 - y0[segment])
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    # Labels are replaced by random numbers, so that the sum between two crossed contours is not another label.
    rng = np.random.Generator(np.random.PCG64(0))
    code = rng.integers(1, 1 << 52, contours.outside + 1)
    code[contours.outside] = 0
    change = (
        code[np.where(goes_down, contours.left, contours.right)]
        - code[np.where(goes_down, contours.right, contours.left)]
    )
    position = row * width + column
    order = np.argsort(position, kind="stable")
    position = np.concatenate([[0], position[order], [width * height]])
    total = np.cumsum(np.append(0, change[segment][order]))
    run = np.diff(position)
    total, run, begin = total[run > 0], run[run > 0], position[:-1][run > 0]
    by_code = np.argsort(code)
    found = by_code[np.clip(np.searchsorted(code[by_code], total), 0, contours.outside)]
    # The contour of the picture itself may be rounded by a pixel.
    unknown = (code[found] != total) | (found == contours.outside)
    y, x = np.divmod(begin[unknown], width)
    found[unknown] = label[
        np.minimum((y / scale[1]).astype(np.int64), label.shape[0] - 1),
        np.minimum((x / scale[0]).astype(np.int64), label.shape[1] - 1),
    ]
    return np.repeat(found.astype(np.uint16), run).reshape(height, width)


def pixels_near_segments(
    start: F64, end: F64, size: tuple[int, int], max_distance: float
) -> tuple[NDArray[np.int64], F64, NDArray[np.int64]]:
    """Finds the pixels whose centre is less than ``max_distance`` pixels from a line segment.

    Returns flat pixel indices, distances in pixels and segment indices. A pixel near several segments is listed once
    for each of them. ``start`` and ``end`` are (count, 2) as (x, y) in pixels of ``size`` = (width, height).
    """
    width, height = size
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    is_steep = np.abs(step[:, 1]) >= np.abs(step[:, 0])
    breadth = int(np.ceil(max_distance * _SQRT2))
    pixels, distances, segments = [], [], []
    # Steep segments are followed row by row, the others column by column.
    for axis in (1, 0):
        chosen = np.flatnonzero((is_steep == bool(axis)) & (length > 1e-6))
        low = np.floor(np.minimum(start[chosen, axis], end[chosen, axis]) - max_distance).astype(np.int64)
        count = np.floor(np.maximum(start[chosen, axis], end[chosen, axis]) + max_distance).astype(np.int64) - low + 1
        segment = np.repeat(chosen, count)
        major = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
        slope = step[segment, 1 - axis] / step[segment, axis]
        minor = np.floor(start[segment, 1 - axis] + slope * (major + 0.5 - start[segment, axis])).astype(np.int64)
        for aside in range(-breadth, breadth + 1):
            x, y = (minor + aside, major) if axis else (major, minor + aside)
            dx, dy = x + 0.5 - start[segment, 0], y + 0.5 - start[segment, 1]
            sx, sy, segment_length = step[segment, 0], step[segment, 1], length[segment]
            distance = np.abs(dx * sy - dy * sx) / segment_length
            along = (dx * sx + dy * sy) / segment_length
            near = (distance < max_distance) & (along > -max_distance) & (along < segment_length + max_distance)
            near &= (x >= 0) & (x < width) & (y >= 0) & (y < height)
            pixels.append(y[near] * width + x[near])
            distances.append(distance[near])
            segments.append(segment[near])
    return np.concatenate(pixels), np.concatenate(distances), np.concatenate(segments)
