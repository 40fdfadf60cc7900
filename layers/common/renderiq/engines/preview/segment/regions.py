"""The table of regions, one row per region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32
from renderiq.engines.preview.segment.background import Background
from renderiq.engines.preview.segment.labels import RunLengthLabels

BACKGROUND: Final = 0
"""The label of the background."""
_MAX_REGIONS: Final = 4000
_MIN_BACKGROUND_AREA: Final = 0.00012
"""Of the picture, for one piece of background."""


@dataclass(frozen=True, slots=True)
class RegionTable:
    """Properties of each region, indexed by its label; row ``BACKGROUND`` is the background.

    ``area`` counts flat pixels, ``colour`` (regions, 3) is their mean in sRGB, 0..255, and ``box`` (regions, 4) is
    (left, top, right, bottom) with right and bottom excluded.
    """

    area: I32
    colour: F32
    box: I32

    def __len__(self) -> int:
        """Returns the number of regions, the background included."""
        return len(self.area)

    def with_boxes_of(self, runs: RunLengthLabels) -> RegionTable:
        """Returns the table with the boxes of all labelled pixels, whether flat or not."""
        box = runs.bounding_boxes(count=len(self))
        box[BACKGROUND] = self.box[BACKGROUND]
        return RegionTable(self.area, self.colour, box)

    def merge(self, label: I32) -> RegionTable:
        """Returns the table after each region got the new ``label``; regions with the same one are merged."""
        count = int(label.max()) + 1
        area = np.bincount(label, self.area, count)
        sums = [np.bincount(label, self.area * self.colour[:, channel], count) for channel in range(3)]
        box = np.zeros((count, 4), np.int32)
        box[:, :2] = self.box[:, :2].max()
        np.minimum.at(box[:, :2], label, self.box[:, :2])
        np.maximum.at(box[:, 2:], label, self.box[:, 2:])
        colour = np.stack(sums, axis=1) / np.maximum(area, 1)[:, None]
        return RegionTable(area.astype(np.int32), colour.astype(np.float32), box)


def build_region_table(
    background: Background, runs: RunLengthLabels, component: I32, colour: F32, area: I32, shape: tuple[int, ...]
) -> tuple[RegionTable, I32]:
    """Builds the table of regions: the background first, then the others from the largest to the smallest.

    ``component`` says for each label of ``runs`` which component it still is, 0 being none; ``colour`` and ``area``
    are those of the components, ``shape`` is (height, width). Returns the table and the region of each component,
    -1 for components that are no region.
    """
    size = shape[0] * shape[1]
    is_background = background.is_background
    # Small pieces of background, such as those between a wall and the paving, are left to their neighbours.
    is_sliver = is_background & (area < _MIN_BACKGROUND_AREA * size)
    is_background = is_background & ~is_sliver
    area = np.where(is_sliver, 0, area)
    order = np.argsort(-np.where(is_background, 0, area), kind="stable")
    order = order[(area[order] > 0) & ~is_background[order]][:_MAX_REGIONS]
    region_of = np.full(len(area), -1, np.int32)
    region_of[is_background] = BACKGROUND
    region_of[order] = np.arange(1, len(order) + 1)
    box = runs.bounding_boxes(region_of[component], len(order) + 1)
    box[BACKGROUND] = (0, 0, shape[1], shape[0])
    region_area = np.concatenate([[area[is_background].sum()], area[order]]).astype(np.int32)
    background_colour = colour[is_background].mean(axis=0) if is_background.any() else np.zeros(3)
    region_colour = np.concatenate([[background_colour], colour[order]]).astype(np.float32)
    return RegionTable(region_area, region_colour, box), region_of
