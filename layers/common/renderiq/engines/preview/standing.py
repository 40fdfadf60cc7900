"""What stands on the ground, and where its feet are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.analysis import Scene
from renderiq.engines.preview.labels import Runs, connected_parts
from renderiq.engines.preview.materials import FLAT, Material, Surfaces
from renderiq.engines.preview.raster import I32, U8, Mask
from renderiq.engines.preview.regions import BACKGROUND

APART: Final = 10
"""Steps of depth between two faces that do not touch."""


@dataclass(frozen=True, slots=True)
class Upright:
    """Something that stands: its pixels in a box at (left, top), and per column of the picture the ground point below
    it and the row that heights count from. Other things' shadows climb its ``walls``."""

    left: int
    top: int
    mask: Mask
    foot_x: NDArray[np.float64]
    foot_y: NDArray[np.float64]
    base: NDArray[np.float64]
    walls: bool

    @property
    def box(self) -> tuple[slice, slice]:
        return (
            slice(self.top, self.top + self.mask.shape[0]),
            slice(self.left, self.left + self.mask.shape[1]),
        )


def find_uprights(scene: Scene, surfaces: Surfaces, layer: I32, depth: U8 | None) -> list[Upright]:
    """Trees and posts one by one, then what is left as buildings; those with steps of ``depth`` between them apart."""
    label, material, box = scene.label, surfaces.material, scene.regions.box
    columns = np.arange(label.shape[1], dtype=np.float64)
    solid = ~np.isin(material, FLAT)
    solid[BACKGROUND] = False
    left_over = scene.painted(solid)
    found: list[Upright] = []
    for crown in np.unique(layer[material == Material.FOLIAGE]):
        members = (layer == crown) & (material == Material.FOLIAGE)
        if scene.regions.area[members].sum() < 0.0004 * label.size:
            left_over &= ~scene.painted(members)
            continue
        stem = _trunk(scene, surfaces, members)
        left, top, right, bottom = _around(box[members | stem])
        mask = (members | stem)[label[top:bottom, left:right]]
        left_over[top:bottom, left:right] &= ~mask
        trunk = stem[label[top:bottom, left:right]] if stem.any() else mask
        found.append(_tree(left, top, mask, trunk, columns, scene))
    thin = (box[:, 2] - box[:, 0]) < 0.3 * (box[:, 3] - box[:, 1])
    for region in np.flatnonzero(thin & (material == Material.WOOD) & (box[:, 3] > scene.horizon)):
        left, top, right, bottom = box[region]
        mask = (label[top:bottom, left:right] == region) & left_over[top:bottom, left:right]
        if mask.any():
            left_over[top:bottom, left:right] &= ~mask
            foot = np.full(len(columns), float(bottom))
            found.append(Upright(int(left), int(top), mask, columns, foot, foot, walls=False))
    # Broken pieces of posts must not draw the outline of the building down to their feet.
    sliver = (material == Material.WOOD) & (box[:, 2] - box[:, 0] < 0.02 * len(columns))
    left_over &= ~scene.painted(sliver)
    if depth is not None:
        left_over &= steps(depth) < APART
    return found + _buildings(left_over, columns)


def steps(depth: U8) -> NDArray[np.int16]:
    """How much nearer or farther than a pixel what is two pixels below it or beside it is."""
    near = depth.astype(np.int16)
    gap = np.zeros(depth.shape, np.int16)
    gap[:-2] = np.abs(near[2:] - near[:-2])
    gap[:, :-2] = np.maximum(gap[:, :-2], np.abs(near[:, 2:] - near[:, :-2]))
    return gap


def _buildings(mask: Mask, columns: NDArray[np.float64]) -> list[Upright]:
    runs = Runs(connected_parts(mask))
    area = runs.area()
    area[0] = 0
    box = runs.boxes(np.arange(len(area), dtype=np.int32), len(area))
    found = []
    for part in np.flatnonzero(area > 0.001 * mask.size):
        left, top, right, bottom = (int(side) for side in box[part])
        alone = runs.painted(np.arange(len(area)) == part)[top:bottom, left:right]
        foot = _footline(alone, left, top, len(columns))
        found.append(Upright(left, top, alone, columns, foot, foot, walls=True))
    return found


def _around(boxes: I32) -> tuple[int, int, int, int]:
    """The box around ``boxes``."""
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def _tree(left: int, top: int, mask: Mask, trunk: Mask, columns: NDArray[np.float64], scene: Scene) -> Upright:
    """A crown is round: its shadow is as broad as the crown, so its columns are turned to face the sun."""
    middle = left + float(np.flatnonzero(trunk.any(axis=0)).mean())
    bottom = top + float(np.flatnonzero(mask.any(axis=1))[-1])
    focal = 1.2 * max(scene.size)
    foot_y = bottom - (columns - middle) * (bottom - scene.horizon) / focal
    return Upright(left, top, mask, np.full(len(columns), middle), foot_y, np.full(len(columns), bottom), walls=False)


def _trunk(scene: Scene, surfaces: Surfaces, crown: Mask) -> Mask:
    """The wooden regions that hang under the middle of a crown, which is a set of regions."""
    left, top, right, bottom = _around(scene.regions.box[crown])
    box = scene.regions.box
    centre = (box[:, 0] + box[:, 2]) / 2
    tall = (box[:, 3] - box[:, 1]) < 1.2 * (bottom - top)
    under = (np.abs(centre - (left + right) / 2) < 0.22 * (right - left)) & (box[:, 3] > bottom)
    under &= (box[:, 1] < bottom + 8) & tall
    trunk: Mask = under & (box[:, 1] > bottom - 0.25 * (bottom - top)) & (surfaces.material == Material.WOOD)
    return trunk


def _footline(mask: Mask, left: int, top: int, width: int) -> NDArray[np.float64]:
    """The hull of a building's lower outline: eaves and gaps seen from below do not reach the ground."""
    columns = np.flatnonzero(mask.any(axis=0))
    lowest = len(mask) - np.argmax(mask[::-1, columns], axis=0)
    reaches = lowest > 0.55 * (len(mask) - 1)
    hull: list[tuple[float, float]] = []
    for point in zip((columns[reaches] + left).tolist(), (lowest[reaches] + top).tolist(), strict=True):
        while len(hull) > 1 and _turns_up(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    hx, hy = np.array(hull, np.float64).T
    return np.asarray(np.interp(np.arange(width), hx, hy))


def _turns_up(first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]) -> bool:
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0]) >= 0
