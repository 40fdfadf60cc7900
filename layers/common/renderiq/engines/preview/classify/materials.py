"""Materials: what each region is likely made of, from its colour, its position and its neighbours."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, Mask
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene


class Material(IntEnum):
    """The material of a region; each one but ``BACKGROUND`` has a shader."""

    BACKGROUND = 0
    PLASTER = 1
    GLASS = 2
    ROOF = 3
    WOOD = 4
    FOLIAGE = 5
    PAVING = 6
    WATER = 7


HORIZONTAL: Final = (Material.BACKGROUND, Material.PAVING, Material.WATER)
"""Materials of surfaces that lie flat and cast no shadow."""

# Thresholds of hue in degrees, saturation and value in 0..1.
_WOOD_HUES: Final = (336, 46)
_WOOD_MIN_SATURATION: Final = 0.28
_ROOF_HUES: Final = (336, 18)
_ROOF_MIN_SATURATION: Final = 0.42
_ROOF_MIN_VALUE: Final = 0.34
_FOLIAGE_HUES: Final = (60, 176)
_FOLIAGE_MIN_SATURATION: Final = 0.22
_GLASS_HUES: Final = (176, 250)
_GLASS_MIN_SATURATION: Final = 0.16
_GLASS_MIN_VALUE: Final = 0.23
_FACET_CONTRAST: Final = 0.04
"""Difference of value between the facets of blue upholstery; panes do not differ as much."""
_STRONG_SATURATION: Final = 0.3
"""Of water that is not set in paving, and of a window pane in a room: duller blue is paint."""
_ROOM_PANE_HUES: Final = (188, 240)
_ROOM_PANE_MIN_VALUE: Final = 0.42
_GREY_SATURATION: Final = 0.14
"""Below this saturation a colour has no hue."""
_HUE_STEP: Final = 24
"""Degrees of hue that are one paint, for regions without a material picture."""
_PAINTS: Final = 32
_GREY_PAINT: Final = 31

# Thresholds of position and shape; lengths are parts of the picture's height.
_MAX_BACKGROUND_CONTACT: Final = 0.35
"""The part of its contour that a pane may share with the background."""
_FLAT_ASPECT: Final = 1.3
"""Width over height of a region that may lie flat."""
_HORIZON_TOLERANCE: Final = 0.012
"""How far above the horizon a horizontal region may begin, because the horizon is estimated."""
_MIN_OPEN_EDGE: Final = 0.4
"""Of the lower edge of a region on open ground: what borders on background or on the frame of the picture."""
_MAX_VERTICAL: Final = 0.6
_MAX_VERTICAL_POOL: Final = 0.3
"""The part of its sides that is vertical, of a region on open ground and of a pool that is set in paving."""
_LEG_ASPECT: Final = 2
"""Height over width of a leg."""
_LEG_OVERLAP: Final = 0.02
_LEG_LENGTH: Final = 0.05
"""How far below its seat a leg may begin, and how far below it must end at least."""
_LEG_WIDTH: Final = 0.2
"""Over the width of the seat."""
_MIN_GROUND_AREA: Final = 0.0004
"""Of the picture."""
_BLOCK_CONTACT: Final = 0.3
"""The part of a region's upper or lower border that it shares with another region of its kind."""


