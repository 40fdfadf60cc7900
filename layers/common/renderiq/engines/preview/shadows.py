"""Shadows on the ground and on facades, at working resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from renderiq.engines.preview.analysis import BACKGROUND, Scene, connected_parts
from renderiq.engines.preview.materials import FLAT, Material, Surfaces
from renderiq.engines.preview.raster import F32, I32, U8, Mask, blur, to_byte
from renderiq.engines.preview.styles import Look

_FINER: Final = 2
_APART: Final = 10
"""Steps of depth between two faces that do not touch."""
_SIDEWAYS: Final = 2.2
_STANDS_BELOW: Final = 14
"""What ends less than so many pixels above the ground stands on it."""


@dataclass(frozen=True, slots=True)
class _Upright:
    """Something that stands: its pixels, and per column the ground point below it and the row heights count from."""

    mask: Mask
    foot_x: NDArray[np.float64]
    foot_y: NDArray[np.float64]
    base: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shadows:
    """0 = open, 255 = fully dark: sun kept off the ground, sun kept off facades, skylight kept out of corners."""

    ground: U8
    facade: U8
    corner: U8


def cast_shadows(scene: Scene, surfaces: Surfaces, layer: I32, look: Look, depth: U8 | None = None) -> Shadows:
    """With a ``depth``, only what is near to one another darkens one another's corners."""
    unit = max(scene.size) / 1600
    if scene.interior:
        # The sun is outside: what darkens a room is nearness alone.
        open_air = np.zeros(scene.label.shape, np.uint8)
        return Shadows(open_air, open_air, _in_corners(scene, surfaces, unit, depth))
    return Shadows(
        ground=_on_ground(scene, surfaces, layer, look, unit),
        facade=_on_facades(scene, surfaces, look, unit),
        corner=_in_corners(scene, surfaces, unit, depth),
    )


def _on_ground(scene: Scene, surfaces: Surfaces, layer: I32, look: Look, unit: float) -> U8:
    """Projects every upright column from its foot, away from the sun, with the perspective of the ground.

    A point h above its foot lands h / (k + h) of the way from the foot to the shadow's vanishing point, where k is
    how far the sun's image is from the horizon.
    """
    width, height = scene.size
    away = 1.0 if surfaces.sun_from_left else -1.0
    vanish = (width / 2 + away * _SIDEWAYS * max(width, height), scene.horizon)
    rise = look.sun_height * _SIDEWAYS * max(width, height)
    canvas = Image.new("L", (width * _FINER, height * _FINER))
    brush = ImageDraw.Draw(canvas)
    for upright in _standing(scene, surfaces, layer):
        _project(brush, upright, vanish, rise)
    shadow = np.asarray(canvas.resize((width, height), Image.Resampling.BOX))
    shadow = shadow.copy()
    shadow[: max(0, int(scene.horizon) + 2)] = 0
    return blur(shadow, max(0.6, 1.3 * look.shadow_softness * unit))


def _project(brush: ImageDraw.ImageDraw, upright: _Upright, vanish: tuple[float, float], rise: float) -> None:
    mask = upright.mask
    width = mask.shape[1]
    base, foot_x, foot_y = (each.tolist() for each in (upright.base, upright.foot_x, upright.foot_y))
    runs = _runs(mask)
    for x, here in enumerate(runs):
        before = runs[x - 1] if x else []
        after = runs[x + 1] if x + 1 < width else []
        for left, right in zip(_meeting(here, before), _meeting(here, after), strict=True):
            corners = []
            for px, py, least in (
                (x, left[0], 0),
                (x + 1, right[0], 0),
                (x + 1, right[1], _STANDS_BELOW),
                (x, left[1], _STANDS_BELOW),
            ):
                column = min(px, width - 1)
                lift = base[column] - py
                if lift < least or lift < 0:
                    lift = 0.0
                part = lift / (rise + lift)
                from_x, from_y = foot_x[column] + (px - column), foot_y[column]
                corners.append(
                    (_FINER * (from_x + part * (vanish[0] - from_x)), _FINER * (from_y + part * (vanish[1] - from_y)))
                )
            brush.polygon(corners, fill=255)


