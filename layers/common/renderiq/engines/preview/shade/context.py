"""What shaders read: the light and the materials of each region, and maps that are enlarged band by band."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, U8, Mask, UpsampledPlane
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.albedo import compute_albedo
from renderiq.engines.preview.shade.coverage_map import CoverageMap
from renderiq.engines.preview.shade.crown_light import compute_crown_light
from renderiq.engines.preview.shade.interior_daylight import InteriorDaylight, compute_interior_daylight
from renderiq.engines.preview.shade.roof_tiles import TileCourses, fit_tile_courses
from renderiq.engines.preview.shade.shadow_maps import ShadowMaps

Channels = list[F32]
"""Red, green and blue as separate arrays: numpy is several times slower along an axis of three."""

AMBIENT_TURNED: Final = 0.72
"""Of the skylight: what a face gets that is turned away from the sun. A face in the sun gets all of it."""
BOUNCE: Final = 0.09
"""Of the sun's irradiance: what the ground reflects onto every face."""
_ROOM_TURNED: Final = 0.62
"""Of the light in a room: what a face gets that the viewport shades darkest."""
_ROOM_SUN: Final = 1.1
"""Irradiance of sunlight on the floor of a room, over that of the sun outdoors."""
_FLOOR_REFLECTANCE: Final = 0.12
"""Specular reflectance of a polished floor."""
_SHADING_CONTRAST: Final = 1.25
"""Exponent for the shading of smoothly shaded faces: viewports shade with much fill light."""
SHADING_ONE: Final = 104
"""The level of ``LightMap.SHADING`` that stands for a factor of 1."""


class LightMap(Enum):
    """Maps that shaders sample per pixel."""

    FACADE_SHADOW = auto()
    GROUND_SHADOW = auto()
    OCCLUSION = auto()
    CROWN_LIGHT = auto()
    SHADING = auto()
    DAYLIGHT = auto()
    FLOOR_SUN = auto()
    FLOOR_REFLECTION = auto()


@dataclass(frozen=True, slots=True)
class ShadingInputs:
    """The results of the earlier stages.

    ``backdrop`` is (height, width, 3) in linear light, at the output size or less. ``freedom`` scales how much
    textures vary, 1 being usual.
    """

    scene: Scene
    surfaces: Surfaces
    shadows: ShadowMaps
    coverage_map: CoverageMap
    backdrop: F32
    look: Look
    seed: int
    freedom: float


class OutputMap:
    """An 8-bit map that covers the whole picture, with the range of output rows in which it is not zero."""

    def __init__(self, image: U8, size: tuple[int, int]) -> None:
        """``image`` is (height, width) at any resolution; ``size`` is the output's (width, height)."""
        rows = np.flatnonzero(image.any(axis=1))
        scale = size[1] / len(image)
        self.first = self.last = 0.0
        if len(rows):
            # Interpolation spreads each row of the map by one row.
            self.first, self.last = float(rows[0] - 1) * scale, float(rows[-1] + 2) * scale
        self._plane = UpsampledPlane(image, size)

    def rows(self, top: int, bottom: int) -> F32:
        """Returns output rows ``top`` to ``bottom`` (excluded) in 0..1, flattened."""
        return self._plane.rows(top, bottom).ravel()


@dataclass(frozen=True, slots=True)
class ShadingContext:
    """Everything that shaders read; it is the same for the whole picture.

    Arrays per region are indexed by label. Lengths are in output pixels.
    """

    look: Look
    seed: int
    freedom: np.float32
    size: tuple[int, int]
    """Width and height of the output."""
    unit: float
    """Output pixels per pixel of an output of 1920 pixels: textures have the same size in every output."""
    horizon: float
    """The row of the horizon."""
    is_interior: bool
    sun: F32
    sky: F32
    """Irradiance (3,) from the sun and from the sky."""
    material: U8
    sun_incidence: F32
    box: F32
    is_polished: Mask
    """Whether a region is a polished floor of a room."""
    tile_courses: TileCourses
    albedo: Channels
    ambient: Channels
    """Albedo times ambient irradiance, per region."""
    direct: Channels
    """Albedo times the irradiance of the sun or, in a room, of the windows, per region."""
    floor_sun: Channels
    floor_reflection: Channels
    """Radiance of sunlight on the floor of a room, and of the reflection of windows in it, per region."""
    coverage_map: CoverageMap
    backdrop: list[UpsampledPlane]
    """One plane per channel."""
    maps: dict[LightMap, OutputMap]


