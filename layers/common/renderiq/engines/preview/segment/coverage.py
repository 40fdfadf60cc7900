"""Pixels between flat patches: their nearest region, and the coverage that their anti-aliased colour tells."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, CheckCancelled, Mask, never_cancelled
from renderiq.engines.preview.segment.edge_lines import edge_line_colour
from renderiq.engines.preview.segment.morphology import binary_dilation

_COLUMN_BITS: Final = 16
_COLUMN_MASK: Final = (1 << _COLUMN_BITS) - 1
_INFINITE: Final = np.iinfo(np.int32).max
_NEIGHBOURS: Final = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
_MIN_COLOUR_DISTANCE: Final = 30
"""Squared distance in levels between two colours: closer ones cannot be unmixed."""


def expand_labels(seeds: I32, check_cancelled: CheckCancelled = never_cancelled) -> tuple[I32, I32, I32]:
    """Gives each pixel without a label, -1 in ``seeds`` (height, width), the label of the nearest pixel that has one.

    The distances are Euclidean and nearly exact: labels spread from pixel to pixel with the position of their source.
    Returns the complete label map, the flat indices of the pixels that had no label, and for each of those the flat
    index of the pixel whose label it got. ``check_cancelled`` is called once for each ring of pixels.
    """
    height, width = seeds.shape
    stride = width + 2
    source = np.full((height + 2, stride), -1, np.int32)
    # Row and column are packed into one number: computing distances needs no division.
    position = (np.arange(height, dtype=np.int32)[:, None] << _COLUMN_BITS) + np.arange(width, dtype=np.int32)
    source[1:-1, 1:-1] = np.where(seeds >= 0, position, -1)
    source = source.ravel()
    unlabelled = np.flatnonzero(seeds < 0).astype(np.int32)
    row, column = np.divmod(unlabelled, np.int32(width))
    start = (row + 1) * np.int32(stride) + column + 1
    remaining, y, x = start, row, column
    while len(remaining):
        check_cancelled()
        best = np.full(len(remaining), -1, np.int32)
        distance = np.full(len(remaining), _INFINITE, np.int32)
        for down, across in _NEIGHBOURS:
            candidate = source[remaining + np.int32(down * stride + across)]
            offset_y, offset_x = (candidate >> _COLUMN_BITS) - y, (candidate & _COLUMN_MASK) - x
            offset_y *= offset_y
            offset_x *= offset_x
            offset_y += offset_x
            offset_y[candidate < 0] = _INFINITE
            closer = offset_y < distance
            np.copyto(best, candidate, where=closer)
            np.copyto(distance, offset_y, where=closer)
        reached = best >= 0
        if not reached.any():
            break
        source[remaining[reached]] = best[reached]
        left = ~reached
        remaining, y, x = remaining[left], y[left], x[left]
    packed = np.maximum(source[start], 0)
    nearest = (packed >> _COLUMN_BITS) * np.int32(width) + (packed & _COLUMN_MASK)
    label = seeds.copy()
    label.ravel()[unlabelled] = seeds.ravel()[nearest]
    return label, unlabelled, nearest


def estimate_coverage(
    rgb: U8, label: I32, mixed: I32, nearest: I32, line: Mask, line_colour: F32 | None
) -> tuple[I32, F32]:
    """Unmixes the colour of the ``mixed`` pixels (flat indices) into two regions.

    ``nearest`` has for each of them the flat index of the nearest flat pixel. The second region is the one on the
    opposite side of the pixel; next to a ``line`` it is the line itself, with ``line_colour`` if that is known.
    Returns the label of the second region and the coverage (0..1) of the first one, both (height, width).
    """
    height, width = label.shape
    second_label = label.copy()
    coverage = np.ones((height, width), np.float32)
    if not len(mixed):
        return second_label, coverage
    flat_pixel = np.arange(height * width, dtype=np.int32)
    flat_pixel[mixed] = nearest
    y, x = np.divmod(mixed, np.int32(width))
    near_y, near_x = np.divmod(nearest, np.int32(width))
    opposite = np.clip(2 * y - near_y, 0, height - 1) * np.int32(width) + np.clip(2 * x - near_x, 0, width - 1)
    labels, colours = label.ravel(), rgb.reshape(-1, 3)
    label_there, label_here = labels[opposite], labels[mixed]
    shown = colours[mixed].astype(np.float32)
    foreground = colours[nearest].astype(np.float32)
    background = colours[flat_pixel[opposite]].astype(np.float32)
    is_near_line = binary_dilation(line).ravel()[mixed]
    if is_near_line.any():
        background[is_near_line] = edge_line_colour(rgb, line) if line_colour is None else line_colour
    difference = foreground - background
    length = np.einsum("ij,ij->i", difference, difference)
    projection = np.einsum("ij,ij->i", shown - background, difference)
    share = np.where(length > _MIN_COLOUR_DISTANCE, projection / np.maximum(length, 1), 1.0)
    share = np.clip(share, 0, 1).astype(np.float32)
    is_border = (label_there != label_here) & ~is_near_line
    share[~is_border & ~is_near_line] = 1
    coverage.ravel()[mixed] = share
    second_label.ravel()[mixed] = np.where(is_border, label_there, label_here)
    return second_label, coverage