def _runs(mask: Mask) -> list[list[tuple[float, float]]]:
    """Per column where the mask begins and ends, from above."""
    blank = np.zeros((1, mask.shape[1]), np.int8)
    edges = np.diff(np.vstack([blank, mask.astype(np.int8), blank]), axis=0).T
    runs: list[list[tuple[float, float]]] = [[] for _ in range(mask.shape[1])]
    column, top = np.nonzero(edges > 0)
    bottom = np.nonzero(edges < 0)[1]
    for x, first, last in zip(column.tolist(), top.tolist(), bottom.tolist(), strict=True):
        runs[x].append((float(first), float(last)))
    return runs


def _meeting(here: list[tuple[float, float]], beside: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The ends of a column's runs on its border with the next column: half way to the ends there.

    A steep edge, which skips many rows from column to column, would be a flight of stairs otherwise, and its shadow
    under a low sun a comb.
    """
    ends = []
    for at, (top, bottom) in enumerate(here):
        touching = [run for run in beside if run[0] < bottom and run[1] > top]
        upper, lower = top, bottom
        if touching:
            upper, lower = (top + touching[0][0]) / 2, (bottom + touching[-1][1]) / 2
            # Where one run beside faces two here, the gap between the two ends in a point.
            if at and here[at - 1][1] > touching[0][0]:
                upper = (top + here[at - 1][1]) / 2
            if at + 1 < len(here) and here[at + 1][0] < touching[-1][1]:
                lower = (bottom + here[at + 1][0]) / 2
        ends.append((upper, lower))
    return ends


def _standing(scene: Scene, surfaces: Surfaces, layer: I32) -> list[_Upright]:
    """What stands on the ground: trees and posts one by one, then what is left as buildings."""
    label, material = scene.label, surfaces.material
    columns = np.arange(label.shape[1], dtype=np.float64)
    upright = ~np.isin(material, FLAT)
    upright[BACKGROUND] = False
    left_over = upright[label]
    found: list[_Upright] = []
    for crown in np.unique(layer[material == Material.FOLIAGE]):
        mask = layer[label] == crown
        if mask.sum() < 0.0004 * mask.size:
            left_over &= ~mask
            continue
        trunk = _trunk(scene, surfaces, mask)
        mask |= trunk
        left_over &= ~mask
        found.append(_tree(mask, trunk, columns, scene))
    box = scene.regions.box
    thin = (box[:, 2] - box[:, 0]) < 0.3 * (box[:, 3] - box[:, 1])
    for region in np.flatnonzero(thin & (material == Material.WOOD) & (box[:, 3] > scene.horizon)):
        mask = (label == region) & left_over
        if mask.any():
            left_over &= ~mask
            foot = np.full(len(columns), float(box[region, 3]))
            found.append(_Upright(mask, columns, foot, foot))
    # Broken pieces of posts must not draw the outline of the building down to their feet.
    sliver = (material == Material.WOOD) & (box[:, 2] - box[:, 0] < 0.02 * len(columns))
    left_over &= ~sliver[label]
    parts = connected_parts(left_over)
    sizes = np.bincount(parts.ravel())
    for part in np.flatnonzero(sizes > 0.001 * label.size):
        if part == 0:
            continue
        mask = parts == part
        foot = _footline(mask)
        found.append(_Upright(mask, columns, foot, foot))
    return found


def _tree(mask: Mask, trunk: Mask, columns: NDArray[np.float64], scene: Scene) -> _Upright:
    """A crown is round: its shadow is as broad as the crown, so its columns are turned to face the sun."""
    rows = np.flatnonzero(mask.any(axis=1))
    stem = np.flatnonzero((trunk if trunk.any() else mask).any(axis=0))
    middle, bottom = float(stem.mean()), float(rows[-1])
    focal = 1.2 * max(scene.size)
    foot_y = bottom - (columns - middle) * (bottom - scene.horizon) / focal
    return _Upright(mask, np.full(len(columns), middle), foot_y, np.full(len(columns), bottom))


def _trunk(scene: Scene, surfaces: Surfaces, crown: Mask) -> Mask:
    """The wooden regions that hang under the middle of a crown."""
    y, x = np.nonzero(crown)
    left, right, bottom, middle = x.min(), x.max(), y.max(), (x.min() + x.max()) / 2
    box = scene.regions.box
    centre = (box[:, 0] + box[:, 2]) / 2
    tall = (box[:, 3] - box[:, 1]) < 1.2 * (y.max() - y.min())
    under = (np.abs(centre - middle) < 0.22 * (right - left)) & (box[:, 3] > bottom) & (box[:, 1] < bottom + 8) & tall
    under &= (box[:, 1] > bottom - 0.25 * (bottom - y.min())) & (surfaces.material == Material.WOOD)
    trunk: Mask = under[scene.label]
    return trunk


def _footline(mask: Mask) -> NDArray[np.float64]:
    """The hull of a building's lower outline: eaves and gaps seen from below do not reach the ground."""
    height, width = mask.shape
    columns = np.flatnonzero(mask.any(axis=0))
    lowest = height - np.argmax(mask[::-1, columns], axis=0)
    rows = np.flatnonzero(mask.any(axis=1))
    reaches = lowest > rows[0] + 0.55 * (rows[-1] - rows[0])
    x, y = columns[reaches], lowest[reaches]
    hull: list[tuple[float, float]] = []
    for point in zip(x.tolist(), y.tolist(), strict=True):
        while len(hull) > 1 and _turns_up(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    hx, hy = np.array(hull, np.float64).T
    return np.asarray(np.interp(np.arange(width), hx, hy))


def _turns_up(first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]) -> bool:
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0]) >= 0