def prepare_shading(inputs: ShadingInputs) -> ShadingContext:
    """Computes the light on each region and collects the maps."""
    scene, surfaces, shadows, look = inputs.scene, inputs.surfaces, inputs.shadows, inputs.look
    height, width = inputs.coverage_map.primary.shape
    size = width, height
    scale = width / scene.size[0]
    horizon = scene.horizon
    sun, sky = rgb_array(look.sun), rgb_array(look.sky)
    albedo = compute_albedo(surfaces, look)
    images: dict[LightMap, U8 | None] = {
        LightMap.FACADE_SHADOW: shadows.facade,
        LightMap.OCCLUSION: shadows.ambient_occlusion,
        LightMap.GROUND_SHADOW: shadows.ground,
        LightMap.CROWN_LIGHT: compute_crown_light(scene, surfaces),
        LightMap.SHADING: None if scene.shading is None else _increase_contrast(scene.shading),
    }
    is_polished = np.zeros(len(scene.regions), np.bool_)
    incidence = surfaces.sun_incidence[:, None]
    if scene.is_interior:
        daylight = compute_interior_daylight(scene, surfaces, look)
        horizon, is_polished = daylight.horizon, daylight.is_polished
        images[LightMap.DAYLIGHT] = daylight.diffuse_map
        images[LightMap.FLOOR_SUN] = daylight.sun_map
        images[LightMap.FLOOR_REFLECTION] = daylight.reflection_map
        ambient, direct = _interior_light(albedo, incidence, daylight)
        floor_sun = albedo * sun * _ROOM_SUN * daylight.is_floor[:, None]
        floor_reflection = daylight.is_polished[:, None] * (_FLOOR_REFLECTANCE * rgb_array(look.horizon))
    else:
        # Only corners are without skylight and bounced light; eaves shade the sun only.
        ambient = albedo * ((AMBIENT_TURNED + (1 - AMBIENT_TURNED) * incidence) * sky + BOUNCE * sun)
        direct = albedo * (incidence * sun)
        floor_sun = floor_reflection = np.zeros_like(albedo)
    return ShadingContext(
        look=look,
        seed=inputs.seed,
        freedom=np.float32(inputs.freedom),
        size=size,
        unit=max(width, height) / 1920,
        horizon=horizon * height / scene.size[1],
        is_interior=scene.is_interior,
        sun=sun,
        sky=sky,
        material=surfaces.material.astype(np.uint8),
        sun_incidence=surfaces.sun_incidence,
        box=(scene.regions.box * scale).astype(np.float32),
        is_polished=is_polished,
        tile_courses=fit_tile_courses(scene, surfaces, scale),
        albedo=_split_channels(albedo),
        ambient=_split_channels(ambient),
        direct=_split_channels(direct),
        floor_sun=_split_channels(floor_sun),
        floor_reflection=_split_channels(floor_reflection),
        coverage_map=inputs.coverage_map,
        backdrop=[UpsampledPlane(inputs.backdrop[..., channel], size) for channel in range(3)],
        maps={name: OutputMap(image, size) for name, image in images.items() if image is not None},
    )


def _interior_light(albedo: F32, incidence: F32, daylight: InteriorDaylight) -> tuple[F32, F32]:
    """Returns the radiance of each region (regions, 3) from ambient light and from the windows."""
    reflected = albedo * (_ROOM_TURNED + (1 - _ROOM_TURNED) * incidence)
    ambient: F32 = reflected * daylight.ambient
    direct: F32 = reflected * daylight.daylight * daylight.wall_share[:, None]
    return ambient, direct


def _split_channels(colours: NDArray[np.floating]) -> Channels:
    """Returns (regions, 3) as one contiguous array per channel."""
    return list(np.ascontiguousarray(colours.T.astype(np.float32)))


def _increase_contrast(shading: U8) -> U8:
    """Returns ``shading``, in which 128 is the mean of a face, with more contrast and the mean ``SHADING_ONE``."""
    level = np.arange(256, dtype=np.float32) / np.float32(128)
    curve: U8 = np.clip(level ** np.float32(_SHADING_CONTRAST) * SHADING_ONE + 0.5, 0, 255).astype(np.uint8)
    return curve[shading]
