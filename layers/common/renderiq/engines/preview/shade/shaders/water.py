"""Pools and ponds."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import rgb_array
from renderiq.engines.preview.shade.context import Channels, LightMap, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_bilinear
from renderiq.engines.preview.shade.perspective import ground_coordinates
from renderiq.engines.preview.shade.textures import Texture

_RIPPLE_AMPLITUDE: Final = 0.6
_REFLECTANCE_AT_HORIZON: Final = 0.62
_REFLECTANCE_SLOPE: Final = 1.1
"""Loss of reflectance per picture height below the horizon."""
_REFLECTANCE_RANGE: Final = (0.12, 0.9)
_REFLECTED_ZENITH: Final = 0.3
"""Of the reflected sky: the part that is overhead."""
_SUN_SHARE: Final = 0.5
"""Of the sun's irradiance: what reaches the bottom."""
_SHADOW_STRENGTH: Final = 0.8


def shade_water(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades rippled water: at grazing angles it reflects the sky, and from above it shows its bottom (Fresnel)."""
    look = context.look
    below, side, distance = ground_coordinates(fragments.x, fragments.y, context.size, context.horizon)
    noise = sample_bilinear(Texture.RIPPLES.tile(context.seed), side * 130, distance * 60)
    ripple = _RIPPLE_AMPLITUDE * (noise - 0.5)
    reflectance = np.clip(_REFLECTANCE_AT_HORIZON - _REFLECTANCE_SLOPE * below + 0.5 * ripple, *_REFLECTANCE_RANGE)
    reflected = rgb_array(look.horizon) * (1 - _REFLECTED_ZENITH) + rgb_array(look.zenith) * _REFLECTED_ZENITH
    direct = 1 - np.float32(_SHADOW_STRENGTH) * fragments.sample(LightMap.GROUND_SHADOW)
    caustics = 1 + np.float32(0.5) * ripple
    channels = []
    for albedo, sun, sky, above in zip(context.albedo, context.sun, context.sky, reflected, strict=True):
        bottom = albedo.take(fragments.region) * (direct * (sun * np.float32(_SUN_SHARE)) + sky) * caustics
        channels.append(bottom + (above - bottom) * reflectance)
    return channels
