"""Shadow casters: what stands on the ground, and where it meets the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import HORIZONTAL, Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.geometry.lines import upper_convex_hull
from renderiq.engines.preview.raster import F64, I32, Mask
from renderiq.engines.preview.segment.labels import RunLengthLabels, connected_components
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_ROWS_BELOW_POST: Final = 2
"""Rows below a post at which to look for what it stands on."""
_POST_ASPECT: Final = 0.3
"""Width over height."""
_MIN_POST_AREA: Final = 0.0001
_MIN_CROWN_AREA: Final = 0.0004
_MIN_BUILDING_AREA: Final = 0.001
"""Of the picture."""
_SLIVER_WIDTH: Final = 0.02
"""Of the picture's width."""
_TREE_FOCAL_LENGTH: Final = 1.2
"""Over the longer side of the picture."""
_MAX_TRUNK_HEIGHT: Final = 1.2
_MAX_TRUNK_OVERLAP: Final = 0.25
"""Height of a trunk, and how far it reaches into the crown, over the height of the crown."""
_MAX_TRUNK_OFFSET: Final = 0.22
"""Distance from the middle of the crown, over its width."""
_MAX_TRUNK_GAP: Final = 8
"""Pixels between crown and trunk."""
_MIN_FOOT_DEPTH: Final = 0.55
"""Of a building's height: columns that end higher, such as eaves, do not reach the ground."""


@dataclass(frozen=True, slots=True)
class ShadowCaster:
    """Something upright in the picture.

    ``mask`` has its pixels in a box whose upper left corner is (left, top). ``foot_x`` and ``foot_y`` have for each
    column of the picture the point where the caster meets the ground, and ``base`` the row from which heights are
    measured. Other shadows fall on a caster with ``receives_shadows``.
    """

    left: int
    top: int
    mask: Mask
    foot_x: F64
    foot_y: F64
    base: F64
    receives_shadows: bool

    @property
    def box(self) -> tuple[slice, slice]:
        """The rows and columns of ``mask`` in the picture."""
        return (
            slice(self.top, self.top + self.mask.shape[0]),
            slice(self.left, self.left + self.mask.shape[1]),
        )


def find_shadow_casters(scene: Scene, surfaces: Surfaces, group: I32) -> list[ShadowCaster]:
    """Returns each tree and each post, and then the rest as buildings.

    ``group`` is the result of ``group_crown_facets``.
    """
    label, material, box = scene.label, surfaces.material, scene.regions.box
    columns = np.arange(label.shape[1], dtype=np.float64)
    upright = ~np.isin(material, HORIZONTAL)
    upright[BACKGROUND] = False
    rest = scene.map_values(upright)
    casters: list[ShadowCaster] = []
    for crown in np.unique(group[material == Material.FOLIAGE]):
        members = (group == crown) & (material == Material.FOLIAGE)
        if scene.regions.area[members].sum() < _MIN_CROWN_AREA * label.size:
            rest &= ~scene.map_values(members)
            continue
        trunk = _find_trunk(scene, surfaces, members)
        left, top, right, bottom = _union_box(box[members | trunk])
        mask = (members | trunk)[label[top:bottom, left:right]]
        rest[top:bottom, left:right] &= ~mask
        trunk_mask = trunk[label[top:bottom, left:right]] if trunk.any() else mask
        casters.append(_tree(left, top, mask, trunk_mask, columns, scene))
    is_thin = (box[:, 2] - box[:, 0]) < _POST_ASPECT * (box[:, 3] - box[:, 1])
    for region in np.flatnonzero(is_thin & (material == Material.WOOD) & (box[:, 3] > scene.horizon)):
        left, top, right, bottom = box[region]
        mask = (label[top:bottom, left:right] == region) & rest[top:bottom, left:right]
        beneath = label[min(bottom + _ROWS_BELOW_POST, len(label) - 1), left:right]
        # A post that ends on something else is a part of it, such as the back of a chair on the seat.
        if mask.sum() > _MIN_POST_AREA * label.size and upright[beneath].mean() < 0.5:
            rest[top:bottom, left:right] &= ~mask
            foot = np.full(len(columns), float(bottom))
            casters.append(ShadowCaster(int(left), int(top), mask, columns, foot, foot, receives_shadows=False))
    # Pieces of posts would extend the hull of a building down to their feet.
    is_sliver = (material == Material.WOOD) & (box[:, 2] - box[:, 0] < _SLIVER_WIDTH * len(columns))
    rest &= ~scene.map_values(is_sliver)
    return casters + _find_buildings(rest, columns)


