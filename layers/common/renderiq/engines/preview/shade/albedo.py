"""How much of the light each surface throws back: viewport paint made into paint, leaves and stone."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import Material, Surfaces
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, LUMA, smoothstep, srgb_to_linear
from renderiq.engines.preview.shade.sky import colour

_DULL: Final = 0.42
"""How much of its colour the purest paint of a wall loses."""


def compute_albedo(surfaces: Surfaces, look: Look) -> F32:
    """Reflectance per region; viewport whites are lifted to fresh render, greens calmed to leaf."""
    albedo = srgb_to_linear(surfaces.colour)
    gain = np.ones(len(albedo), np.float32)
    gain[surfaces.material == Material.ROOF] = 0.78
    gain[surfaces.material == Material.PAVING] = 0.78
    gain[surfaces.material == Material.FOLIAGE] = 0.62
    albedo = albedo * gain[:, None]
    leafy = surfaces.material == Material.FOLIAGE
    albedo[leafy] *= colour(look.leaves)
    # Viewport paint is purer than weathered material.
    vivid = np.isin(surfaces.material, (Material.ROOF, Material.WOOD, Material.FOLIAGE))
    grey = (albedo @ LUMA)[:, None]
    albedo = np.where(vivid[:, None], grey + (albedo - grey) * 0.72, albedo)
    # So is strong paint on a wall: in daylight it is duller than on a screen.
    most = np.maximum(albedo.max(axis=1), 1e-4)
    strong = smoothstep(0.40, 0.85, (most - albedo.min(axis=1)) / most)
    strong *= surfaces.material == Material.WALL
    albedo += (grey - albedo) * (np.float32(_DULL) * strong)[:, None]
    if not look.outdoors:
        albedo[surfaces.material == Material.PAVING] *= 1.15
    return np.minimum(albedo, 0.82).astype(np.float32)
