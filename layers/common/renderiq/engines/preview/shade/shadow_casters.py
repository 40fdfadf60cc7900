"""What stands on the ground, and where its feet are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import FLAT, Material, Surfaces
from renderiq.engines.preview.geometry.lines import upper_convex_hull
from renderiq.engines.preview.raster import I32, U8, Mask
from renderiq.engines.preview.segment.depth_segmentation import split_by_depth
from renderiq.engines.preview.segment.labels import RunLengthLabels, connected_components
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_BENEATH: Final = 2
_LEAST_POST: Final = 0.0001


@dataclass(frozen=True, slots=True)
class ShadowCaster:
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


def find_shadow_casters(scene: Scene, surfaces: Surfaces, layer: I32, depth: U8 | None) -> list[ShadowCaster]:
    """Trees and posts one by one, then what is left as buildings; those with steps of ``depth`` between them apart."""
    label, material, box = scene.label, surfaces.material, scene.regions.box
    columns = np.arange(label.shape[1], dtype=np.float64)
    solid = ~np.isin(material, FLAT)
    solid[BACKGROUND] = False
    left_over = scene.map_values(solid)
    found: list[ShadowCaster] = []
    for crown in np.unique(layer[material == Material.FOLIAGE]):
        members = (layer == crown) & (material == Material.FOLIAGE)
        if scene.regions.area[members].sum() < 0.0004 * label.size:
            left_over &= ~scene.map_values(members)
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
        beneath = label[min(bottom + _BENEATH, len(label) - 1), left:right]
        # What ends on something else, the back of a chair on its seat, is a part of that.
        if mask.sum() > _LEAST_POST * label.size and solid[beneath].mean() < 0.5:
            left_over[top:bottom, left:right] &= ~mask
            foot = np.full(len(columns), float(bottom))
            found.append(ShadowCaster(int(left), int(top), mask, columns, foot, foot, walls=False))
    # Broken pieces of posts must not draw the outline of the building down to their feet.
    sliver = (material == Material.WOOD) & (box[:, 2] - box[:, 0] < 0.02 * len(columns))
    left_over &= ~scene.map_values(sliver)
    return found + _buildings(left_over, depth, columns)


def _buildings(mask: Mask, depth: U8 | None, columns: NDArray[np.float64]) -> list[ShadowCaster]:
    smallest = 0.001 * mask.size
    parts = connected_components(mask) if depth is None else split_by_depth(mask, depth, smallest)
    # Where another thing stands in front, one's own foot is hidden.
    lowest = parts[len(mask) - 1 - np.argmax(mask[::-1], axis=0), np.arange(len(columns))]
    runs = RunLengthLabels(parts)
    area = runs.area()
    area[0] = 0
    box = runs.bounding_boxes()
    found = []
    for part in np.flatnonzero(area > smallest):
        left, top, right, bottom = (int(side) for side in box[part])
        alone = parts[top:bottom, left:right] == part
        foot = _footline(alone, left, top, lowest == part, len(columns))
        found.append(ShadowCaster(left, top, alone, columns, foot, foot, walls=True))
    return found


def _around(boxes: I32) -> tuple[int, int, int, int]:
    """The box around ``boxes``."""
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def _tree(left: int, top: int, mask: Mask, trunk: Mask, columns: NDArray[np.float64], scene: Scene) -> ShadowCaster:
    """A crown is round: its shadow is as broad as the crown, so its columns are turned to face the sun."""
    middle = left + float(np.flatnonzero(trunk.any(axis=0)).mean())
    bottom = top + float(np.flatnonzero(mask.any(axis=1))[-1])
    focal = 1.2 * max(scene.size)
    foot_y = bottom - (columns - middle) * (bottom - scene.horizon) / focal
    return ShadowCaster(
        left, top, mask, np.full(len(columns), middle), foot_y, np.full(len(columns), bottom), walls=False
    )


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


def _footline(mask: Mask, left: int, top: int, seen: Mask, width: int) -> NDArray[np.float64]:
    """The hull of a building's lower outline: eaves and gaps seen from below do not reach the ground, and columns that
    are not ``seen`` down to it do not count."""
    columns = np.flatnonzero(mask.any(axis=0))
    lowest = len(mask) - np.argmax(mask[::-1, columns], axis=0)
    reaches = (lowest > 0.55 * (len(mask) - 1)) & seen[columns + left]
    if not reaches.any():
        reaches = lowest == lowest.max()
    x = columns[reaches] + left
    return np.asarray(np.interp(np.arange(width), x, upper_convex_hull(x, (lowest[reaches] + top).astype(np.float64))))
