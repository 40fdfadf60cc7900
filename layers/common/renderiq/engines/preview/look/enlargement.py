"""Enlargement of a capture: sharp at edges, and without halos."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from renderiq.engines.preview.raster import U8
from renderiq.engines.preview.segment.morphology import grey_dilation, grey_erosion

_SHARPENING: Final = 110
"""Per cent of the unsharp mask."""
_MAX_SHARPENED_SCALE: Final = 4.0


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
