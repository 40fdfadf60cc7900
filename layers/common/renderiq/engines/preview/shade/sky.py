"""The sky, its clouds, and the far treeline: linear light, at stage size."""

from __future__ import annotations

import numpy as np

from renderiq.engines.preview.look.styles import Look, Rgb
from renderiq.engines.preview.raster import F32, smoothstep
from renderiq.engines.preview.shade.noise import fractal_noise, sample_bilinear


def colour(value: Rgb) -> F32:
    return np.array(value, np.float32)


def render_sky(look: Look, size: tuple[int, int], horizon: float, sun_from_left: bool, seed: int) -> F32:
    """(rows above the horizon, width, 3); at least one row."""
    width, height = size
    rows = max(1, int(np.ceil(horizon)) + 2)
    y: F32 = np.arange(rows, dtype=np.float32)[:, None]
    x: F32 = np.arange(width, dtype=np.float32)[None]
    side = -1.0 if sun_from_left else 1.0
    # Elevation over the horizon in units of picture height, the scale that perspective is tied to.
    elevation: F32 = np.maximum((np.float32(horizon) - y) / np.float32(height), 0)
    climb = 1 - np.exp(-elevation / 0.20)
    column = colour(look.horizon) + (colour(look.zenith) - colour(look.horizon)) * climb[..., None]
    sky: F32 = np.repeat(column, width, axis=1).astype(np.float32)
    toward: F32 = np.clip(0.5 + side * (x / width - 0.5), 0, 1).astype(np.float32)
    low = np.exp(-elevation / 0.13)
    if look.glow:
        sky += (look.glow * 0.55 * toward**2 * low)[..., None] * colour(look.sun)
    if look.cloud_cover:
        sky = _clouds(look, sky, x, elevation, toward, (width, height), side, seed)
    return sky


def _clouds(
    look: Look, sky: F32, x: F32, elevation: F32, toward: F32, size: tuple[int, int], side: float, seed: int
) -> F32:
    width, height = size
    tile = fractal_noise(seed + 1, 1024, 1.75, coarsest=3)
    fine = fractal_noise(seed + 2, 512, 1.25, coarsest=6)
    # A flat cloud deck seen from below; the constant keeps it from crowding at the horizon.
    depth: F32 = np.float32(0.16) / (elevation + np.float32(0.085))
    across: F32 = (x - np.float32(width / 2)) / np.float32(height) * (depth * 210 + 40) + np.float32(512)
    down: F32 = depth * np.float32(300) + np.zeros_like(x)
    shape = sample_bilinear(tile, across, down) + 0.20 * (sample_bilinear(fine, across * 2.3, down * 2.3) - 0.5)
    lit_side = sample_bilinear(tile, across + side * 14, down - 10)
    edge = 0.74 - 0.42 * look.cloud_cover
    cover = smoothstep(edge, edge + 0.26, shape) * smoothstep(0.0, 0.07, elevation)
    light = np.clip(0.62 + (shape - lit_side) * 3.0 - (shape - edge - 0.2) * 0.9 + 0.15 * (toward - 0.5), 0, 1)
    body = colour(look.cloud_dark) + (colour(look.cloud_light) - colour(look.cloud_dark)) * light[..., None]
    veil = np.exp(-elevation / 0.10) * 0.55 * look.haze
    body += (colour(look.horizon) - body) * veil[..., None]
    blended: F32 = sky + (body - sky) * (cover * 0.92)[..., None]
    return blended


def draw_treeline(look: Look, picture: F32, horizon: float, seed: int) -> None:
    """Two bands of far trees along the horizon, the farther one paler, drawn into ``picture``."""
    height, width = picture.shape[:2]
    tile = fractal_noise(seed + 3, 1024, 1.0, coarsest=4)
    leaves = fractal_noise(seed + 4, 512, 0.5, coarsest=8)
    light = colour(look.sky) + 0.55 * colour(look.sun)
    x = np.arange(width, dtype=np.float32)
    for band, (size, wave, fade) in enumerate(((0.042, 150.0, 0.72), (0.026, 330.0, 0.40))):
        crown = sample_bilinear(tile, x / height * wave + 97 * band, np.float32(40 + 311 * band) + np.zeros_like(x))
        twig = sample_bilinear(leaves, x / height * 900, np.float32(17 + 90 * band) + np.zeros_like(x))
        top = horizon - height * size * (0.25 + 1.1 * crown + 0.22 * (twig - 0.5))
        first, last = max(0, int(top.min()) - 2), min(height, int(horizon) + 3)
        if last <= first:
            continue
        y = np.arange(first, last, dtype=np.float32)[:, None]
        cover = smoothstep(-0.8, 0.8, y - top[None])
        deep = np.clip((y - top[None]) / (height * size), 0, 1)
        grain = sample_bilinear(leaves, x[None] / height * 1300, y / height * 1300 + 50 * band)
        leaf = np.array([0.055, 0.085, 0.035], np.float32) * ((0.55 + 0.9 * grain) * (1.15 - 0.55 * deep))[..., None]
        green = leaf * light
        green += (colour(look.horizon) * 0.80 - green) * np.float32(fade * (0.45 + 0.55 * look.haze))
        strip = picture[first:last]
        strip += (green - strip) * cover[..., None]
