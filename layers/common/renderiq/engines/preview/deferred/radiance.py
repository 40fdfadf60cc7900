"""Radiance: the light that each pixel of the capture sends to the camera, at working resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.domain.scene_description import SurfaceMaterial
from renderiq.engines.preview.deferred.geometry import Geometry
from renderiq.engines.preview.deferred.light import Ground
from renderiq.engines.preview.deferred.paint import Paint
from renderiq.engines.preview.deferred.planes import picture_coordinates
from renderiq.engines.preview.deferred.surfaces import KIND
from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, LUMA, U8, smoothstep

_FULL_SUN: Final = 0.80
"""Cosine between normal and sun at which a face is as bright as it gets."""
_SKY_FROM_BELOW: Final = 0.42
"""Light of the sky on a face that looks down, over that on one that looks up."""
_GROUND_BOUNCE: Final = 0.14
_ROOM_BASE: Final = 0.46
_ROOM_KEY: Final = 0.50
"""Light in a room, over that outdoors: from everywhere, and from the side that the windows are on."""
_ROOM_OCCLUSION: Final = 0.9
_OCCLUSION: Final = 0.85
_HEADLIGHT: Final = 0.35
"""Weight of the viewport's own light on faces whose normals nobody knows."""
_REFLECTANCE: Final = {
    SurfaceMaterial.GLASS: (0.16, 0.84),
    SurfaceMaterial.WATER: (0.10, 0.80),
    SurfaceMaterial.METAL: (0.34, 0.4),
    SurfaceMaterial.TILES: (0.03, 0.25),
    SurfaceMaterial.PAINT: (0.015, 0.12),
}
"""Reflectance seen straight on, and what it has more at grazing angles (Schlick's approximation)."""
_LEAF_ALBEDO: Final = (0.11, 0.15, 0.05)
_LEAF_SHARE: Final = 0.6
_GLARING: Final = (0.7, 0.98)
"""Colour of living grass and leaves, how much of it glaring green takes on, and the saturations in linear light between
which green begins to glare."""
_GLASS_ALBEDO: Final = 0.30
"""Of the colour of a pane: what is seen of the room behind it."""
_SKY_SHIFT: Final = 0.16
"""Added to the elevation, as a sine, of what panes reflect: seen from above, they would show nothing but lawn."""
_TREE_RADIANCE: Final = 0.16
_REFLECTED_TREES: Final = 0.10
"""Elevation, as a sine, up to which panes reflect trees."""
_HAZE: Final = 0.10


@dataclass(frozen=True, slots=True)
class Light:
    """The light on a capture. Arrays are (height, width), 0..1.

    ``sun`` (3,) is the direction to the sun in view coordinates, ``visibility`` how much of it reaches a pixel,
    ``occlusion`` how much of the sky is hidden.
    """

    sun: F32
    visibility: F32
    occlusion: F32
    is_interior: bool


def compute_radiance(
    geometry: Geometry, paint: Paint, kind: U8, light: Light, irradiance: list[F32], look: Look
) -> F32:
    """Returns the linear light (height, width, 3) of the model; that of the background is 0."""
    region = geometry.region
    radiance = np.empty((*region.shape, 3), np.float32)
    albedo = paint.albedo.copy()
    leafy = np.isin(kind, (KIND[SurfaceMaterial.GRASS], KIND[SurfaceMaterial.FOLIAGE]))
    green = albedo[leafy]
    glare = smoothstep(*_GLARING, 1 - green.min(axis=1) / np.maximum(green.max(axis=1), np.float32(1e-4)))[:, None]
    albedo[leafy] += (np.array(_LEAF_ALBEDO, np.float32) - green) * np.float32(_LEAF_SHARE) * glare
    panes = kind == KIND[SurfaceMaterial.GLASS]
    albedo[panes] *= np.float32(_GLASS_ALBEDO)
    albedo[kind == KIND[SurfaceMaterial.WATER]] *= np.float32(0.5)
    for channel in range(3):
        radiance[..., channel] = albedo[:, channel].take(region) * paint.detail[..., channel] * irradiance[channel]
    _add_reflections(radiance, geometry, paint, kind, light, look)
    radiance.reshape(-1, 3)[np.flatnonzero(region == 0)] = 0
    return radiance


def compute_irradiance(geometry: Geometry, paint: Paint, light: Light, look: Look) -> list[F32]:
    """Returns the light that falls on each pixel, as (height, width) per channel."""
    sun, sky = rgb_array(look.sun), rgb_array(look.sky)
    if geometry.normals is None or geometry.view is None:
        return _viewport_light(geometry, paint, light, look)
    incidence = geometry.normals @ light.sun
    rise = geometry.normals @ geometry.view.up
    if light.is_interior:
        total = float((sun + sky) @ LUMA)
        warm = (sun / max(float(sun @ LUMA), 1e-3) * np.float32(0.35) + np.float32(0.65)).astype(np.float32)
        key = np.float32(_ROOM_BASE) + np.float32(_ROOM_KEY) * (np.float32(0.5) + np.float32(0.5) * incidence) ** 2
        key += np.float32(0.10) * rise
        open_sky = 1 - np.float32(_ROOM_OCCLUSION) * light.occlusion
        return [key * open_sky * np.float32(total) * warm[channel] for channel in range(3)]
    direct = np.clip(incidence * np.float32(1 / _FULL_SUN), 0, 1.05) * light.visibility
    dome = np.float32(_SKY_FROM_BELOW) + np.float32(1 - _SKY_FROM_BELOW) * (np.float32(0.5) + np.float32(0.5) * rise)
    # What looks towards the sun's side of the sky gets more of it.
    dome *= np.float32(0.90) + np.float32(0.18) * incidence
    openness = 1 - np.float32(_OCCLUSION) * light.occlusion
    bounce = np.float32(_GROUND_BOUNCE) * (np.float32(0.62) - np.float32(0.38) * rise) * openness
    return [
        direct * sun[channel] + dome * openness * sky[channel] * np.float32(1.08) + bounce * sun[channel]
        for channel in range(3)
    ]


