"""The open ground to the horizon, or the seamless backdrop of a studio, in linear light."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, smoothstep
from renderiq.engines.preview.shade.noise import fractal_noise, sample_rows_bilinear

GROUND_SUN: Final = 0.62
"""Cosine of the sun's zenith angle: the part of its irradiance that a horizontal plane receives."""
_CAMERA_DISTANCE: Final = 0.9
"""Distance of the ground in camera heights, times the distance of its row below the horizon in picture heights."""
_MIN_ROWS_BELOW: Final = 0.6
"""Rows below the horizon at least, so that the distance is finite."""
_HAZE_DEPTH: Final = 0.055
"""Picture heights below the horizon over which the haze clears up (exponential scale)."""
_HAZE_GAIN: Final = 0.62
_MAX_HAZE: Final = 0.97


def draw_lawn(look: Look, picture: F32, horizon: float, seed: int) -> None:
    """Draws ground without shadows below the row ``horizon`` into ``picture`` (height, width, 3), in place."""
    height, width = picture.shape[:2]
    first = max(0, int(horizon))
    y = np.arange(first, height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None]
    below = np.maximum(y - np.float32(horizon), _MIN_ROWS_BELOW) / height
    # Coordinates on the ground plane in camera heights.
    distance = _CAMERA_DISTANCE / below
    side = (x - width / 2) / height / below
    coarse = sample_rows_bilinear(fractal_noise(seed + 5, 512, 1.3, coarsest=2), side * 34, distance * 34)
    patch = sample_rows_bilinear(fractal_noise(seed + 6, 512, 0.9, coarsest=10), side * 110, distance * 110)
    blade = sample_rows_bilinear(fractal_noise(seed + 7, 512, 0.15, coarsest=48), side * 520, distance * 190)
    # Detail finer than a pixel must fade into its mean; otherwise the distance shows moiré.
    for detail, fade in (
        (coarse, 0.35 + 0.65 * smoothstep(0.01, 0.10, below)),
        (patch, smoothstep(0.03, 0.20, below)),
        (blade, 0.25 + 0.75 * smoothstep(0.04, 0.40, below)),
    ):
        detail -= np.float32(0.5)
        detail *= fade
    # Pale grounds such as snow are smoother than grass.
    contrast = min(1.0, 0.05 + 0.14 / max(look.ground_albedo[1]))
    tone = np.maximum(1 + contrast * (0.26 * coarse + 0.36 * patch + 1.15 * blade), 0.2)
    mix = np.clip(0.5 + 0.9 * coarse + 0.6 * patch + 0.5 * blade, 0, 1)
    dark, light = rgb_array(look.ground_albedo[0]), rgb_array(look.ground_albedo[1])
    irradiance = GROUND_SUN * rgb_array(look.sun) + rgb_array(look.sky)
    haze = np.minimum(np.exp(-below / (_HAZE_DEPTH * max(1.0, 2 * look.haze))) * _HAZE_GAIN * look.haze, _MAX_HAZE)
    far = rgb_array(look.horizon) * 0.62
    tone *= 1 - haze
    for channel in range(3):
        lit = (dark[channel] + (light[channel] - dark[channel]) * mix) * (tone * irradiance[channel])
        picture[first:, :, channel] = lit + far[channel] * haze


def render_studio_backdrop(look: Look, size: tuple[int, int], horizon: float) -> F32:
    """Renders the whole frame (height, width, 3) as seamless paper, the wall of which curves into the floor."""
    width, height = size
    y: F32 = np.arange(height, dtype=np.float32)[:, None] / np.float32(height)
    x: F32 = np.arange(width, dtype=np.float32)[None] / np.float32(width)
    curve = smoothstep(horizon / height - 0.10, horizon / height + 0.34, y)
    wall = rgb_array(look.zenith)
    paper = wall + (rgb_array(look.horizon) - wall) * curve[..., None]
    spotlight = 1.12 - 0.55 * ((x - 0.5) ** 2 + 0.7 * (y - horizon / height - 0.1) ** 2)
    lit: F32 = (paper * spotlight[..., None]).astype(np.float32)
    return lit
