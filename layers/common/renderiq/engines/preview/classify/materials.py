"""What each region is likely made of, and how much sun its face gets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.white_model import is_white_model, shade_white_model
from renderiq.engines.preview.raster import F32, I32, Mask
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene


class Material(IntEnum):
    BACKDROP = 0
    WALL = 1
    GLASS = 2
    ROOF = 3
    WOOD = 4
    FOLIAGE = 5
    PAVING = 6
    WATER = 7


FLAT: Final = (Material.BACKDROP, Material.PAVING, Material.WATER)
"""What lies, and casts no shadow."""


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Per region: its material, how sunlit its face is (0..1), and the colour it would have in full light (0..255).

    ``sun_from_left`` follows the capture's own light, so that bright faces stay the bright ones.
    """

    material: I32
    lit: F32
    colour: F32
    sun_from_left: bool


def classify_surfaces(scene: Scene, identity: I32 | None = None) -> Surfaces:
    """``identity`` numbers what the plugin says is one material: its faces are of one kind and one paint."""
    regions = scene.regions
    colour = regions.colour
    hue, saturation, value = _hsv(colour)
    material = np.full(len(regions), Material.WALL, np.int32)
    warm = (hue <= 46) | (hue >= 336)
    material[warm & (saturation > 0.28)] = Material.WOOD
    material[((hue <= 18) | (hue >= 336)) & (saturation > 0.42) & (value > 0.34)] = Material.ROOF
    material[(hue >= 60) & (hue <= 176) & (saturation > 0.22)] = Material.FOLIAGE
    material[(hue >= 176) & (hue <= 250) & (saturation > 0.16) & (value > 0.23)] = Material.GLASS
    legged = _stands_on_legs(scene)
    leafy = material == Material.FOLIAGE
    # The lowest facets of a crown look like a lawn, but for the other facets above them.
    lies = _lies_on_ground(scene) & ~legged & ~(leafy & _is_of_a_block(scene, leafy, value, step=0))
    glass = material == Material.GLASS
    pool = glass & _lies_on_ground(scene, on_open=False) & ~legged
    material[pool] = Material.WATER
    material[glass & ~lies & ~_is_set_in_wall(scene) & ~(pool & (saturation > 0.3))] = Material.WALL
    material[glass & _is_of_a_block(scene, glass, value, step=0.04)] = Material.WALL
    if scene.is_interior:
        # Indoors, a dull blue is upholstery, and what is tiled outdoors, or glass but in no window's place, is paint.
        paned = glass & (saturation >= 0.3) & ~lies & _is_window(scene, hue, value)
        material[glass & ~paned] = Material.WALL
        material[material == Material.ROOF] = Material.WALL
        material[lies & (material != Material.WOOD)] = Material.PAVING
    else:
        material[lies & ~glass] = Material.PAVING
        material[_continues(scene, material)] = Material.PAVING
    material[BACKGROUND] = Material.BACKDROP
    kind = material * 32 + np.where(saturation < 0.14, 31, (hue // 24).astype(np.int32))
    if identity is not None:
        _agree(material, identity, regions.area)
        kind = material * (int(identity.max()) + 1) + identity
    lit, full = _relight(colour, value, kind, regions.area, material, sure=identity is not None)
    # Dark themes and studio lights dim all paint alike; before a bright backdrop dark paint is dark.
    most = 1.15 if scene.has_background and value[BACKGROUND] > 0.6 else 1.6
    large = (regions.area > 0.004 * scene.label.size) & (material != Material.BACKDROP)
    if large.any():
        brightest = float(full[large].max())
        full = np.minimum(full * np.float32(np.clip(200 / max(brightest, 1), 1, most)), 255)
    if identity is None and is_white_model(scene, saturation, value, np.isin(material, FLAT)):
        card = material == Material.WALL
        sunlit, paint = shade_white_model(scene, value)
        lit, full = np.where(card, sunlit, lit), np.where(card[:, None], paint, full)
    return Surfaces(material, lit, full, _sun_from_left(scene, material, lit))


def _is_window(scene: Scene, hue: F32, value: F32) -> Mask:
    """Regions of a room that may be panes: as blue and as bright as the sky, and reaching above eye level, or close
    below another pane of that colour. What is lower, or darker, or greener, is the map_values front of a cupboard."""
    colour, box = scene.regions.colour, scene.regions.box
    height = scene.label.shape[0]
    sky = (hue >= 188) & (hue <= 240) & (value > 0.42)
    # The horizon of a room is a rough guess: what begins in the upper half counts as well.
    window: Mask = sky & (box[:, 1] < max(scene.horizon - 0.02 * height, 0.5 * height))
    for pane in np.flatnonzero(window):
        left, _, right, bottom = box[pane]
        below = (np.abs(box[:, 1] - bottom) < 0.03 * height) & (box[:, 0] < right) & (box[:, 2] > left)
        window |= sky & below & (np.abs(colour - colour[pane]).max(axis=1) < 10)
    return window


def _is_of_a_block(scene: Scene, kind: Mask, value: F32, *, step: float) -> Mask:
    """Regions with another of the ``kind``, a ``step`` brighter or darker, above or below: a cushion or a crown, not a
    pane, a pool or a lawn."""
    upper, lower = scene.label[:-1], scene.label[1:]
    border = np.flatnonzero(upper != lower)
    upper, lower = upper.ravel()[border], lower.ravel()[border]
    edge = kind[upper] & kind[lower] & (np.abs(value[upper] - value[lower]) >= step)
    block = np.zeros(len(kind), np.bool_)
    for here in (upper, lower):
        block |= np.bincount(here[edge], minlength=len(kind)) > 0.3 * (np.bincount(here, minlength=len(kind)) + 1)
    return block


def _is_set_in_wall(scene: Scene) -> Mask:
    """Regions whose border is mostly shared with other regions, as a pane's is, and not with the open background."""
    label, count = scene.label, len(scene.regions)
    border, open_border = np.ones(count), np.zeros(count)
    for one, two in ((label[:, 1:], label[:, :-1]), (label[1:], label[:-1])):
        differ = one != two
        for here, there in ((one[differ], two[differ]), (two[differ], one[differ])):
            border += np.bincount(here, minlength=count)
            open_border += np.bincount(here[there == BACKGROUND], minlength=count)
    enclosed: Mask = open_border < 0.35 * border
    return enclosed


def _lies_on_ground(scene: Scene, *, on_open: bool = True) -> Mask:
    """Regions below the horizon without upright sides whose lower border is, if so asked, open ground or the frame."""
    label, count = scene.label, len(scene.regions)
    below = np.vstack([label[1:], np.full((1, label.shape[1]), BACKGROUND, np.int32)])
    lower_edge = label != below
    edge = np.bincount(label[lower_edge], minlength=count)
    open_edge = np.bincount(label[lower_edge & (below == BACKGROUND)], minlength=count)
    # A side is upright where the border stays in one column from row to row.
    side = label[:, 1:] != label[:, :-1]
    straight = side[1:] & side[:-1]
    upright = np.zeros(count)
    sides = np.ones(count)
    for owner in (label[:, 1:], label[:, :-1]):
        sides += np.bincount(owner[side], minlength=count)
        same = owner[1:] == owner[:-1]
        upright += np.bincount(owner[1:][straight & same], minlength=count)
    left, top, right, bottom = scene.regions.box.T
    flat = (right - left) > 1.3 * (bottom - top)
    low = top > scene.horizon - 0.012 * label.shape[0]
    bare = (open_edge > 0.4 * np.maximum(edge, 1)) | (not on_open)
    found: Mask = low & flat & bare & (upright < (0.6 if on_open else 0.3) * sides)
    return found & (scene.regions.area > 0.0004 * label.size)


def _stands_on_legs(scene: Scene) -> Mask:
    """Regions below which at least two narrow ones go on: a seat or a table top, and not the ground."""
    left, top, right, bottom = scene.regions.box.T
    height = scene.label.shape[0]
    legged = np.zeros(len(left), np.bool_)
    tall = (bottom - top) > 2 * (right - left)
    tall[BACKGROUND] = False
    for region in np.flatnonzero((right - left) > 1.3 * (bottom - top)):
        middle = (left + right) / 2
        within = tall & (middle > left[region]) & (middle < right[region])
        within &= (top > top[region]) & (top < bottom[region] + 0.02 * height)
        within &= (bottom > bottom[region] + 0.05 * height) & (right - left < 0.2 * (right - left)[region])
        legged[region] = within.sum() > 1
    return legged


def _continues(scene: Scene, material: I32) -> Mask:
    """Pieces of paving that something in front has cut off: same colour, beside it, below the horizon."""
    colour, box = scene.regions.colour, scene.regions.box
    piece = np.zeros(len(material), np.bool_)
    for paving in np.flatnonzero(material == Material.PAVING):
        alike = np.abs(colour - colour[paving]).max(axis=1) < 3
        level = (box[:, 1] > scene.horizon) & (box[:, 3] > box[paving, 1]) & (box[:, 1] < box[paving, 3])
        piece |= alike & level
    return piece


def _agree(material: I32, identity: I32, area: I32) -> None:
    """Gives all upright faces of one identity the kind that most of their area has, in place."""
    standing = ~np.isin(material, FLAT)
    for each in np.unique(identity[standing]):
        member = standing & (identity == each)
        material[member] = np.bincount(material[member], area[member]).argmax()


def _relight(
    colour: F32, value: F32, kind: NDArray[np.integer], area: I32, material: I32, *, sure: bool
) -> tuple[F32, F32]:
    """The capture shades each face by one factor: the brightest face of a kind is in the sun, darker ones turn away.

    Where it is ``sure`` that a kind is one paint, however dark a face is, it is the light that makes it so.
    """
    lit = np.ones(len(value), np.float32)
    full = colour.copy()
    for each in np.unique(kind):
        member = np.flatnonzero(kind == each)
        order = member[np.argsort(value[member])]
        share = np.cumsum(area[order]) / max(1, area[order].sum())
        bright = value[order[min(int(np.searchsorted(share, 0.90)), len(order) - 1)]]
        ratio = np.clip(value[member] / max(float(bright), 1e-3), 0, 1)
        lit[member] = np.clip((ratio - 0.80) / 0.17, 0, 1)
        # A much darker face is a darker paint rather than a shaded one.
        # Only a large one of the very same hue is believed to be deep in shade.
        paint = colour[member] / np.maximum(colour[member].sum(axis=1, keepdims=True), 1)
        ideal = paint[np.argmin(np.abs(value[member] - bright))]
        same = np.abs(paint - ideal).max(axis=1) < 0.02
        deepest = np.where(sure | same & (area[member] > 0.012 * area.sum()), 0.28, 0.62)
        factor = np.where(ratio > deepest, 1 / np.maximum(ratio, 0.1), 1)
        full[member] = np.clip(colour[member] * factor[:, None], 0, 255)
    lit[np.isin(material, (Material.PAVING, Material.BACKDROP, Material.WATER))] = 1
    return lit, full.astype(np.float32)


def _sun_from_left(scene: Scene, material: I32, lit: F32) -> bool:
    centre = (scene.regions.box[:, 0] + scene.regions.box[:, 2]) / 2
    upright = ~np.isin(material, FLAT)
    weight = np.where(upright, scene.regions.area, 0).astype(np.float64)
    if not weight.any():
        return True
    middle = np.average(centre, weights=weight)
    return bool(np.sum((lit - 0.5) * (centre - middle) * weight) <= 0)


def _hsv(colour: F32) -> tuple[F32, F32, F32]:
    """Hue in degrees, saturation and value in 0..1."""
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
