"""The pixels of a capture: edge lines, flat patches, window frames, and whether it is flat-shaded at all."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.labels import Runs

SMALL: Final = 1400
"""Captures with a longer side below this were enlarged, and have broad lines and soft edges."""
_FLAT_RANGE: Final = 4
_NOISY_RANGE: Final = 13
_LUMA601: Final = np.array([0.299, 0.587, 0.114], np.float32)


def edge_lines(rgb: U8, grey: U8) -> Mask:
    """Thin dark strokes: what is dark and gone after a closing with a square wider than any stroke."""
    height, width = grey.shape
    # Lines in an enlarged small capture are broad: they were one or two pixels, and so were the frames beside them.
    side = 11 if max(height, width) < SMALL else 7
    closed = _windowed(_windowed(grey, side, side, np.maximum), side, side, np.minimum)
    colourless = _chroma(rgb) < 30
    return np.asarray((grey < 95) & (closed.astype(np.int16) - grey > 26) & colourless)


def flat_pixels(rgb: U8) -> Mask:
    """Pixels whose 3 x 3 surroundings have one colour; a gentle gradient or JPEG's ringing counts as one."""
    spread = _range(rgb)
    # Small captures have soft, short edges: being as strict with them would leave thin walls no flat pixel.
    flat = spread <= (_FLAT_RANGE if max(rgb.shape) >= SMALL else 2 * _FLAT_RANGE)
    faint = float((spread <= _NOISY_RANGE).mean() - flat.mean())
    if faint < max(0.012, 0.4 * float((spread > _NOISY_RANGE).mean())):
        return flat
    return np.asarray(_range(_calmed(rgb)) <= _NOISY_RANGE)


def window_frames(rgb: U8, parts: I32, runs: Runs, mean: F32) -> Mask:
    """Which parts are dark, narrow and beside glass: broken pieces of window frames, which are drawn anew and whole
    later."""
    edge = np.zeros(parts.shape, np.bool_)
    down, across = parts[1:] != parts[:-1], parts[:, 1:] != parts[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    area, border = np.maximum(runs.area(), 1), runs.total(edge)
    narrow: Mask = (mean @ _LUMA601 < 95) & (np.ptp(mean, axis=1) < 22) & (area < 3 * border)
    narrow[0] = False
    if narrow.any():
        bluish = (rgb[..., 2] > rgb[..., 0].astype(np.int16) + 20).astype(np.uint8)
        beside_glass = _windowed(bluish, 9, 9, np.maximum) > 0
        narrow &= runs.total(edge & beside_glass) > 0.3 * border
    return narrow


def is_flat_shaded(rgb: U8, runs: Runs, area: I32) -> bool:
    """A capture is a few large patches of one colour each; a photo has gradients and grain between its edges."""
    size = rgb.shape[0] * rgb.shape[1]
    large = area > 0.0004 * size
    covered = int(area[large].sum())
    if covered < 0.6 * size:
        return False
    # The backdrop alone would make a product shot pass: what is not the largest patch must be flat as well.
    largest = int(area.argmax())
    rest = size - int(area[largest])
    if rest < 0.002 * size:
        return False
    covered -= int(area[largest])
    # A small model is mostly edges, so less of it has to be flat.
    if covered < (0.35 if rest > 0.1 * size else 0.2) * rest:
        return False
    # A soft photo is flat from pixel to pixel, yet each patch runs through many colours.
    grey = rgb[..., 0].astype(np.float32) + rgb[..., 1] + rgb[..., 2]
    grey *= np.float32(1 / 3)
    count = np.maximum(area, 1)
    mean = runs.total(grey) / count
    spread = np.sqrt(np.maximum(runs.total(grey * grey) / count - mean * mean, 0))
    inner = large.copy()
    inner[largest] = False
    if not inner.any() or np.average(spread[inner], weights=area[inner]) < 7:
        return True
    # Smooth shading runs through many shades too, but without any grain, and in front of an even backdrop.
    return bool(spread[largest] < 0.01 and covered > 0.6 * rest and rest < 0.7 * size)


def _chroma(rgb: U8) -> U8:
    """The largest channel less the smallest; numpy's own is slow along so short an axis."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)


def _calmed(rgb: U8) -> U8:
    """The median of 3 x 3 pixels, each band by itself: of sorted columns it is the median of the largest least, the
    middle middle and the smallest largest."""
    padded = np.pad(rgb, ((1, 1), (1, 1), (0, 0)), mode="edge")
    low, middle, high = _sorted(padded[:-2], padded[1:-1], padded[2:])
    least = functools.reduce(np.maximum, (low[:, :-2], low[:, 1:-1], low[:, 2:]))
    most = functools.reduce(np.minimum, (high[:, :-2], high[:, 1:-1], high[:, 2:]))
    return _sorted(least, _sorted(middle[:, :-2], middle[:, 1:-1], middle[:, 2:])[1], most)[1]


def _sorted(first: U8, second: U8, third: U8) -> tuple[U8, U8, U8]:
    """The least, the middle and the largest of three, pixel by pixel."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    return np.minimum(low, third), np.maximum(low, np.minimum(high, third)), np.maximum(high, third)


def _range(rgb: U8) -> U8:
    """Per pixel the largest range of any channel in the 3 x 3 pixels around it."""
    bands = (np.ascontiguousarray(rgb[..., band]) for band in range(3))
    ranges = (_windowed(band, 3, 3, np.maximum) - _windowed(band, 3, 3, np.minimum) for band in bands)
    return functools.reduce(np.maximum, ranges)


def _windowed(plane: U8, down: int, across: int, pick: np.ufunc) -> U8:
    """The largest or smallest value in a window of ``down`` x ``across`` pixels (odd) around each pixel."""
    for axis, side in enumerate((down, across)):
        wings = [(0, 0), (0, 0)]
        wings[axis] = (side // 2, side // 2)
        padded = np.pad(plane, wings, mode="edge")
        length = plane.shape[axis]
        plane = functools.reduce(pick, (_part(padded, axis, at, length) for at in range(side)))
    return plane


def _part(plane: U8, axis: int, start: int, length: int) -> U8:
    return plane[start : start + length] if axis == 0 else plane[:, start : start + length]
