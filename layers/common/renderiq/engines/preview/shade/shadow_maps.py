"""Shadows on the ground and on facades, at working resolution or half of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from renderiq.engines.preview.classify.materials import FLAT, Material, Surfaces
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, I32, U8, Mask, gaussian_blur, to_uint8
from renderiq.engines.preview.segment.depth_segmentation import find_depth_edges
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.shadow_casters import find_shadow_casters
from renderiq.engines.preview.shade.shadow_projection import Sun, project_shadows


@dataclass(frozen=True, slots=True)
class ShadowMaps:
    """0 = open, 255 = fully dark: sun kept off the ground, sun kept off facades, skylight kept out of corners (at half
    the size)."""

    ground: U8
    facade: U8
    corner: U8


def compute_shadow_maps(
    scene: Scene, surfaces: Surfaces, layer: I32, look: Look, depth: U8 | None = None
) -> ShadowMaps:
    """With a ``depth``, only what is near to one another darkens one another's corners, and things that it tells apart
    project_shadows their shadows one by one."""
    unit = max(scene.size) / 1600
    corner = _in_corners(scene, surfaces, unit, depth)
    if scene.is_interior:
        # The sun is outside: what darkens a room is nearness alone.
        open_air = np.zeros(scene.label.shape, np.uint8)
        return ShadowMaps(open_air, open_air, corner)
    sun = Sun.beside(scene.size, scene.horizon, look.sun_height, from_left=surfaces.sun_from_left)
    ground, climbed = project_shadows(find_shadow_casters(scene, surfaces, layer, depth), sun, scene.size, depth)
    ground = ground.copy()
    ground[: max(0, int(scene.horizon) + 2)] = 0
    soft = max(0.6, 1.3 * look.shadow_softness * unit)
    facade = _on_facades(scene, surfaces, look, unit)
    if climbed.any():
        facade = np.maximum(facade, gaussian_blur(climbed, soft))
    return ShadowMaps(gaussian_blur(ground, soft), facade, corner)


def _on_facades(scene: Scene, surfaces: Surfaces, look: Look, unit: float) -> U8:
    """Under eaves and slabs, and inside the reveals of windows."""
    label, material, box = scene.label, surfaces.material, scene.regions.box
    wide, tall = box[:, 2] - box[:, 0], np.maximum(box[:, 3] - box[:, 1], 1)
    slab = (material == Material.WALL) & (scene.regions.area < 0.22 * wide * wide) & (wide > 2.2 * tall)
    slab &= surfaces.lit < 0.9
    over = (material == Material.ROOF) | slab
    caster, glass = scene.map_values(over), scene.map_values(material == Material.GLASS)
    upright = (material == Material.WALL) & ~slab | (material == Material.GLASS) | (material == Material.WOOD)
    receiver = scene.map_values(upright)
    lean = 0.45 if surfaces.sun_from_left else -0.45
    shadow = np.zeros(label.shape, np.bool_)
    for step in range(1, max(2, round(17 * unit))):
        shadow |= _shifted(caster, step, round(step * lean))
    reveal = np.zeros(label.shape, np.bool_)
    frame = ~glass & receiver
    for step in range(1, max(2, round(5 * unit)) + 1):
        reveal |= _shifted(frame, step, round(step * lean * 1.4))
    shade = (shadow & receiver & ~caster) | (reveal & glass)
    return gaussian_blur(shade.astype(np.uint8) * 255, max(1.5, 1.5 * look.shadow_softness**0.5 * unit))


def _in_corners(scene: Scene, surfaces: Surfaces, unit: float, depth: U8 | None) -> U8:
    """Soft darkening where things meet each other and the ground."""
    label, material = scene.label, surfaces.material
    firm = ~np.isin(material, FLAT) & (material != Material.FOLIAGE)
    stands, stands_or_leafy = scene.map_values(firm), scene.map_values(~np.isin(material, FLAT))
    seam = np.zeros(label.shape, np.bool_)
    seam[:-1] |= (label[:-1] != label[1:]) & stands[:-1] & stands_or_leafy[1:]
    seam[:, :-1] |= (label[:, :-1] != label[:, 1:]) & stands[:, :-1] & stands_or_leafy[:, 1:]
    if depth is not None:
        seam &= ~find_depth_edges(depth)
    base = np.zeros(label.shape, np.bool_)
    base[:-1] |= stands[:-1] & ~stands_or_leafy[1:]
    base[: int(scene.horizon)] = False
    fine = _spread(seam, 5 * unit, 2) * np.float32(1.6) + _spread(base, 4 * unit, 2) * np.float32(3.0)
    wide = _spread(seam, 18 * unit, 4) * np.float32(2.6) + _spread(base, 16 * unit, 4) * np.float32(5.5)
    size = fine.shape[1], fine.shape[0]
    dark: F32 = fine + np.asarray(Image.fromarray(wide).resize(size, Image.Resampling.BILINEAR))
    return to_uint8(np.minimum(dark, 0.75))


def _spread(mask: Mask, sigma: float, by: int) -> F32:
    """``mask`` in 0..1 made ``by`` times smaller and blurred: blurs this wide have no detail that would be missed."""
    small = Image.fromarray(mask.astype(np.uint8) * 255).reduce(by)
    return gaussian_blur(np.asarray(small), sigma / by).astype(np.float32) * np.float32(1 / 255)


def _shifted(mask: Mask, down: int, across: int) -> Mask:
    moved = np.zeros_like(mask)
    height, width = mask.shape
    moved[down:, max(0, across) : width + min(0, across)] = mask[
        : height - down, max(0, -across) : width - max(0, across)
    ]
    return moved