def classify_materials(scene: Scene, hue: F32, saturation: F32, value: F32) -> I32:
    """Returns the material of each region from its colour (see ``rgb_to_hsv``), its position and its neighbours."""
    material = np.full(len(scene.regions), Material.PLASTER, np.int32)
    material[_has_hue(hue, *_WOOD_HUES) & (saturation > _WOOD_MIN_SATURATION)] = Material.WOOD
    is_roof = _has_hue(hue, *_ROOF_HUES) & (saturation > _ROOF_MIN_SATURATION) & (value > _ROOF_MIN_VALUE)
    material[is_roof] = Material.ROOF
    material[_has_hue(hue, *_FOLIAGE_HUES) & (saturation > _FOLIAGE_MIN_SATURATION)] = Material.FOLIAGE
    is_blue = _has_hue(hue, *_GLASS_HUES) & (saturation > _GLASS_MIN_SATURATION) & (value > _GLASS_MIN_VALUE)
    material[is_blue] = Material.GLASS
    on_legs = _stands_on_legs(scene)
    leafy = material == Material.FOLIAGE
    # The lowest facets of a crown look like a lawn, but they have other facets above them.
    lies = _lies_on_ground(scene) & ~on_legs & ~(leafy & _is_stacked(scene, leafy, value, min_contrast=0))
    glass = material == Material.GLASS
    pool = glass & _lies_on_ground(scene, needs_open_ground=False) & ~on_legs
    material[pool] = Material.WATER
    is_open_pool = pool & (saturation > _STRONG_SATURATION)
    material[glass & ~lies & ~_is_set_in_wall(scene) & ~is_open_pool] = Material.PLASTER
    material[glass & _is_stacked(scene, glass, value, min_contrast=_FACET_CONTRAST)] = Material.PLASTER
    if scene.is_interior:
        # In a room dull blue is upholstery, and what would be roof tiles or glass outdoors is mostly paint.
        pane = glass & (saturation >= _STRONG_SATURATION) & ~lies & _is_room_window(scene, hue, value)
        material[glass & ~pane] = Material.PLASTER
        material[material == Material.ROOF] = Material.PLASTER
        material[lies & (material != Material.WOOD)] = Material.PAVING
    else:
        material[lies & ~glass] = Material.PAVING
        material[_continues_paving(scene, material)] = Material.PAVING
    material[BACKGROUND] = Material.BACKGROUND
    return material


