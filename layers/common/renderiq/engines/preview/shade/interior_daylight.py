"""Daylight in a room: how it spreads from the windows, where the sun hits the floor, and what the floor reflects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, LUMA, U8, Mask, gaussian_blur, smoothstep, to_uint8
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.room import (
    Room,
    Window,
    find_ceilings,
    find_floors,
    find_window_walls,
    find_windows,
)

_COARSE_STEP: Final = 8
_FINE_STEP: Final = 2
"""Pixels of the capture per pixel of the maps of diffuse daylight, and of the map of sunlight on the floor."""
_AMBIENT: Final = 0.42
"""The part of the light in a room that is the same everywhere."""
_MEAN_LIGHT: Final = 1.12
"""Mean irradiance of a room over the ambient irradiance outdoors: it is the same for any number of windows, because
eyes and cameras adapt."""
_AMBIENT_SUN: Final = 0.55
_AMBIENT_SKY: Final = 0.72
_WINDOW_SUN: Final = 0.30
"""Parts of the sun's and of the sky's irradiance in the colour of the ambient light, and of the sun's in the light
from windows, which is then scaled to the luminance of the ambient light."""
_AMBIENT_SATURATION: Final = 0.5
_DAY_SATURATION: Final = 0.7
_LAMP_SATURATION: Final = 0.45
"""How much of its colour indoor light keeps, because eyes and cameras adapt to it (white balance)."""
_WINDOW_WALL_SHARE: Final = 0.30
"""Of the daylight that a face would get, what the wall gets that the window is in: interreflection only."""
_CEILING_SHARE: Final = 0.9
_STRONG_SUN: Final = 3
"""Luminance of the sun over that of the sky, above which the sun hits the floor."""
_SUN_INWARD: Final = 0.88
_SUN_ALONG: Final = 0.47
"""Direction of the sun's rays on the floor: components into the room and along the wall of the window."""
_SUN_HEIGHT: Final = 1.7
_SUN_REACH: Final = (0.8, 2.6)
"""Length of sunlight on the floor in camera heights: for a sun slope of 1, and its limits."""
_SUN_EDGE: Final = 0.006
_SUN_BLUR: Final = 0.0012
"""Width of the soft edges of sunlight, and sigma of its blur, of the picture's longer side."""
_MIN_SUNLIGHT: Final = 0.05
_FRESNEL_FADE: Final = (0.6, 0.45)
"""How much weaker reflections are near the camera, and the distance from the floor's far edge, in picture heights, at
which they are."""
_REFLECTION_EDGE: Final = 3.0
_REFLECTION_BLUR: Final = 2.5
"""Width of the soft edges of reflections, and sigma of their blur, in pixels of the map."""
_FALLOFF_RADIUS: Final = 0.16
"""Of the picture's longer side: the distance, plus the size of a window, at which its light has fallen to a half."""
_POOL_GAIN: Final = 0.75
"""Of direct light on the floor, over the light that falls off."""
_WINDOW_COLUMNS: Final = (0.17, 0.5, 0.83)
_WINDOW_ROWS: Final = (0.25, 0.75)
"""Where a window is sampled, of its width and height."""
_MIN_SAMPLE_HEIGHT: Final = 0.1
"""In camera heights."""
_SATURATION_OF_SUM: Final = 0.25
"""How much the light of each window is reduced by the light of the others."""


@dataclass(frozen=True, slots=True)
class InteriorDaylight:
    """Light in a room.

    The irradiance of a region is ``ambient`` + ``diffuse_map`` * ``wall_share[region]`` * ``daylight``. The sun adds
    ``sun_map``, and the reflection of the windows adds ``reflection_map``, on floors only. Maps are 8-bit, cover the
    whole picture at resolutions of their own, and are None if they are empty.
    """

    diffuse_map: U8
    sun_map: U8 | None
    reflection_map: U8 | None
    wall_share: F32
    """Per region, 0..1."""
    is_floor: Mask
    is_polished: Mask
    """Per region."""
    ambient: F32
    daylight: F32
    """Linear light (3,)."""
    horizon: float
    """The row of the horizon, estimated from the room's floor and ceiling if both are in view."""