def _on_facades(scene: Scene, surfaces: Surfaces, look: Look, unit: float) -> U8:
    """Under eaves and slabs, and inside the reveals of windows."""
    label, material, box = scene.label, surfaces.material, scene.regions.box
    wide, tall = box[:, 2] - box[:, 0], np.maximum(box[:, 3] - box[:, 1], 1)
    slab = (material == Material.WALL) & (scene.regions.area < 0.22 * wide * wide) & (wide > 2.2 * tall)
    slab &= surfaces.lit < 0.9
    over = (material == Material.ROOF) | slab
    caster, glass = over[label], (material == Material.GLASS)[label]
    receiver = ((material == Material.WALL) & ~slab | (material == Material.GLASS) | (material == Material.WOOD))[label]
    lean = 0.45 if surfaces.sun_from_left else -0.45
    shadow = np.zeros(label.shape, np.bool_)
    for step in range(1, max(2, round(17 * unit))):
        shadow |= _shifted(caster, step, round(step * lean))
    reveal = np.zeros(label.shape, np.bool_)
    frame = ~glass & receiver
    for step in range(1, max(2, round(5 * unit)) + 1):
        reveal |= _shifted(frame, step, round(step * lean * 1.4))
    shade = (shadow & receiver & ~caster) | (reveal & glass)
    return blur(shade.astype(np.uint8) * 255, max(1.5, 1.5 * look.shadow_softness**0.5 * unit))


def _in_corners(scene: Scene, surfaces: Surfaces, unit: float, depth: U8 | None) -> U8:
    """Soft darkening where things meet each other and the ground."""
    label, material = scene.label, surfaces.material
    leafy = (material == Material.FOLIAGE)[label]
    solid = ~np.isin(material, FLAT)
    stands = solid[label]
    seam = np.zeros(label.shape, np.bool_)
    seam[:-1] |= (label[:-1] != label[1:]) & stands[:-1] & stands[1:]
    seam[:, :-1] |= (label[:, :-1] != label[:, 1:]) & stands[:, :-1] & stands[:, 1:]
    seam &= ~leafy
    if depth is not None:
        near = depth.astype(np.int16)
        gap = np.zeros(label.shape, np.int16)
        gap[:-2] = np.abs(near[2:] - near[:-2])
        gap[:, :-2] = np.maximum(gap[:, :-2], np.abs(near[:, 2:] - near[:, :-2]))
        seam &= gap < _APART
    base = np.zeros(label.shape, np.bool_)
    base[:-1] |= stands[:-1] & ~stands[1:] & ~leafy[:-1]
    base[: int(scene.horizon)] = False
    dark: F32 = np.zeros(label.shape, np.float32)
    for source, sigma, strength in ((seam, 5, 1.6), (seam, 18, 2.6), (base, 4, 3.0), (base, 16, 5.5)):
        dark += blur(source.astype(np.uint8) * 255, sigma * unit).astype(np.float32) * np.float32(strength / 255)
    return to_byte(np.minimum(dark, 0.75))


def _shifted(mask: Mask, down: int, across: int) -> Mask:
    moved = np.zeros_like(mask)
    height, width = mask.shape
    moved[down:, max(0, across) : width + min(0, across)] = mask[
        : height - down, max(0, -across) : width - max(0, across)
    ]
    return moved
