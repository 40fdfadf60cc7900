"""Anti-aliasing of captures that have none: enlargement would make the steps of their edges larger."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyvips
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, U8, Mask, smoothstep
from renderiq.engines.preview.segment.morphology import local_range

_MIN_SIDE: Final = 32
_EDGE: Final = 12
_CLEAR_EDGE: Final = 40
"""Levels in 3 x 3 pixels of an edge, and over two pixels of one that shows whether there is anti-aliasing."""
_MIXED: Final = 0.2
"""Of the contrast of an edge: a pixel that differs so much from both sides is a mixed one."""
_MAX_MIXED: Final = 0.15
_MIN_EDGES: Final = 200
"""Of the pixels at oblique edges: how many are mixed if there is no anti-aliasing (some by chance; 0.3 to 0.85 with
anti-aliasing); and how many there must be to tell."""
_LEAST_SLOPE: Final = 0.02
_OBLIQUE: Final = 0.1
"""Pixels to the side in one pixel along the edge: edges along rows and columns have no steps."""
_TENSOR_SIGMA: Final = 3.0
"""Pixels: the surroundings from which the direction of an edge is taken."""
_COHERENCE: Final = (0.35, 0.65)
"""Of the structure tensor: below, there is a corner or fine detail, which stays; above, one straight edge."""
_REACH: Final = 7
_REACH_SIGMA: Final = 3.2
"""Pixels along an edge that are averaged, to each side, and the sigma of their weights."""


def smooth_steps(rgb: U8) -> U8:
    """Returns ``rgb`` (height, width, 3) with anti-aliased edges; itself if it has some already.

    Each pixel at an edge becomes the mean along that edge, the direction of which is that of the structure tensor.
    Where there is no single direction, as at corners and in fine detail, pixels stay.
    """
    if min(rgb.shape[:2]) < _MIN_SIDE:
        return rgb
    edge = local_range(rgb) > _EDGE
    edge[[0, -1]] = edge[:, [0, -1]] = False
    if not _is_stepped(rgb, *np.nonzero(edge)):
        return rgb
    y, x, angle, weight = _find_straight_edges(rgb, edge)
    is_steep = np.abs(np.sin(angle)) > np.abs(np.cos(angle))
    slope = np.where(is_steep, np.cos(angle), np.sin(angle)) / np.where(is_steep, np.sin(angle), np.cos(angle))
    oblique = np.abs(slope) > _OBLIQUE
    if not _is_stepped(rgb, y[oblique], x[oblique]):
        return rgb
    out = rgb.copy()
    for along_rows in (True, False):
        chosen = (is_steep != along_rows) & (np.abs(slope) > _LEAST_SLOPE)
        at = y[chosen], x[chosen]
        for channel in range(3):
            before = rgb[..., channel][at].astype(np.float32)
            mean = _mean_along(rgb[..., channel], *at, slope[chosen], along_rows=along_rows)
            out[..., channel][at] = (before + (mean - before) * weight[chosen] + np.float32(0.5)).astype(np.uint8)
    return out


def _is_stepped(rgb: U8, y: NDArray[np.intp], x: NDArray[np.intp]) -> bool:
    """Returns whether hardly any pixel at the edges (y, x) is a mixture of the two sides."""
    grey = rgb[..., 1].astype(np.int16)
    here = grey[y, x]
    edges = mixed = 0
    for down, right in ((1, 0), (0, 1)):
        before, after = grey[y - down, x - right], grey[y + down, x + right]
        contrast = np.abs(after - before)
        nearest = np.minimum(np.abs(here - before), np.abs(after - here))
        # A line is neither darker nor brighter than both of its sides.
        is_edge = (contrast > _CLEAR_EDGE) & (here >= np.minimum(before, after)) & (here <= np.maximum(before, after))
        edges += int(is_edge.sum())
        mixed += int((is_edge & (nearest > _MIXED * contrast)).sum())
    return edges > _MIN_EDGES and mixed < _MAX_MIXED * edges


def _find_straight_edges(rgb: U8, edge: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp], F32, F32]:
    """Returns rows, columns, directions (radians from the rows) and weights (0..1) of the pixels at straight edges."""
    y, x = np.nonzero(edge)
    xx, yy, xy = (each[y, x] for each in _structure_tensor(rgb))
    coherence = (np.hypot(xx - yy, 2 * xy) / np.maximum(xx + yy, 1)).astype(np.float32)
    weight = smoothstep(*_COHERENCE, coherence)
    angle: F32 = (0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2).astype(np.float32)
    straight = weight > 0
    return y[straight], x[straight], angle[straight], weight[straight]


def _structure_tensor(rgb: U8) -> tuple[F32, F32, F32]:
    """Returns the mean products of the gradients of all channels: xx, yy and xy."""
    image = pyvips.Image.new_from_array(rgb).cast("float")
    dx = image.conv(pyvips.Image.new_from_array([[-1, 0, 1]]), precision="float")
    dy = image.conv(pyvips.Image.new_from_array([[-1], [0], [1]]), precision="float")
    xx, yy, xy = (
        np.asarray(product.bandmean().gaussblur(_TENSOR_SIGMA, precision="float", min_ampl=0.1).numpy(), np.float32)
        for product in (dx * dx, dy * dy, dx * dy)
    )
    return xx, yy, xy


def _mean_along(level: U8, y: NDArray[np.intp], x: NDArray[np.intp], slope: F32, *, along_rows: bool) -> F32:
    """Returns the weighted mean of the pixels on a line through each (y, x), which rises by ``slope``.

    The line has one pixel per column or, without ``along_rows``, per row.
    """
    level = np.ascontiguousarray(level if along_rows else level.T)
    if not along_rows:
        y, x = x, y
    height, width = level.shape
    flat = level.ravel()
    total = flat[y * width + x].astype(np.float32)
    weights = 1.0
    for distance in range(1, _REACH + 1):
        share = float(np.exp(-0.5 * (distance / _REACH_SIGMA) ** 2))
        weights += 2 * share
        for way in (-distance, distance):
            place = np.clip(y + slope * np.float32(way), 0, np.float32(height - 1.01))
            row = place.astype(np.intp)
            at = row * width + np.clip(x + way, 0, width - 1)
            first = flat.take(at).astype(np.float32)
            total += np.float32(share) * (first + (flat.take(at + width) - first) * (place - row))
    mean: F32 = (total / np.float32(weights)).astype(np.float32)
    return mean
