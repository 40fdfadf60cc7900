"""Enlargement of a capture: sharp at edges, without halos, and with weaker edge lines."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from renderiq.engines.preview.raster import U8
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_erosion

_SHARPENING: Final = 110
"""Per cent of the unsharp mask."""
_MAX_SHARPENED_SCALE: Final = 4.0
_LINE_CLOSING_SIDE: Final = 7
"""Pixels: wider than a drawn line."""
_LINE_MAX_LEVEL: Final = 110
_LINE_MIN_CONTRAST: Final = 26
_LINE_MAX_CHROMA: Final = 40
_LINE_SOFTENING: Final = 0.4
"""How far an edge line is blended into the faces beside it."""


def enlarge(rgb: U8, size: tuple[int, int]) -> U8:
    """Resizes ``rgb`` (height, width, 3) to ``size`` = (width, height).

    An unsharp mask restores the steepness of edges. Its result is limited to the levels that surround each pixel, so
    that edges get no halo.
    """
    scale = size[0] / rgb.shape[1]
    large = Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if scale <= 1.05:
        return np.asarray(large)
    sharp = large.filter(ImageFilter.UnsharpMask(min(scale, _MAX_SHARPENED_SCALE), _SHARPENING, 2))
    out = np.empty((size[1], size[0], 3), np.uint8)
    for channel in range(3):
        level = np.ascontiguousarray(rgb[..., channel])
        lowest, highest = (
            np.asarray(Image.fromarray(extreme(level, 3)).resize(size, Image.Resampling.BILINEAR))
            for extreme in (grey_erosion, grey_dilation)
        )
        np.clip(np.asarray(sharp)[..., channel], lowest, highest, out=out[..., channel])
    return out


def soften_edge_lines(rgb: U8) -> U8:
    """Returns ``rgb`` (height, width, 3), with thin dark lines without colour blended into what is beside them."""
    red, green, blue = (rgb[..., channel] for channel in range(3))
    highest = np.maximum(np.maximum(red, green), blue)
    lowest = np.minimum(np.minimum(red, green), blue)
    closed = [grey_closing(np.ascontiguousarray(rgb[..., channel]), _LINE_CLOSING_SIDE) for channel in range(3)]
    contrast = closed[1].astype(np.float32) - rgb[..., 1]
    is_grey = highest - lowest < _LINE_MAX_CHROMA
    strength = np.clip((contrast - _LINE_MIN_CONTRAST / 2) / _LINE_MIN_CONTRAST, 0, 1) * is_grey
    strength *= np.clip((_LINE_MAX_LEVEL + 60 - highest.astype(np.float32)) / 60, 0, 1) * np.float32(_LINE_SOFTENING)
    out = np.empty_like(rgb)
    for channel in range(3):
        level = rgb[..., channel].astype(np.float32)
        out[..., channel] = level + (closed[channel] - level) * strength + 0.5
    return out
