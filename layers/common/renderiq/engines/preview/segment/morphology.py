"""Grey and binary morphology, and rank filters, on 8-bit images.

Windows are rectangles with odd sides; borders are extended with the nearest pixel.
"""

from __future__ import annotations

import functools

import numpy as np

from renderiq.engines.preview.raster import U8, Mask


def grey_closing(grey: U8, side: int) -> U8:
    """Closes ``grey`` (height, width) with a square: dark features narrower than ``side`` pixels disappear."""
    return grey_erosion(grey_dilation(grey, side), side)


def grey_opening(grey: U8, side: int) -> U8:
    """Opens ``grey`` (height, width) with a square: bright features narrower than ``side`` pixels disappear."""
    return grey_dilation(grey_erosion(grey, side), side)


def grey_dilation(channel: U8, side: int) -> U8:
    """Returns the maximum in a square of ``side`` pixels around each pixel."""
    return _filter(channel, side, np.maximum)


def grey_erosion(channel: U8, side: int) -> U8:
    """Returns the minimum in a square of ``side`` pixels around each pixel."""
    return _filter(channel, side, np.minimum)


def local_range(rgb: U8) -> U8:
    """Returns for each pixel the largest range of any channel in the 3 x 3 pixels around it."""
    channels = (np.ascontiguousarray(rgb[..., channel]) for channel in range(3))
    ranges = (grey_dilation(channel, 3) - grey_erosion(channel, 3) for channel in channels)
    return functools.reduce(np.maximum, ranges)


def median_3x3(rgb: U8) -> U8:
    """Returns the median of the 3 x 3 pixels around each pixel, each channel by itself.

    After each column of three is sorted, the median of the nine is the median of three values: the largest minimum,
    the median of the middles and the smallest maximum.
    """
    padded = np.pad(rgb, ((1, 1), (1, 1), (0, 0)), mode="edge")
    low, middle, high = _sort_three(padded[:-2], padded[1:-1], padded[2:])
    largest_low = functools.reduce(np.maximum, (low[:, :-2], low[:, 1:-1], low[:, 2:]))
    smallest_high = functools.reduce(np.minimum, (high[:, :-2], high[:, 1:-1], high[:, 2:]))
    median_middle = _sort_three(middle[:, :-2], middle[:, 1:-1], middle[:, 2:])[1]
    return _sort_three(largest_low, median_middle, smallest_high)[1]


def binary_dilation(mask: Mask) -> Mask:
    """Dilates ``mask`` with a square of 3 x 3 pixels."""
    dilated = mask.copy()
    dilated[1:] |= mask[:-1]
    dilated[:-1] |= mask[1:]
    vertical = dilated.copy()
    dilated[:, 1:] |= vertical[:, :-1]
    dilated[:, :-1] |= vertical[:, 1:]
    return dilated


def _sort_three(first: U8, second: U8, third: U8) -> tuple[U8, U8, U8]:
    """Returns minimum, median and maximum of three images, pixel by pixel."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    return np.minimum(low, third), np.maximum(low, np.minimum(high, third)), np.maximum(high, third)


def _filter(channel: U8, side: int, extremum: np.ufunc) -> U8:
    """Applies ``extremum`` to the rows and then to the columns of a square window.

    Windows of twice the length come from two windows, so that a long one takes few steps.
    """
    for axis in (0, 1):
        margin = [(0, 0), (0, 0)]
        margin[axis] = (side // 2, side // 2)
        channel = np.pad(channel, margin, mode="edge")
        length = 1
        while length < side:
            shift = min(length, side - length)
            ahead, behind = (
                (channel[:-shift], channel[shift:]) if axis == 0 else (channel[:, :-shift], channel[:, shift:])
            )
            channel = extremum(ahead, behind)
            length += shift
    return channel