def compute_interior_daylight(scene: Scene, surfaces: Surfaces, look: Look) -> InteriorDaylight:
    """Returns the light of a room.

    If no window is in view, light comes from behind the camera and from the side of the sun. After dark the light of
    the lamps does the same.
    """
    width, height = scene.size
    is_floor, is_polished = find_floors(scene, surfaces)
    sun, sky, lamps = rgb_array(look.sun), rgb_array(look.sky), rgb_array(look.interior_light)
    ambient = _desaturate(_AMBIENT_SUN * sun + _AMBIENT_SKY * sky, _AMBIENT_SATURATION)
    daylight = _desaturate(_WINDOW_SUN * sun + sky, _DAY_SATURATION)
    is_dark = float(lamps @ LUMA) > float(ambient @ LUMA)
    if is_dark:
        ambient = daylight = _desaturate(lamps, _LAMP_SATURATION)
    windows = [] if is_dark else list(find_windows(scene, surfaces))
    daylight = daylight * np.float32(float(ambient @ LUMA) / max(float(daylight @ LUMA), 1e-3))
    wall_share = np.ones(len(scene.regions), np.float32)
    sun_map = reflection_map = None
    room = Room.of(scene, is_floor)
    if windows:
        diffuse = _diffuse_irradiance(windows, room, (width, height))
        wall_share[find_window_walls(scene, windows)] = _WINDOW_WALL_SHARE
        wall_share[find_ceilings(scene)] = _CEILING_SHARE
        reflection_map = _reflect_windows(windows, room, (width, height))
        if look.outdoors and float(sun @ LUMA) > _STRONG_SUN * float(sky @ LUMA):
            sun_map = _project_sunlight(windows, room, look, surfaces.sun_from_left, (width, height))
    else:
        diffuse = _light_from_behind(surfaces.sun_from_left, (width, height))
    gain = np.float32(_MEAN_LIGHT / (_AMBIENT + float(diffuse.mean())))
    maximum = float(diffuse.max())
    return InteriorDaylight(
        diffuse_map=to_uint8(diffuse / np.float32(maximum)),
        sun_map=sun_map,
        reflection_map=reflection_map,
        wall_share=wall_share,
        is_floor=is_floor,
        is_polished=is_polished,
        ambient=ambient * gain * np.float32(_AMBIENT),
        daylight=daylight * gain * np.float32(maximum),
        horizon=room.horizon,
    )


def _desaturate(light: F32, saturation: float) -> F32:
    """Returns ``light`` (3,) with the part ``saturation`` of its colour, at the same luminance."""
    grey = np.float32(float(light @ LUMA))
    calm: F32 = grey + (light - grey) * np.float32(saturation)
    return calm


