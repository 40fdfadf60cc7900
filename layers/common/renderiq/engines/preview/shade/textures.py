"""Texture coordinates and noise tiles that several shaders share."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32
from renderiq.engines.preview.shade.context import ShadingContext
from renderiq.engines.preview.shade.noise import fractal_noise

CAMERA_DISTANCE: Final = 0.9
"""Distance on the ground plane in camera heights, times the distance below the horizon in picture heights."""


def ground_coordinates(context: ShadingContext, x: F32, y: F32) -> tuple[F32, F32]:
    """Projects output pixels onto the ground plane.

    Returns how far they are below the horizon, in picture heights, and how far to the right of the camera the ground
    is that they show, in camera heights. Pixels above the horizon count as one pixel below it.
    """
    width, height = context.size
    below: F32 = np.maximum(y - context.horizon, 1) / height
    side: F32 = (x - np.float32(width / 2)) / np.float32(height) / below
    return below, side


def coarse_plaster(seed: int) -> F32:
    """Returns stains and unevenness of plaster, which also make the folds of curtains."""
    return fractal_noise(seed + 8, 512, 1.2, coarsest=2)


def fine_grain(seed: int) -> F32:
    """Returns grain that is about as fine as pixels, for mineral surfaces."""
    return fractal_noise(seed + 9, 512, 0.3, coarsest=50)
