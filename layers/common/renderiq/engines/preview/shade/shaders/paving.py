"""Paving: streets, terraces, and the floors and rugs of rooms."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import smoothstep
from renderiq.engines.preview.shade.context import Channels, LightMap, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_bilinear, sample_nearest
from renderiq.engines.preview.shade.perspective import HAZE_LIGHT, ground_coordinates, ground_haze
from renderiq.engines.preview.shade.shaders.diffuse import shade_diffuse
from renderiq.engines.preview.shade.textures import Texture

_STAIN_AMPLITUDE: Final = 0.16
_GRAIN_AMPLITUDE: Final = 0.30
_GRAIN_FADE: Final = (0.06, 0.4)
"""Picture heights below the horizon between which the grain fades in: further away it is finer than a pixel."""
_SUN_SHARE: Final = 0.72
"""Of the sun's irradiance: what a horizontal surface receives."""
_SHADOW_STRENGTH: Final = 0.94
_HAZE_GAIN: Final = 0.5
_MAX_HAZE: Final = 0.95


def shade_paving(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades a horizontal surface with stains and grain in perspective; outdoors with shadows and haze."""
    look = context.look
    below, side, distance = ground_coordinates(fragments.x, fragments.y, context.size, context.horizon)
    grain = sample_nearest(Texture.MINERAL_GRAIN.tile(context.seed), side * 260, distance * 200)
    stain = sample_bilinear(Texture.GROUND_STAINS.tile(context.seed), side * 30, distance * 30)
    fade = smoothstep(*_GRAIN_FADE, below)
    texture = 1 + context.freedom * (_STAIN_AMPLITUDE * (stain - 0.5) + _GRAIN_AMPLITUDE * (grain - 0.5) * fade)
    if context.is_interior:
        return shade_diffuse(context, fragments, texture)
    ambient = (1 - fragments.sample(LightMap.OCCLUSION)) * texture
    direct = (1 - np.float32(_SHADOW_STRENGTH) * fragments.sample(LightMap.GROUND_SHADOW)) * texture
    haze = ground_haze(below, look, _HAZE_GAIN, _MAX_HAZE)
    channels = []
    for albedo, sun, sky, horizon in zip(context.albedo, context.sun, context.sky, look.horizon, strict=True):
        lit = albedo.take(fragments.region) * (direct * (sun * np.float32(_SUN_SHARE)) + ambient * sky)
        lit += (np.float32(HAZE_LIGHT * horizon) - lit) * haze
        channels.append(lit)
    return channels