def _pixel_centres(size: tuple[int, int], step: int, first: int = 0) -> tuple[F32, F32]:
    """Returns the centres of map pixels of ``step`` capture pixels, from map row ``first`` on: (1, w) and (h, 1)."""
    columns, rows = -(-size[0] // step), -(-size[1] // step)
    x = (np.arange(columns, dtype=np.float32) + np.float32(0.5)) * np.float32(size[0] / columns)
    y = (np.arange(first, rows, dtype=np.float32) + np.float32(0.5)) * np.float32(size[1] / rows)
    return x[None], y[:, None]


def _diffuse_irradiance(windows: list[Window], room: Room, size: tuple[int, int]) -> F32:
    """Returns the daylight at each pixel: it falls off with the distance from the windows, and pools before them."""
    x, y = _pixel_centres(size, _COARSE_STEP)
    longer = max(size)
    light: F32 = np.zeros((y.shape[0], x.shape[1]), np.float32)
    edge = room.floor_edge_at(x[0])[None]
    right, ahead = room.floor_position(x, np.maximum(y, edge))
    for window in windows:
        upper, lower = (line[0] * (window.left + window.right) / 2 + line[1] for line in (window.top, window.bottom))
        half_width, half_height = (window.right - window.left) / 2, (lower - upper) / 2
        dx = np.maximum(np.abs(x - np.float32((window.left + window.right) / 2)) - np.float32(half_width), 0)
        dy = np.maximum(np.abs(y - np.float32((upper + lower) / 2)) - np.float32(half_height), 0)
        radius = np.float32(_FALLOFF_RADIUS * longer + np.sqrt(half_width * half_height))
        light += 1 / (1 + (dx * dx + dy * dy) / (radius * radius))
        on_floor = smoothstep(-0.03, 0.05, (y - edge) / np.float32(size[1]))
        light += np.float32(_POOL_GAIN) * _floor_irradiance(window, room, right, ahead) * on_floor
    combined: F32 = light / (1 + np.float32(_SATURATION_OF_SUM) * light)
    return combined


def _floor_irradiance(window: Window, room: Room, right: F32, ahead: F32) -> F32:
    """Returns the direct light of a window at positions on the floor, relative to the maximum.

    The window is sampled at three columns and two heights.
    """
    corner, _, inward = room.wall_of(window)
    total: F32 = np.zeros(np.broadcast_shapes(right.shape, ahead.shape), np.float32)
    for part in _WINDOW_COLUMNS:
        column = window.left + part * (window.right - window.left)
        edge = room.floor_edge[int(np.clip(column, 0, len(room.floor_edge) - 1))]
        sample_right, sample_ahead = room.floor_position(np.array([column], np.float32), np.array([edge]))
        camera_height = max(float(edge) - room.horizon, 1.0)
        distance = (right - corner[0]) * inward[0] + (ahead - corner[1]) * inward[1]
        squared = (right - sample_right) ** 2 + (ahead - sample_ahead) ** 2
        for share in _WINDOW_ROWS:
            row = (1 - share) * (window.top[0] * column + window.top[1])
            row += share * (window.bottom[0] * column + window.bottom[1])
            height = np.float32(max((float(edge) - row) / camera_height, _MIN_SAMPLE_HEIGHT))
            total += np.maximum(distance, 0) * height / (squared + height * height + np.float32(0.15)) ** 2
    relative: F32 = total / np.float32(max(float(total.max()), 1e-6))
    return relative


def _project_sunlight(
    windows: list[Window], room: Room, look: Look, from_left: bool, size: tuple[int, int]
) -> U8 | None:
    """Returns where the sun hits the floor, or None if it does not.

    A ray from each position on the floor towards the sun is intersected with the walls of the windows.
    """
    first = max(0, int(room.floor_edge.min()) // _FINE_STEP)
    x, y = _pixel_centres(size, _FINE_STEP, first)
    if not len(y):
        return None
    right, ahead = room.floor_position(x, y)
    reach = np.float32(np.clip(_SUN_HEIGHT / look.sun_slope, *_SUN_REACH))
    lit: F32 = np.zeros((y.shape[0], x.shape[1]), np.float32)
    for window in windows:
        corner, along, inward = room.wall_of(window)
        side = 1.0 if (along[0] > 0) == from_left else -1.0
        ray = np.float32(_SUN_INWARD) * inward + np.float32(_SUN_ALONG * side) * along
        distance = (right - corner[0]) * inward[0] + (ahead - corner[1]) * inward[1]
        distance = distance / np.float32(_SUN_INWARD)
        wall_right, wall_ahead = right - distance * ray[0], np.maximum(ahead - distance * ray[1], np.float32(0.05))
        column = np.float32(room.centre) + np.float32(room.focal_length) * wall_right / wall_ahead
        row = np.float32(room.horizon) + np.float32(room.focal_length) * (1 - distance / reach) / wall_ahead
        lit += window.coverage_at(column, row, _SUN_EDGE * max(size)) * (distance > 0)
    if lit.max() < _MIN_SUNLIGHT:
        return None
    whole = np.zeros((first + len(lit), lit.shape[1]), np.float32)
    whole[first:] = lit
    return gaussian_blur(to_uint8(whole), _SUN_BLUR * max(size))


def _reflect_windows(windows: list[Window], room: Room, size: tuple[int, int]) -> U8:
    """Returns the blurred mirror image of the windows in the floor, strongest at grazing angles (Fresnel)."""
    x, y = _pixel_centres(size, _COARSE_STEP)
    edge = room.floor_edge_at(x[0])[None]
    image: F32 = np.zeros((y.shape[0], x.shape[1]), np.float32)
    for window in windows:
        image += window.coverage_at(x + 0 * y, 2 * edge - y, _REFLECTION_EDGE * _COARSE_STEP) * (y > edge)
    image *= 1 - np.float32(_FRESNEL_FADE[0]) * smoothstep(0.0, _FRESNEL_FADE[1], (y - edge) / np.float32(size[1]))
    return gaussian_blur(to_uint8(image), _REFLECTION_BLUR)


def _light_from_behind(from_left: bool, size: tuple[int, int]) -> F32:
    """Returns a gentle gradient of light from behind the camera and from one side."""
    x, y = _pixel_centres(size, _COARSE_STEP)
    across, down = x / np.float32(size[0]) - np.float32(0.5), y / np.float32(size[1]) - np.float32(0.5)
    gradient = np.float32(-0.30 if from_left else 0.30)
    light: F32 = (
        np.float32(0.60)
        + gradient * across
        + np.float32(0.10) * down
        - np.float32(0.25) * (across * across + np.float32(0.5) * down * down)
    )
    return light
