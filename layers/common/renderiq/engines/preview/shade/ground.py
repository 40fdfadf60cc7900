"""The open ground to the horizon, or the seamless backdrop of a studio, in linear light."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, smoothstep
from renderiq.engines.preview.shade.noise import sample_rows_bilinear
from renderiq.engines.preview.shade.perspective import HAZE_LIGHT, ground_coordinates, ground_haze
from renderiq.engines.preview.shade.textures import Texture

GROUND_SUN: Final = 0.62
"""The part of the sun's irradiance that the ground receives."""
_MIN_ROWS_BELOW: Final = 0.6
"""Rows: nearer to the horizon the distance does not increase, so that it is finite."""
_HAZE_GAIN: Final = 0.62
_MAX_HAZE: Final = 0.97
_ROUGHNESS: Final = (0.05, 0.14)
"""Contrast of the ground: a constant, and a part that is divided by the lightest albedo."""
_MIN_TONE: Final = 0.2
# Around the horizon, in picture heights.
_BACKDROP_CURVE: Final = (-0.10, 0.34)
"""Rows between which the wall of a studio's backdrop turns into its floor."""


def draw_lawn(look: Look, picture: F32, horizon: float, seed: int) -> None:
    """Draws ground without shadows below the row ``horizon`` into ``picture`` (height, width, 3), in place."""
    height, width = picture.shape[:2]
    first = max(0, int(horizon))
    y = np.arange(first, height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None]
    below, side, distance = ground_coordinates(x, y, (width, height), horizon, _MIN_ROWS_BELOW)
    stain = sample_rows_bilinear(Texture.GROUND_STAINS.tile(seed), side * 34, distance * 34)
    tuft = sample_rows_bilinear(Texture.GRASS_TUFTS.tile(seed), side * 110, distance * 110)
    blade = sample_rows_bilinear(Texture.GRASS_BLADES.tile(seed), side * 520, distance * 190)
    # Detail finer than a pixel must fade into its mean; otherwise the distance shows moiré.
    for detail, fade in (
        (stain, 0.35 + 0.65 * smoothstep(0.01, 0.10, below)),
        (tuft, smoothstep(0.03, 0.20, below)),
        (blade, 0.25 + 0.75 * smoothstep(0.04, 0.40, below)),
    ):
        detail -= np.float32(0.5)
        detail *= fade
    # Pale grounds such as snow are smoother than grass.
    contrast = min(1.0, _ROUGHNESS[0] + _ROUGHNESS[1] / max(look.ground_albedo[1]))
    tone = np.maximum(1 + contrast * (0.26 * stain + 0.36 * tuft + 1.15 * blade), _MIN_TONE)
    mix = np.clip(0.5 + 0.9 * stain + 0.6 * tuft + 0.5 * blade, 0, 1)
    dark, light = rgb_array(look.ground_albedo[0]), rgb_array(look.ground_albedo[1])
    irradiance = GROUND_SUN * rgb_array(look.sun) + rgb_array(look.sky)
    haze = ground_haze(below, look, _HAZE_GAIN, _MAX_HAZE)
    far = rgb_array(look.horizon) * HAZE_LIGHT
    tone *= 1 - haze
    for channel in range(3):
        lit = (dark[channel] + (light[channel] - dark[channel]) * mix) * (tone * irradiance[channel])
        picture[first:, :, channel] = lit + far[channel] * haze


def render_studio_backdrop(look: Look, size: tuple[int, int], horizon: float) -> F32:
    """Renders the whole frame (height, width, 3) as seamless paper, the wall of which curves into the floor."""
    width, height = size
    y: F32 = np.arange(height, dtype=np.float32)[:, None] / np.float32(height)
    x: F32 = np.arange(width, dtype=np.float32)[None] / np.float32(width)
    curve = smoothstep(horizon / height + _BACKDROP_CURVE[0], horizon / height + _BACKDROP_CURVE[1], y)
    wall = rgb_array(look.zenith)
    paper = wall + (rgb_array(look.horizon) - wall) * curve[..., None]
    spotlight = 1.12 - 0.55 * ((x - 0.5) ** 2 + 0.7 * (y - horizon / height - 0.1) ** 2)
    lit: F32 = (paper * spotlight[..., None]).astype(np.float32)
    return lit
