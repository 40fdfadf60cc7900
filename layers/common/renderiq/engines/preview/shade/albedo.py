"""Albedo: the base colours of a viewport, toned down to those of real materials."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import HORIZONTAL, Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.look.styles import Look, Rgb, rgb_array
from renderiq.engines.preview.raster import F32, LUMA, smoothstep, srgb_to_linear

_GAIN: Final = {Material.ROOF: 0.78, Material.PAVING: 0.78, Material.FOLIAGE: 0.62}
"""Albedo over the linear base colour; 1 for other materials."""
_WEATHERED: Final = (Material.ROOF, Material.WOOD, Material.FOLIAGE)
_WEATHERED_SATURATION: Final = 0.72
"""Saturation of weathered materials over that of the base colour."""
_STRONG_PAINT: Final = (0.40, 0.85)
"""Saturation (0..1) at which the paint of a wall begins to be toned down, and at which that is complete."""
_PAINT_DESATURATION: Final = 0.42
"""The part of its saturation that the strongest paint of a wall loses."""
_STUDIO_PAVING_GAIN: Final = 1.15
_MAX_ALBEDO: Final = 0.82
"""That of fresh white plaster."""


def compute_albedo(surfaces: Surfaces, look: Look) -> F32:
    """Returns the albedo of each region in linear light, (regions, 3)."""
    albedo = srgb_to_linear(surfaces.base_colour)
    gain = np.ones(len(albedo), np.float32)
    for material, factor in _GAIN.items():
        gain[surfaces.material == material] = factor
    albedo = albedo * gain[:, None]
    albedo[surfaces.material == Material.FOLIAGE] *= rgb_array(look.leaf_tint)
    # Viewport colours are more saturated than weathered materials.
    is_weathered = np.isin(surfaces.material, _WEATHERED)
    grey = (albedo @ LUMA)[:, None]
    albedo = np.where(is_weathered[:, None], grey + (albedo - grey) * _WEATHERED_SATURATION, albedo)
    # Strong paint on a wall is duller in daylight than on a screen.
    maximum = np.maximum(albedo.max(axis=1), 1e-4)
    strength = smoothstep(*_STRONG_PAINT, (maximum - albedo.min(axis=1)) / maximum)
    strength *= surfaces.material == Material.PLASTER
    albedo += (grey - albedo) * (np.float32(_PAINT_DESATURATION) * strength)[:, None]
    if not look.outdoors:
        albedo[surfaces.material == Material.PAVING] *= _STUDIO_PAVING_GAIN
    if look.surface:
        albedo[surfaces.material != Material.GLASS] = rgb_array(look.surface)
    return np.minimum(albedo, _MAX_ALBEDO).astype(np.float32)


def with_one_material(surfaces: Surfaces, colour: Rgb) -> Surfaces:
    """Returns the surfaces of a model that is made of one material with this albedo, but for its glass."""
    material, base = surfaces.material.copy(), surfaces.base_colour.copy()
    own = (material != Material.BACKGROUND) & (material != Material.GLASS)
    material[own & ~np.isin(material, HORIZONTAL)] = Material.PLASTER
    linear = rgb_array(colour)
    base[own] = 255 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return replace(surfaces, material=material, base_colour=base)
