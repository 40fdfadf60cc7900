"""Paving: streets, terraces, and the floors and rugs of rooms."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import smoothstep
from renderiq.engines.preview.shade.context import Channels, LightMap, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import fractal_noise, sample_bilinear, sample_nearest
from renderiq.engines.preview.shade.shaders.diffuse import shade_diffuse
from renderiq.engines.preview.shade.textures import CAMERA_DISTANCE, fine_grain, ground_coordinates

_COARSE_AMPLITUDE: Final = 0.16
_FINE_AMPLITUDE: Final = 0.30
_SUN_SHARE: Final = 0.72
"""Of the sun's irradiance: what a horizontal surface receives."""
_SHADOW_STRENGTH: Final = 0.94
_HAZE_DEPTH: Final = 0.055
"""Picture heights below the horizon over which the haze clears up (exponential scale)."""
_HAZE_GAIN: Final = 0.5
_MAX_HAZE: Final = 0.95
_HAZE_LIGHT: Final = 0.62


def shade_paving(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades a horizontal surface with stains and grain in perspective; outdoors with shadows and haze."""
    look = context.look
    below, side = ground_coordinates(context, fragments.x, fragments.y)
    distance = CAMERA_DISTANCE / below
    fine = sample_nearest(fine_grain(context.seed), side * 260, distance * 200)
    coarse = sample_bilinear(fractal_noise(context.seed + 5, 512, 1.3, coarsest=2), side * 30, distance * 30)
    fade = smoothstep(0.06, 0.4, below)
    texture = 1 + context.freedom * (_COARSE_AMPLITUDE * (coarse - 0.5) + _FINE_AMPLITUDE * (fine - 0.5) * fade)
    if context.is_interior:
        return shade_diffuse(context, fragments, texture)
    ambient = (1 - fragments.sample(LightMap.OCCLUSION)) * texture
    direct = (1 - np.float32(_SHADOW_STRENGTH) * fragments.sample(LightMap.GROUND_SHADOW)) * texture
    haze = np.minimum(np.exp(-below / (_HAZE_DEPTH * max(1.0, 2 * look.haze))) * _HAZE_GAIN * look.haze, _MAX_HAZE)
    channels = []
    for albedo, sun, sky, horizon in zip(context.albedo, context.sun, context.sky, look.horizon, strict=True):
        lit = albedo.take(fragments.region) * (direct * (sun * np.float32(_SUN_SHARE)) + ambient * sky)
        lit += (np.float32(_HAZE_LIGHT * horizon) - lit) * haze
        channels.append(lit)
    return channels