def _viewport_light(geometry: Geometry, paint: Paint, light: Light, look: Look) -> list[F32]:
    """Returns light as the viewport has shaded the faces: bright ones are in the sun."""
    shade = paint.shade[geometry.region]
    lit = smoothstep(0.55, 1.0, shade)
    sun, sky = rgb_array(look.sun), rgb_array(look.sky)
    openness = 1 - np.float32(_OCCLUSION) * light.occlusion
    level = np.float32(_HEADLIGHT) + np.float32(1 - _HEADLIGHT) * np.minimum(shade, 1)
    direct = np.float32(0.88) * lit * level
    return [
        (direct * sun[channel] + level * sky[channel] + np.float32(0.09) * sun[channel]) * openness
        for channel in range(3)
    ]


def _add_reflections(radiance: F32, geometry: Geometry, paint: Paint, kind: U8, light: Light, look: Look) -> None:
    """Adds what smooth materials reflect of the sky, the trees and the ground, in place."""
    if geometry.normals is None or geometry.view is None:
        return
    view = geometry.view
    x, y = picture_coordinates(geometry.region.shape)
    for material, (straight, grazing) in _REFLECTANCE.items():
        members = np.flatnonzero((kind == KIND[material])[geometry.region.ravel()])
        if not len(members):
            continue
        rows, columns = np.divmod(members, geometry.region.shape[1])
        normal = geometry.normals.reshape(-1, 3)[members]
        ray = np.stack([x[0, columns], y[rows, 0], np.full(len(rows), -view.focal, np.float32)], 1)
        if view.is_parallel:
            ray = np.broadcast_to(np.array([0, 0, -1], np.float32), ray.shape)
        ray = ray / np.linalg.norm(ray, axis=1, keepdims=True)
        cosine = np.clip(-(ray * normal).sum(axis=1), 0, 1)
        mirrored = ray + 2 * cosine[:, None] * normal
        share = np.float32(straight) + np.float32(grazing) * (1 - cosine) ** 5
        if light.is_interior:
            share *= np.float32(0.5)
        elevation = mirrored @ view.up
        if material is SurfaceMaterial.GLASS:
            elevation = np.abs(elevation) + np.float32(_SKY_SHIFT)
        shown = reflected_sky(elevation, look)
        if material is SurfaceMaterial.METAL:
            tint = paint.albedo[geometry.region.ravel()[members]]
            shown *= tint / np.maximum(tint.max(axis=1, keepdims=True), 1e-3)
        flat = radiance.reshape(-1, 3)
        dim = (1 - np.float32(0.5) * light.occlusion.ravel()[members])[:, None]
        flat[members] = flat[members] * (1 - share)[:, None] + shown * share[:, None] * dim


def reflected_sky(elevation: F32, look: Look) -> F32:
    """Returns the light (count, 3) from directions whose sine of elevation is ``elevation``."""
    horizon, zenith = rgb_array(look.horizon), rgb_array(look.zenith)
    ground = np.mean(look.ground_albedo, axis=0).astype(np.float32) * (rgb_array(look.sky) + rgb_array(look.sun) * 0.6)
    up = np.maximum(elevation, 0)
    sky = horizon + (zenith - horizon) * (1 - np.exp(-up * 4))[:, None]
    trees = smoothstep(_REFLECTED_TREES + 0.05, _REFLECTED_TREES - 0.05, elevation)[:, None]
    dark = (rgb_array(look.sky) + rgb_array(look.sun) * np.float32(0.4)) * np.float32(_TREE_RADIANCE)
    sky = sky + (dark - sky) * trees * np.float32(0.75)
    below = smoothstep(0.02, -0.10, elevation)[:, None]
    shown: F32 = (sky + (ground - sky) * below).astype(np.float32)
    return shown


def add_haze(lights: tuple[F32, ...], geometry: Geometry, look: Look) -> None:
    """Adds the light of the air before distant things to images (height, width, 3), in place."""
    if geometry.inverse is None or geometry.view is None or geometry.view.is_parallel:
        return
    shown = geometry.inverse[~geometry.background]
    if not len(shown):
        return
    near = 1 / np.percentile(shown[::11], 98)
    far: NDArray[np.floating] = 1 / np.maximum(geometry.inverse, 1e-3) / near
    haze = (np.float32(_HAZE * look.haze) * np.clip((far - 1.5) / 6, 0, 1)).astype(np.float32)
    for light in lights:
        for channel, colour in enumerate(look.horizon):
            light[..., channel] += (np.float32(0.8 * colour) - light[..., channel]) * haze


def ground_light(ground: Ground | None, light: Light, share: F32) -> F32 | None:
    """Returns the factor (height, width, 3) that shadows and occlusion put on the ground; None without ground.

    ``share`` (3,) is the part of the light on the ground that shadows do not take away.
    """
    if ground is None:
        return None
    openness = 1 - np.float32(0.8) * light.occlusion
    factor = np.ones((*light.visibility.shape, 3), np.float32)
    for channel in range(3):
        lit = light.visibility + (1 - light.visibility) * share[channel]
        factor[..., channel] = np.where(ground.mask, lit * openness, 1)
    return factor