def group_by_paint(material: I32, hue: F32, saturation: F32) -> NDArray[np.integer]:
    """Returns a number for each region; regions with the same number have the same material and hue."""
    paint = np.where(saturation < _GREY_SATURATION, _GREY_PAINT, (hue // _HUE_STEP).astype(np.int32))
    return material * _PAINTS + paint


def rgb_to_hsv(colour: F32) -> tuple[F32, F32, F32]:
    """Converts (count, 3) in 0..255 to hue in degrees, and saturation and value in 0..1."""
    red, green, blue = (colour / 255).T
    value = np.maximum(np.maximum(red, green), blue)
    chroma = value - np.minimum(np.minimum(red, green), blue)
    safe = np.maximum(chroma, 1e-6)
    hue: NDArray[np.floating] = np.where(
        value == red,
        ((green - blue) / safe) % 6,
        np.where(value == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    return (hue * 60).astype(np.float32), (chroma / np.maximum(value, 1e-6)).astype(np.float32), value


def _has_hue(hue: F32, first: float, last: float) -> Mask:
    """Returns whether ``hue`` is in the range, which may include 0 degrees."""
    found: Mask = (hue >= first) & (hue <= last) if first < last else (hue <= last) | (hue >= first)
    return found


def _is_room_window(scene: Scene, hue: F32, value: F32) -> Mask:
    """Returns which regions of a room may be panes: blue and bright as the sky, and reaching above eye level.

    Regions close below such a pane and of its colour count as well. Darker, greener or lower ones are the painted
    fronts of cupboards.
    """
    colour, box = scene.regions.colour, scene.regions.box
    height = scene.label.shape[0]
    is_sky = _has_hue(hue, *_ROOM_PANE_HUES) & (value > _ROOM_PANE_MIN_VALUE)
    # The horizon of a room is a rough estimate: regions that begin in the upper half count as well.
    window: Mask = is_sky & (box[:, 1] < max(scene.horizon - 0.02 * height, 0.5 * height))
    for pane in np.flatnonzero(window):
        left, _, right, bottom = box[pane]
        is_below = (np.abs(box[:, 1] - bottom) < 0.03 * height) & (box[:, 0] < right) & (box[:, 2] > left)
        window |= is_sky & is_below & (np.abs(colour - colour[pane]).max(axis=1) < 10)
    return window


def _is_stacked(scene: Scene, kind: Mask, value: F32, *, min_contrast: float) -> Mask:
    """Returns which regions of a ``kind`` have another one of it above or below, differing by ``min_contrast``.

    Such a region is a facet of a cushion or a crown, and neither a pane nor a pool nor a lawn.
    """
    upper, lower = scene.label[:-1], scene.label[1:]
    border = np.flatnonzero(upper != lower)
    upper, lower = upper.ravel()[border], lower.ravel()[border]
    is_facet_edge = kind[upper] & kind[lower] & (np.abs(value[upper] - value[lower]) >= min_contrast)
    stacked = np.zeros(len(kind), np.bool_)
    for here in (upper, lower):
        contact = np.bincount(here[is_facet_edge], minlength=len(kind))
        stacked |= contact > _BLOCK_CONTACT * (np.bincount(here, minlength=len(kind)) + 1)
    return stacked


def _is_set_in_wall(scene: Scene) -> Mask:
    """Returns which regions share most of their contour with other regions, as a pane does, not with background."""
    label, count = scene.label, len(scene.regions)
    length, background_length = np.ones(count), np.zeros(count)
    for one, two in ((label[:, 1:], label[:, :-1]), (label[1:], label[:-1])):
        differs = one != two
        for here, there in ((one[differs], two[differs]), (two[differs], one[differs])):
            length += np.bincount(here, minlength=count)
            background_length += np.bincount(here[there == BACKGROUND], minlength=count)
    enclosed: Mask = background_length < _MAX_BACKGROUND_CONTACT * length
    return enclosed


def _lies_on_ground(scene: Scene, *, needs_open_ground: bool = True) -> Mask:
    """Returns which regions lie flat below the horizon: they are broad and have no vertical sides.

    With ``needs_open_ground`` there must also be background or the frame of the picture below them.
    """
    label, count = scene.label, len(scene.regions)
    below = np.vstack([label[1:], np.full((1, label.shape[1]), BACKGROUND, np.int32)])
    lower_edge = label != below
    edge = np.bincount(label[lower_edge], minlength=count)
    open_edge = np.bincount(label[lower_edge & (below == BACKGROUND)], minlength=count)
    # A side is vertical if the border stays in one column from row to row.
    side = label[:, 1:] != label[:, :-1]
    stays = side[1:] & side[:-1]
    vertical = np.zeros(count)
    sides = np.ones(count)
    for owner in (label[:, 1:], label[:, :-1]):
        sides += np.bincount(owner[side], minlength=count)
        same = owner[1:] == owner[:-1]
        vertical += np.bincount(owner[1:][stays & same], minlength=count)
    left, top, right, bottom = scene.regions.box.T
    is_broad = (right - left) > _FLAT_ASPECT * (bottom - top)
    is_low = top > scene.horizon - _HORIZON_TOLERANCE * label.shape[0]
    is_open = (open_edge > _MIN_OPEN_EDGE * np.maximum(edge, 1)) | (not needs_open_ground)
    lies: Mask = (
        is_low & is_broad & is_open & (vertical < (_MAX_VERTICAL if needs_open_ground else _MAX_VERTICAL_POOL) * sides)
    )
    return lies & (scene.regions.area > _MIN_GROUND_AREA * label.size)


def _stands_on_legs(scene: Scene) -> Mask:
    """Returns which regions have at least two narrow ones below them: a seat or a table top, and no ground."""
    left, top, right, bottom = scene.regions.box.T
    height = scene.label.shape[0]
    on_legs = np.zeros(len(left), np.bool_)
    is_tall = (bottom - top) > _LEG_ASPECT * (right - left)
    is_tall[BACKGROUND] = False
    for region in np.flatnonzero((right - left) > _FLAT_ASPECT * (bottom - top)):
        middle = (left + right) / 2
        is_leg = is_tall & (middle > left[region]) & (middle < right[region])
        is_leg &= (top > top[region]) & (top < bottom[region] + _LEG_OVERLAP * height)
        is_leg &= (bottom > bottom[region] + _LEG_LENGTH * height) & (
            right - left < _LEG_WIDTH * (right - left)[region]
        )
        on_legs[region] = is_leg.sum() > 1
    return on_legs


def _continues_paving(scene: Scene, material: I32) -> Mask:
    """Returns pieces of paving that something in front has cut off: below the horizon, with the colour of paving."""
    colour, box = scene.regions.colour, scene.regions.box
    piece = np.zeros(len(material), np.bool_)
    for paving in np.flatnonzero(material == Material.PAVING):
        is_alike = np.abs(colour - colour[paving]).max(axis=1) < 3
        is_level = (box[:, 1] > scene.horizon) & (box[:, 3] > box[paving, 1]) & (box[:, 1] < box[paving, 3])
        piece |= is_alike & is_level
    return piece
