"""Array types and the image operations that every stage needs.

Arrays are indexed (row, column): an image of ``size`` = (width, height) has the shape (height, width) or
(height, width, channels).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
I32 = NDArray[np.int32]
Mask = NDArray[np.bool_]

CheckCancelled = Callable[[], None]
"""Called between chunks of a long stage. Raises ``RenderCancelledError`` if the render was cancelled."""

BAND_ROWS: Final = 96
"""Output rows that are shaded at a time: a band of a 4K picture fits into the processor's cache."""
LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Luminance of linear red, green and blue (ITU-R BT.709)."""
_MAX_SIGMA: Final = 6
"""Pixels: a Gaussian that is wider is applied to a smaller copy."""
_GAUSSIAN_CUTOFF: Final = 0.03
"""The kernel ends where it is below this part of its maximum."""


def never_cancelled() -> None:
    """A ``CheckCancelled`` for callers that have nothing to cancel."""


def srgb_to_linear(srgb: NDArray[np.floating] | U8) -> F32:
    """Converts sRGB in 0..255 to linear light in 0..1 (IEC 61966-2-1)."""
    value = np.asarray(srgb, np.float32) / np.float32(255)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def smoothstep(low: float | F32, high: float | F32, value: F32) -> F32:
    """Rises from 0 at ``low`` to 1 at ``high`` with the Hermite curve 3t² - 2t³, as GLSL's function of that name."""
    ramp = np.clip((value - np.float32(low)) / np.float32(np.asarray(high) - np.asarray(low)), 0, 1)
    eased: F32 = (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)
    return eased


def gaussian_blur(channel: U8, sigma: float) -> U8:
    """Blurs one 8-bit channel (height, width) with a Gaussian of ``sigma`` pixels.

    A wide Gaussian leaves no fine detail, so that it is applied to a reduced copy, which is enlarged again.
    """
    factor = int(sigma / _MAX_SIGMA) + 1
    small = channel if factor == 1 else np.asarray(Image.fromarray(channel).reduce(factor))
    # libvips is four times as fast at this as Pillow.
    soft: U8 = pyvips.Image.new_from_array(small).gaussblur(sigma / factor, min_ampl=_GAUSSIAN_CUTOFF).numpy()
    return soft if factor == 1 else resize_bilinear(soft, (channel.shape[1], channel.shape[0]))


def percentile(levels: U8, percent: float) -> int:
    """Returns the lowest level that at least ``percent`` per cent of the ``levels`` do not exceed."""
    below = np.cumsum(np.bincount(levels.ravel(), minlength=256))
    return int(np.searchsorted(below, percent / 100 * below[-1]))


def to_uint8(channel: F32) -> U8:
    """Converts 0..1 to 0..255 and clips what is outside."""
    return (np.clip(channel, 0, 1) * 255 + 0.5).astype(np.uint8)


def resize_bilinear(channel: U8, size: tuple[int, int]) -> U8:
    """Resizes one 8-bit channel to ``size`` = (width, height) with bilinear interpolation."""
    return np.asarray(Image.fromarray(channel).resize(size, Image.Resampling.BILINEAR))


def blend(pixels: U8, over: U8, share: F32) -> None:
    """Puts ``over`` on ``pixels``, both (height, width, 3), with a ``share`` (height, width) in 0..1, in place.

    ``pixels`` must be contiguous.
    """
    flat, flat_share = pixels.reshape(-1, 3), share.ravel()
    place = np.flatnonzero(flat_share)
    before = flat.take(place, axis=0).astype(np.float32)
    after = before + (over.reshape(-1, 3).take(place, axis=0) - before) * flat_share[place, None]
    flat[place] = (after + np.float32(0.5)).astype(np.uint8)


class UpsampledPlane:
    """A low-resolution image that is enlarged a band of rows at a time, so that no full frame is ever held."""

    def __init__(self, plane: U8 | F32, size: tuple[int, int]) -> None:
        """``plane`` is (height, width) or (height, width, channels); ``size`` is the enlarged (width, height)."""
        self._full_size: F32 | None = None
        if plane.dtype == np.float32 and plane.shape[:2] == (size[1], size[0]):
            self._full_size = np.asarray(plane, np.float32)
            return
        channels = [plane] if plane.ndim == 2 else [plane[..., channel] for channel in range(plane.shape[2])]
        self._images = [Image.fromarray(np.ascontiguousarray(each)) for each in channels]
        self._is_uint8 = plane.dtype == np.uint8
        self._width, height = size
        self._step = plane.shape[0] / height

    def rows(self, top: int, bottom: int) -> F32:
        """Returns rows ``top`` to ``bottom`` (excluded) of the enlarged image; 8-bit planes are scaled to 0..1."""
        if self._full_size is not None:
            return self._full_size[top:bottom].copy()
        channels = []
        for image in self._images:
            box = (0.0, top * self._step, float(image.width), bottom * self._step)
            size = (self._width, bottom - top)
            channels.append(np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box), np.float32))
        band = channels[0] if len(channels) == 1 else np.stack(channels, axis=-1)
        return band * np.float32(1 / 255) if self._is_uint8 else band