def _find_buildings(mask: Mask, columns: F64) -> list[ShadowCaster]:
    min_area = _MIN_BUILDING_AREA * mask.size
    buildings = connected_components(mask)
    # Something that stands in front hides the foot of what is behind it.
    lowest = buildings[len(mask) - 1 - np.argmax(mask[::-1], axis=0), np.arange(len(columns))]
    runs = RunLengthLabels(buildings)
    area = runs.area()
    area[0] = 0
    box = runs.bounding_boxes()
    casters = []
    for building in np.flatnonzero(area > min_area):
        left, top, right, bottom = (int(side) for side in box[building])
        own = buildings[top:bottom, left:right] == building
        foot = _foot_line(own, left, top, lowest == building, len(columns))
        casters.append(ShadowCaster(left, top, own, columns, foot, foot, receives_shadows=True))
    return casters


def _union_box(boxes: I32) -> tuple[int, int, int, int]:
    """Returns the box around all ``boxes``."""
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def _tree(left: int, top: int, mask: Mask, trunk: Mask, columns: F64, scene: Scene) -> ShadowCaster:
    """Returns a tree as a plane that faces the sun: the shadow of a round crown is as broad as the crown."""
    middle = left + float(np.flatnonzero(trunk.any(axis=0)).mean())
    bottom = top + float(np.flatnonzero(mask.any(axis=1))[-1])
    focal_length = _TREE_FOCAL_LENGTH * max(scene.size)
    foot_y = bottom - (columns - middle) * (bottom - scene.horizon) / focal_length
    foot_x, base = np.full(len(columns), middle), np.full(len(columns), bottom)
    return ShadowCaster(left, top, mask, foot_x, foot_y, base, receives_shadows=False)


def _find_trunk(scene: Scene, surfaces: Surfaces, crown: Mask) -> Mask:
    """Returns which wooden regions are below the middle of a crown, a set of regions."""
    left, top, right, bottom = _union_box(scene.regions.box[crown])
    box = scene.regions.box
    centre = (box[:, 0] + box[:, 2]) / 2
    is_short = (box[:, 3] - box[:, 1]) < _MAX_TRUNK_HEIGHT * (bottom - top)
    is_below = (np.abs(centre - (left + right) / 2) < _MAX_TRUNK_OFFSET * (right - left)) & (box[:, 3] > bottom)
    is_below &= (box[:, 1] < bottom + _MAX_TRUNK_GAP) & (box[:, 1] > bottom - _MAX_TRUNK_OVERLAP * (bottom - top))
    trunk: Mask = is_below & is_short & (surfaces.material == Material.WOOD)
    return trunk


def _foot_line(mask: Mask, left: int, top: int, visible: Mask, width: int) -> F64:
    """Returns for each column of the picture the row where a building meets the ground.

    This is the convex hull of its lower contour, because eaves and openings do not reach the ground. Only the columns
    in which the building is ``visible`` down to the ground count.
    """
    columns = np.flatnonzero(mask.any(axis=0))
    lowest = len(mask) - np.argmax(mask[::-1, columns], axis=0)
    reaches_ground = (lowest > _MIN_FOOT_DEPTH * (len(mask) - 1)) & visible[columns + left]
    if not reaches_ground.any():
        reaches_ground = lowest == lowest.max()
    x = columns[reaches_ground] + left
    hull = upper_convex_hull(x, (lowest[reaches_ground] + top).astype(np.float64))
    return np.asarray(np.interp(np.arange(width), x, hull))
