"""Surfaces: separates the light that a viewport has shaded its faces with from their base colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import (
    HORIZONTAL,
    Material,
    classify_materials,
    group_by_paint,
    rgb_to_hsv,
)
from renderiq.engines.preview.classify.white_model import is_white_model, relight_white_model
from renderiq.engines.preview.raster import F32, I32
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_SUNLIT_SHARE: Final = 0.90
"""The part of a paint's area that is not brighter than its sunlit faces."""
_SHADE_RATIO: Final = 0.80
_SUN_RATIO_RANGE: Final = 0.17
"""Brightness over that of the sunlit faces: in the shade up to the first, in full sun above the sum of both."""
_DEEPEST_SHADE: Final = 0.28
_DARKER_PAINT: Final = 0.62
"""Brightness over that of the sunlit faces below which a face has a darker paint; the first value is for large faces
of exactly the same hue."""
_SAME_HUE: Final = 0.02
"""Difference of chromaticity coordinates."""
_LARGE_FACE: Final = 0.012
"""Of the area of all regions."""
_TARGET_LEVEL: Final = 200
"""The level, 0..255, that the brightest large base colour is raised to."""
_MAX_GAIN: Final = 1.6
_MAX_GAIN_ON_BRIGHT: Final = 1.15
"""Limits of that gain; the second is for a bright background, before which dark paint is dark on purpose."""
_BRIGHT_BACKGROUND: Final = 0.6


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Optical properties of each region, indexed by its label.

    ``material`` has values of ``Material``. ``sun_incidence`` is 0 for a face that is turned away from the sun and 1
    for one in full sun. ``base_colour`` (regions, 3) is the colour that the face would have in full light, in sRGB,
    0..255. ``sun_from_left`` follows the capture's own light, so that bright faces stay the bright ones.
    """

    material: I32
    sun_incidence: F32
    base_colour: F32
    sun_from_left: bool


def classify_surfaces(scene: Scene) -> Surfaces:
    """Returns the surfaces of all regions."""
    regions = scene.regions
    hue, saturation, value = rgb_to_hsv(regions.colour)
    material = classify_materials(scene, hue, saturation, value)
    paint = group_by_paint(material, hue, saturation)
    sun_incidence, base_colour = _separate_light(regions.colour, value, paint, regions.area, material)
    # Dark themes and headlights dim all paint alike.
    is_on_bright = scene.has_background and value[BACKGROUND] > _BRIGHT_BACKGROUND
    is_large = (regions.area > 0.004 * scene.label.size) & (material != Material.BACKGROUND)
    if is_large.any():
        brightest = float(base_colour[is_large].max())
        gain = np.clip(_TARGET_LEVEL / max(brightest, 1), 1, _MAX_GAIN_ON_BRIGHT if is_on_bright else _MAX_GAIN)
        base_colour = np.minimum(base_colour * np.float32(gain), 255)
    if is_white_model(scene, saturation, value, np.isin(material, HORIZONTAL)):
        is_plaster = material == Material.PLASTER
        white_incidence, white = relight_white_model(scene, value)
        sun_incidence = np.where(is_plaster, white_incidence, sun_incidence)
        base_colour = np.where(is_plaster[:, None], white, base_colour)
    return Surfaces(material, sun_incidence, base_colour, _is_sun_left(scene, material, sun_incidence))


def _separate_light(colour: F32, value: F32, paint: NDArray[np.integer], area: I32, material: I32) -> tuple[F32, F32]:
    """Returns the sun incidence (regions,) and the base colour (regions, 3) of all regions.

    A viewport shades each face by one factor: the brightest face of a paint is in the sun, darker ones are turned
    away. A much darker face has a darker paint instead, unless it is large and has exactly the same hue.
    """
    sun_incidence = np.ones(len(value), np.float32)
    base_colour = colour.copy()
    for each in np.unique(paint):
        member = np.flatnonzero(paint == each)
        order = member[np.argsort(value[member])]
        share = np.cumsum(area[order]) / max(1, area[order].sum())
        bright = value[order[min(int(np.searchsorted(share, _SUNLIT_SHARE)), len(order) - 1)]]
        ratio = np.clip(value[member] / max(float(bright), 1e-3), 0, 1)
        sun_incidence[member] = np.clip((ratio - _SHADE_RATIO) / _SUN_RATIO_RANGE, 0, 1)
        chromaticity = colour[member] / np.maximum(colour[member].sum(axis=1, keepdims=True), 1)
        sunlit = chromaticity[np.argmin(np.abs(value[member] - bright))]
        same_hue = np.abs(chromaticity - sunlit).max(axis=1) < _SAME_HUE
        is_certain = same_hue & (area[member] > _LARGE_FACE * area.sum())
        deepest = np.where(is_certain, _DEEPEST_SHADE, _DARKER_PAINT)
        factor = np.where(ratio > deepest, 1 / np.maximum(ratio, 0.1), 1)
        base_colour[member] = np.clip(colour[member] * factor[:, None], 0, 255)
    sun_incidence[np.isin(material, HORIZONTAL)] = 1
    return sun_incidence, base_colour.astype(np.float32)


def _is_sun_left(scene: Scene, material: I32, sun_incidence: F32) -> bool:
    """Returns whether the sunlit upright faces are mostly on the left."""
    centre = (scene.regions.box[:, 0] + scene.regions.box[:, 2]) / 2
    upright = ~np.isin(material, HORIZONTAL)
    weight = np.where(upright, scene.regions.area, 0).astype(np.float64)
    if not weight.any():
        return True
    middle = np.average(centre, weights=weight)
    return bool(np.sum((sun_incidence - 0.5) * (centre - middle) * weight) <= 0)
