"""The light on tree crowns."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.raster import U8, gaussian_blur, smoothstep
from renderiq.engines.preview.segment.scene import Scene

# Lengths and sigmas are in pixels of a capture of 1600 pixels.
_FINE_SIGMA: Final = 9
_COARSE_SIGMA: Final = 30
_FACET_SIZE: Final = (30, 70)
"""Side of a facet from which on the coarse blur begins to replace the fine one, and at which it does completely."""
_SHADED_LIGHT: Final = 0.12
"""Light on a facet that is turned away from the sun."""


def compute_crown_light(scene: Scene, surfaces: Surfaces) -> U8:
    """Returns the light on the facets of crowns (height, width), 0..255.

    It is blurred within the crowns, so that a low-poly tree looks round. The larger its facets, the wider the blur.
    """
    light = np.zeros(scene.label.shape, np.uint8)
    leafy = surfaces.material == Material.FOLIAGE
    box = scene.regions.box[leafy]
    if not len(box):
        return light
    unit = max(scene.size) / 1600
    margin = int(4 * _COARSE_SIGMA * unit)
    left, top = np.maximum(box[:, :2].min(axis=0) - margin, 0)
    right, bottom = box[:, 2:].max(axis=0) + margin
    label = scene.label[top:bottom, left:right]
    mask = leafy[label].astype(np.uint8) * 255
    facet_light = (_SHADED_LIGHT + (1 - _SHADED_LIGHT) * surfaces.sun_incidence) * 255
    facets = np.where(leafy, facet_light, 0).astype(np.uint8)[label]
    low, high = _FACET_SIZE
    facet_size = np.sqrt(scene.regions.area).astype(np.float32)
    is_large = np.where(leafy, smoothstep(low * unit, high * unit, facet_size) * 255, 0).astype(np.uint8)[label]
    blurred = []
    for image, sigma in ((facets, _FINE_SIGMA), (facets, _COARSE_SIGMA), (is_large, _FINE_SIGMA)):
        # Normalised convolution: the surroundings of the crown do not darken its border.
        weight = np.maximum(gaussian_blur(mask, sigma * unit).astype(np.float32), 1)
        blurred.append(np.minimum(gaussian_blur(image, sigma * unit) / weight, 1))
    fine, coarse, mix = blurred
    light[top:bottom, left:right] = ((fine + (coarse - fine) * mix) * 255).astype(np.uint8)
    return light
