"""Foliage of trees and hedges."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import smoothstep
from renderiq.engines.preview.shade.context import Channels, LightMap, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_bilinear
from renderiq.engines.preview.shade.shaders.diffuse import shade_diffuse
from renderiq.engines.preview.shade.textures import Texture

_TRANSLUCENCY: Final = (0.22, 0.10, -0.12)
"""Sunlight that passes through leaves is yellower than light that they reflect."""
_SUN_GAIN: Final = 1.05
_SKY_GAIN: Final = 0.75
_BOUNCE: Final = 0.06
_OCCLUSION_STRENGTH: Final = 0.6


def shade_foliage(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades leaves in clumps: outer ones are in the sun, the gaps between them are dark."""
    x, y, unit = fragments.x, fragments.y, context.unit
    clump = sample_bilinear(Texture.LEAF_CLUMPS.tile(context.seed), x * (1.0 / unit), y * (1.3 / unit))
    leaf = sample_bilinear(Texture.LEAVES.tile(context.seed), x * (1.1 / unit), y * (1.1 / unit))
    height = np.clip(0.5 + 0.95 * (clump - 0.5) + 0.85 * (leaf - 0.5), 0, 1)
    crown_light = fragments.sample(LightMap.CROWN_LIGHT)
    if context.is_interior:
        return shade_diffuse(context, fragments, (0.25 + 1.1 * height) * (0.55 + 0.45 * crown_light))
    direct = crown_light * smoothstep(0.12, 0.95, height + 0.30 * (crown_light - 0.5))
    ambient = (0.30 + 0.75 * height) * (1 - _OCCLUSION_STRENGTH * fragments.sample(LightMap.OCCLUSION))
    channels = []
    for albedo, sun, sky, tint in zip(context.albedo, context.sun, context.sky, _TRANSLUCENCY, strict=True):
        skylight = sky * np.float32(_SKY_GAIN) + sun * np.float32(_BOUNCE)
        light = direct * (sun * np.float32(_SUN_GAIN)) + ambient * skylight
        channels.append(albedo.take(fragments.region) * light * (1 + direct * np.float32(tint)))
    return channels
