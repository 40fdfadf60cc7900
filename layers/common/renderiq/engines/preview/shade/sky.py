"""The sky with its clouds, and trees along the horizon, in linear light."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, smoothstep
from renderiq.engines.preview.shade.noise import sample_bilinear
from renderiq.engines.preview.shade.textures import Texture

# Elevations above the horizon are in picture heights, as perspective is.
_GRADIENT_HEIGHT: Final = 0.20
"""Elevation over which the colour of the horizon turns into that of the zenith (exponential scale height)."""
_GLOW_HEIGHT: Final = 0.13
_GLOW_GAIN: Final = 0.55
_CLOUD_HAZE_HEIGHT: Final = 0.10
_CLOUD_HAZE: Final = 0.55
_CLOUD_FADE: Final = 0.07
"""Elevation below which clouds fade into the horizon."""
_CLOUD_SCALE: Final = 0.16
_CLOUD_MIN_ELEVATION: Final = 0.085
"""Added to the elevation, so that clouds do not become too small at the horizon."""
_CLOUD_DETAIL: Final = 0.20
"""Amplitude of the fine noise over that of the coarse one."""
_CLOUD_EDGE: Final = (0.74, 0.42)
"""Noise level at which clouds begin: without any cover, and how much less it is with full cover."""
_CLOUD_EDGE_WIDTH: Final = 0.26
_CLOUD_OPACITY: Final = 0.92
_TREE_SUN: Final = 0.55
"""Of the sun's irradiance: what distant trees receive."""
_HAZE_LIGHT: Final = 0.80
"""Radiance of haze before the trees, over that of the sky at the horizon."""
_LEAF_ALBEDO: Final = (0.055, 0.085, 0.035)
_TREELINES: Final = ((0.042, 150.0, 0.72), (0.026, 330.0, 0.40))
"""For each line of trees, the farther one first: height of the trees in picture heights, texels of noise per picture
height along the line, and how far the trees have faded into the haze."""


def render_sky(look: Look, size: tuple[int, int], horizon: float, sun_from_left: bool, seed: int) -> F32:
    """Renders the sky of a picture of ``size`` = (width, height) down to the row ``horizon``.

    Returns (rows, width, 3), at least one row.
    """
    width, height = size
    rows = max(1, int(np.ceil(horizon)) + 2)
    y: F32 = np.arange(rows, dtype=np.float32)[:, None]
    x: F32 = np.arange(width, dtype=np.float32)[None]
    sun_side = -1.0 if sun_from_left else 1.0
    elevation: F32 = np.maximum((np.float32(horizon) - y) / np.float32(height), 0)
    gradient = 1 - np.exp(-elevation / _GRADIENT_HEIGHT)
    horizon_colour, zenith = rgb_array(look.horizon), rgb_array(look.zenith)
    column = horizon_colour + (zenith - horizon_colour) * gradient[..., None]
    sky: F32 = np.repeat(column, width, axis=1).astype(np.float32)
    toward_sun: F32 = np.clip(0.5 + sun_side * (x / width - 0.5), 0, 1).astype(np.float32)
    near_horizon = np.exp(-elevation / _GLOW_HEIGHT)
    if look.horizon_glow:
        glow = look.horizon_glow * _GLOW_GAIN * toward_sun**2 * near_horizon
        sky += glow[..., None] * rgb_array(look.sun)
    if look.cloud_cover:
        sky = _draw_clouds(look, sky, x, elevation, toward_sun, (width, height), sun_side, seed)
    return sky


def _draw_clouds(
    look: Look, sky: F32, x: F32, elevation: F32, toward_sun: F32, size: tuple[int, int], sun_side: float, seed: int
) -> F32:
    """Returns ``sky`` with a flat layer of clouds, seen from below in perspective."""
    width, height = size
    coarse = Texture.CLOUDS.tile(seed)
    fine = Texture.CLOUD_DETAIL.tile(seed)
    distance: F32 = np.float32(_CLOUD_SCALE) / (elevation + np.float32(_CLOUD_MIN_ELEVATION))
    u: F32 = (x - np.float32(width / 2)) / np.float32(height) * (distance * 210 + 40) + np.float32(512)
    v: F32 = distance * np.float32(300) + np.zeros_like(x)
    density = sample_bilinear(coarse, u, v) + _CLOUD_DETAIL * (sample_bilinear(fine, u * 2.3, v * 2.3) - 0.5)
    # The density a little nearer to the sun tells which side of a cloud is lit.
    density_toward_sun = sample_bilinear(coarse, u + sun_side * 14, v - 10)
    edge = _CLOUD_EDGE[0] - _CLOUD_EDGE[1] * look.cloud_cover
    coverage = smoothstep(edge, edge + _CLOUD_EDGE_WIDTH, density) * smoothstep(0.0, _CLOUD_FADE, elevation)
    # Brighter where the cloud gets thinner towards the sun, darker where it is thick.
    light = np.clip(
        0.62 + (density - density_toward_sun) * 3.0 - (density - edge - 0.2) * 0.9 + 0.15 * (toward_sun - 0.5), 0, 1
    )
    dark = rgb_array(look.cloud_dark)
    cloud = dark + (rgb_array(look.cloud_light) - dark) * light[..., None]
    haze = np.exp(-elevation / _CLOUD_HAZE_HEIGHT) * _CLOUD_HAZE * look.haze
    cloud += (rgb_array(look.horizon) - cloud) * haze[..., None]
    blended: F32 = sky + (cloud - sky) * (coverage * _CLOUD_OPACITY)[..., None]
    return blended


def draw_treeline(look: Look, picture: F32, horizon: float, seed: int) -> None:
    """Draws two lines of distant trees on the horizon into ``picture`` (height, width, 3), in place."""
    height, width = picture.shape[:2]
    crowns = Texture.TREELINE.tile(seed)
    leaves = Texture.TREELINE_LEAVES.tile(seed)
    light = rgb_array(look.sky) + _TREE_SUN * rgb_array(look.sun)
    x = np.arange(width, dtype=np.float32)
    for number, (size, frequency, fade) in enumerate(_TREELINES):
        crown = sample_bilinear(
            crowns, x / height * frequency + 97 * number, np.float32(40 + 311 * number) + np.zeros_like(x)
        )
        twig = sample_bilinear(leaves, x / height * 900, np.float32(17 + 90 * number) + np.zeros_like(x))
        top = horizon - height * size * (0.25 + 1.1 * crown + 0.22 * (twig - 0.5))
        first, last = max(0, int(top.min()) - 2), min(height, int(horizon) + 3)
        if last <= first:
            continue
        y = np.arange(first, last, dtype=np.float32)[:, None]
        coverage = smoothstep(-0.8, 0.8, y - top[None])
        depth = np.clip((y - top[None]) / (height * size), 0, 1)
        grain = sample_bilinear(leaves, x[None] / height * 1300, y / height * 1300 + 50 * number)
        leaf = np.array(_LEAF_ALBEDO, np.float32) * ((0.55 + 0.9 * grain) * (1.15 - 0.55 * depth))[..., None]
        tree = leaf * light
        tree += (rgb_array(look.horizon) * _HAZE_LIGHT - tree) * np.float32(fade * (0.45 + 0.55 * look.haze))
        band = picture[first:last]
        band += (tree - band) * coverage[..., None]
