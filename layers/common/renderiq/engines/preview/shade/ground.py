"""The ground to the horizon: a lawn, or the floor of a studio. Linear light, at stage size."""

from __future__ import annotations

import numpy as np

from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, smoothstep
from renderiq.engines.preview.shade.noise import fractal_noise, sample_rows_bilinear
from renderiq.engines.preview.shade.sky import colour


def draw_lawn(look: Look, picture: F32, horizon: float, seed: int) -> None:
    """Draws unshadowed lawn into ``picture``, from the horizon down."""
    height, width = picture.shape[:2]
    first = max(0, int(horizon))
    y = np.arange(first, height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None]
    below = np.maximum(y - np.float32(horizon), 0.6) / height
    # Perspective of a plane: one unit is the eye's height above it.
    depth = 0.9 / below
    side = (x - width / 2) / height / below
    broad = sample_rows_bilinear(fractal_noise(seed + 5, 512, 1.3, coarsest=2), side * 34, depth * 34)
    patch = sample_rows_bilinear(fractal_noise(seed + 6, 512, 0.9, coarsest=10), side * 110, depth * 110)
    blade = sample_rows_bilinear(fractal_noise(seed + 7, 512, 0.15, coarsest=48), side * 520, depth * 190)
    # Detail finer than a pixel must fade into its mean, or the distance shimmers like water.
    for detail, near in (
        (broad, 0.35 + 0.65 * smoothstep(0.01, 0.10, below)),
        (patch, smoothstep(0.03, 0.20, below)),
        (blade, 0.25 + 0.75 * smoothstep(0.04, 0.40, below)),
    ):
        detail -= np.float32(0.5)
        detail *= near
    # Pale grounds are smoother than grass: snow has no blades.
    relief = min(1.0, 0.05 + 0.14 / max(look.ground[1]))
    tone = np.maximum(1 + relief * (0.26 * broad + 0.36 * patch + 1.15 * blade), 0.2)
    hue = np.clip(0.5 + 0.9 * broad + 0.6 * patch + 0.5 * blade, 0, 1)
    dark, light = colour(look.ground[0]), colour(look.ground[1])
    sun = 0.62 * colour(look.sun) + colour(look.sky)
    air = np.minimum(np.exp(-below / (0.055 * max(1.0, 2 * look.haze))) * 0.62 * look.haze, 0.97)
    far = colour(look.horizon) * 0.62
    tone *= 1 - air
    for band in range(3):
        blade_light = (dark[band] + (light[band] - dark[band]) * hue) * (tone * sun[band])
        picture[first:, :, band] = blade_light + far[band] * air


def render_studio_backdrop(look: Look, size: tuple[int, int], horizon: float) -> F32:
    """A studio's seamless paper: the whole frame, wall turning into floor without a line."""
    width, height = size
    y: F32 = np.arange(height, dtype=np.float32)[:, None] / np.float32(height)
    x: F32 = np.arange(width, dtype=np.float32)[None] / np.float32(width)
    turn = smoothstep(horizon / height - 0.10, horizon / height + 0.34, y)
    paper = colour(look.zenith) + (colour(look.horizon) - colour(look.zenith)) * turn[..., None]
    pool = 1.12 - 0.55 * ((x - 0.5) ** 2 + 0.7 * (y - horizon / height - 0.1) ** 2)
    lit: F32 = (paper * pool[..., None]).astype(np.float32)
    return lit
