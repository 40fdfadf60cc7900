"""Diffuse (Lambertian) reflection, which most shaders are based on."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32
from renderiq.engines.preview.shade.context import AMBIENT_TURNED, BOUNCE, Channels, LightMap, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments

FACADE_SHADOW_STRENGTH: Final = 0.92
"""Of the sun's irradiance: what shadows on facades take away."""
_ROOM_SUN_SHARE: Final = 0.3
"""Of the sun's irradiance: what reaches window frames in a room by reflection."""


def shade_diffuse(context: ShadingContext, fragments: Fragments, texture: F32) -> Channels:
    """Returns the light of a diffuse surface; ``texture`` (count,) is a factor of its albedo.

    Outdoors the light is that of sun and sky on an upright face, in a room that of the windows.
    """
    ambient = 1 - fragments.sample(LightMap.OCCLUSION)
    if context.is_interior:
        direct = fragments.sample(LightMap.DAYLIGHT) * ambient
    else:
        direct = 1 - np.float32(FACADE_SHADOW_STRENGTH) * fragments.sample(LightMap.FACADE_SHADOW)
    ambient *= texture
    direct *= texture
    channels = [
        ambient_light.take(fragments.region) * ambient + direct_light.take(fragments.region) * direct
        for ambient_light, direct_light in zip(context.ambient, context.direct, strict=True)
    ]
    if context.is_interior:
        _add_light(channels, fragments, LightMap.FLOOR_SUN, context.floor_sun, texture)
        _add_light(channels, fragments, LightMap.FLOOR_REFLECTION, context.floor_reflection, None)
    return channels


def irradiance_at(context: ShadingContext, fragments: Fragments, chosen: NDArray[np.intp]) -> Channels:
    """Returns the irradiance, before any reflection, of the fragments with the indices ``chosen``."""
    region, index = fragments.region[chosen], fragments.index[chosen]
    openness = 1 - fragments.band.sample(LightMap.OCCLUSION, index)
    incidence = context.sun_incidence.take(region)
    if context.is_interior:
        return [openness * sky for sky in context.sky + context.sun * np.float32(_ROOM_SUN_SHARE)]
    shadow = fragments.band.sample(LightMap.FACADE_SHADOW, index)
    direct = incidence * (1 - np.float32(FACADE_SHADOW_STRENGTH) * shadow)
    skylight = np.float32(AMBIENT_TURNED) + np.float32(1 - AMBIENT_TURNED) * incidence
    return [
        direct * sun + openness * (skylight * sky + np.float32(BOUNCE) * sun)
        for sun, sky in zip(context.sun, context.sky, strict=True)
    ]


def _add_light(channels: Channels, fragments: Fragments, name: LightMap, light: Channels, texture: F32 | None) -> None:
    """Adds ``light`` (per region) where a map that is mostly empty has any, in place."""
    if fragments.band.is_empty(name):
        return
    strength = fragments.sample(name)
    lit = np.flatnonzero(strength)
    if not len(lit):
        return
    strength = strength[lit] if texture is None else strength[lit] * texture[lit]
    region = fragments.region[lit]
    for channel, radiance in zip(channels, light, strict=True):
        channel[lit] += radiance.take(region) * strength
