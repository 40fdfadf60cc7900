"""Arrays that the steps pass to each other, and the few operations that all of them need."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
I32 = NDArray[np.int32]
Mask = NDArray[np.bool_]

STRIP_ROWS: Final = 96
_WIDE: Final = 6
LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)


def linear(srgb: NDArray[np.floating] | U8) -> F32:
    """sRGB in 0..255 to linear light in 0..1."""
    value = np.asarray(srgb, np.float32) / np.float32(255)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def smoothstep(low: float | F32, high: float | F32, value: F32) -> F32:
    ramp = np.clip((value - np.float32(low)) / np.float32(np.asarray(high) - np.asarray(low)), 0, 1)
    eased: F32 = (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)
    return eased


def blur(plane: U8, sigma: float) -> U8:
    """Gaussian blur of one 8-bit plane. A wide one works on a smaller copy, which has all the detail that is left."""
    by = int(sigma / _WIDE) + 1
    small = plane if by == 1 else np.asarray(Image.fromarray(plane).reduce(by))
    # libvips, which is four times as fast at this as Pillow.
    soft: U8 = pyvips.Image.new_from_array(small).gaussblur(sigma / by, min_ampl=0.03).numpy()
    return soft if by == 1 else resized(soft, (plane.shape[1], plane.shape[0]))


def percentile(levels: U8, share: float) -> int:
    """The least level that ``share`` per cent of the ``levels`` do not exceed."""
    below = np.cumsum(np.bincount(levels.ravel(), minlength=256))
    return int(np.searchsorted(below, share / 100 * below[-1]))


def to_byte(plane: F32) -> U8:
    """0..1 to 0..255."""
    return (np.clip(plane, 0, 1) * 255 + 0.5).astype(np.uint8)


def resized(plane: U8, size: tuple[int, int]) -> U8:
    """``plane`` at ``size`` = (width, height), smoothly."""
    return np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR))


class Layer:
    """A small plane that is enlarged a strip of rows at a time, so that no full frame is ever held."""

    def __init__(self, plane: U8 | F32, size: tuple[int, int]) -> None:
        """``size`` is the (width, height) that the rows are asked in."""
        self._exact: F32 | None = None
        if plane.dtype == np.float32 and plane.shape[:2] == (size[1], size[0]):
            self._exact = np.asarray(plane, np.float32)
            return
        planes = [plane] if plane.ndim == 2 else [plane[..., band] for band in range(plane.shape[2])]
        self._images = [Image.fromarray(np.ascontiguousarray(each)) for each in planes]
        self._byte = plane.dtype == np.uint8
        self._width, height = size
        self._step = plane.shape[0] / height

    def rows(self, top: int, bottom: int) -> F32:
        """Rows ``top`` to ``bottom``; 8-bit planes come out as 0..1."""
        if self._exact is not None:
            return self._exact[top:bottom].copy()
        bands = []
        for image in self._images:
            box = (0.0, top * self._step, float(image.width), bottom * self._step)
            size = (self._width, bottom - top)
            bands.append(np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box), np.float32))
        strip = bands[0] if len(bands) == 1 else np.stack(bands, axis=-1)
        return strip * np.float32(1 / 255) if self._byte else strip
