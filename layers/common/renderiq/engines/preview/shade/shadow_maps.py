"""Shadow maps at working resolution: cast shadows on ground and facades, and ambient occlusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.classify.materials import HORIZONTAL, Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import (
    F32,
    I32,
    U8,
    CheckCancelled,
    Mask,
    gaussian_blur,
    never_cancelled,
    to_uint8,
)
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.shadow_casters import find_shadow_casters
from renderiq.engines.preview.shade.shadow_projection import Sun, project_shadows

# Lengths and sigmas are in pixels of a capture of 1600 pixels.
_PENUMBRA: Final = 1.3
"""Blur of cast shadows for a softness of 1."""
_FACADE_PENUMBRA: Final = 1.5
_EAVE_SHADOW: Final = 17
_REVEAL_SHADOW: Final = 5
"""Length of the shadow below an eave, and of that inside the reveal of a window."""
_SHADOW_LEAN: Final = 0.45
"""Columns per row by which shadows on facades lean away from the sun."""
_REVEAL_LEAN: Final = 1.4
"""How much more they lean in reveals."""
_SLAB_ASPECT: Final = 2.2
_SLAB_SOLIDITY: Final = 0.22
"""A slab is wider than its height times the first, and its area is less than its squared width times the second."""
_SEAM_OCCLUSION: Final = ((5, 2, 1.6), (18, 4, 2.6))
_FOOT_OCCLUSION: Final = ((4, 2, 3.0), (16, 4, 5.5))
"""Ambient occlusion between faces and at the ground, fine and coarse: sigma, reduction of the map, and gain."""
_MAX_OCCLUSION: Final = 0.75


@dataclass(frozen=True, slots=True)
class ShadowMaps:
    """0 is open and 255 fully dark.

    ``ground`` and ``facade`` (height, width) have the shadows of the sun; ``ambient_occlusion`` has at half that size
    the darkening of corners, which skylight does not reach.
    """

    ground: U8
    facade: U8
    ambient_occlusion: U8


def compute_shadow_maps(
    scene: Scene,
    surfaces: Surfaces,
    group: I32,
    look: Look,
    check_cancelled: CheckCancelled = never_cancelled,
) -> ShadowMaps:
    """Returns the shadow maps of a scene; ``group`` is the result of ``group_crown_facets``.

    Rooms have ambient occlusion only, because the sun is outside.
    """
    unit = max(scene.size) / 1600
    occlusion = _ambient_occlusion(scene, surfaces, unit)
    if scene.is_interior:
        no_shadow = np.zeros(scene.label.shape, np.uint8)
        return ShadowMaps(no_shadow, no_shadow, occlusion)
    check_cancelled()
    sun = Sun.beside(scene.size, scene.horizon, look.sun_slope, from_left=surfaces.sun_from_left)
    casters = find_shadow_casters(scene, surfaces, group)
    ground, walls = project_shadows(casters, sun, scene.size, check_cancelled)
    ground = ground.copy()
    ground[: max(0, int(scene.horizon) + 2)] = 0
    sigma = max(0.6, _PENUMBRA * look.shadow_softness * unit)
    facade = _facade_shadows(scene, surfaces, look, unit)
    if walls.any():
        facade = np.maximum(facade, gaussian_blur(walls, sigma))
    return ShadowMaps(gaussian_blur(ground, sigma), facade, occlusion)


def _facade_shadows(scene: Scene, surfaces: Surfaces, look: Look, unit: float) -> U8:
    """Returns the shadows below eaves and slabs, and inside the reveals of windows."""
    label, material, box = scene.label, surfaces.material, scene.regions.box
    width, height = box[:, 2] - box[:, 0], np.maximum(box[:, 3] - box[:, 1], 1)
    is_slab = (material == Material.PLASTER) & (scene.regions.area < _SLAB_SOLIDITY * width * width)
    is_slab &= (width > _SLAB_ASPECT * height) & (surfaces.sun_incidence < 0.9)
    caster = scene.map_values((material == Material.ROOF) | is_slab)
    glass = scene.map_values(material == Material.GLASS)
    is_facade = (material == Material.PLASTER) & ~is_slab | (material == Material.GLASS) | (material == Material.WOOD)
    receiver = scene.map_values(is_facade)
    lean = _SHADOW_LEAN if surfaces.sun_from_left else -_SHADOW_LEAN
    shadow = np.zeros(label.shape, np.bool_)
    for step in range(1, max(2, round(_EAVE_SHADOW * unit))):
        shadow |= _shift(caster, step, round(step * lean))
    reveal = np.zeros(label.shape, np.bool_)
    frame = ~glass & receiver
    for step in range(1, max(2, round(_REVEAL_SHADOW * unit)) + 1):
        reveal |= _shift(frame, step, round(step * lean * _REVEAL_LEAN))
    dark = (shadow & receiver & ~caster) | (reveal & glass)
    return gaussian_blur(dark.astype(np.uint8) * 255, max(1.5, _FACADE_PENUMBRA * look.shadow_softness**0.5 * unit))


def _ambient_occlusion(scene: Scene, surfaces: Surfaces, unit: float) -> U8:
    """Returns soft darkening where faces meet each other and the ground, at half the size of the scene."""
    label, material = scene.label, surfaces.material
    is_upright = ~np.isin(material, HORIZONTAL)
    upright = scene.map_values(is_upright)
    solid = scene.map_values(is_upright & (material != Material.FOLIAGE))
    seam = np.zeros(label.shape, np.bool_)
    seam[:-1] |= (label[:-1] != label[1:]) & solid[:-1] & upright[1:]
    seam[:, :-1] |= (label[:, :-1] != label[:, 1:]) & solid[:, :-1] & upright[:, 1:]
    foot = np.zeros(label.shape, np.bool_)
    foot[:-1] |= solid[:-1] & ~upright[1:]
    foot[: int(scene.horizon)] = False
    fine, coarse = (
        _spread(seam, sigma * unit, reduction) * np.float32(gain)
        + _spread(foot, foot_sigma * unit, reduction) * np.float32(foot_gain)
        for (sigma, reduction, gain), (foot_sigma, _, foot_gain) in zip(_SEAM_OCCLUSION, _FOOT_OCCLUSION, strict=True)
    )
    size = fine.shape[1], fine.shape[0]
    dark: F32 = fine + np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BILINEAR))
    return to_uint8(np.minimum(dark, _MAX_OCCLUSION))


def _spread(mask: Mask, sigma: float, reduction: int) -> F32:
    """Returns ``mask`` in 0..1, reduced and blurred; a wide blur leaves no detail that the reduction would lose."""
    small = Image.fromarray(mask.astype(np.uint8) * 255).reduce(reduction)
    return gaussian_blur(np.asarray(small), sigma / reduction).astype(np.float32) * np.float32(1 / 255)


def _shift(mask: Mask, down: int, right: int) -> Mask:
    """Returns ``mask`` moved by some pixels, without wrapping."""
    moved = np.zeros_like(mask)
    height, width = mask.shape
    moved[down:, max(0, right) : width + min(0, right)] = mask[: height - down, max(0, -right) : width - max(0, right)]
    return moved
