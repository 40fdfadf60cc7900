"""The ground plane in perspective, and the haze over it. Lengths on the ground are in camera heights."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32

_CAMERA_DISTANCE: Final = 0.9
"""Distance on the ground times the distance below the horizon in picture heights."""
_HAZE_DEPTH: Final = 0.055
"""Picture heights below the horizon over which the haze clears up (exponential scale)."""
HAZE_LIGHT: Final = 0.62
"""Radiance of haze over the ground, over that of the sky at the horizon."""


def ground_coordinates(
    x: F32, y: F32, size: tuple[int, int], horizon: float, min_rows: float = 1
) -> tuple[F32, F32, F32]:
    """Projects output pixels onto the ground plane.

    ``size`` is the output's (width, height) and ``horizon`` the row of the horizon. Returns how far the pixels are
    below the horizon in picture heights, and how far to the right of the camera and how far away the ground is that
    they show. Pixels above the horizon count as ``min_rows`` below it.
    """
    width, height = size
    below: F32 = np.maximum(y - np.float32(horizon), np.float32(min_rows)) / np.float32(height)
    side: F32 = (x - np.float32(width / 2)) / np.float32(height) / below
    return below, side, np.float32(_CAMERA_DISTANCE) / below


def ground_haze(below: F32, look: Look, gain: float, maximum: float) -> F32:
    """Returns the opacity of haze over the ground at the distance ``below`` the horizon, in picture heights."""
    reach = _HAZE_DEPTH * max(1.0, 2 * look.haze)
    haze: F32 = np.minimum(np.exp(-below / reach) * gain * look.haze, maximum)
    return haze
