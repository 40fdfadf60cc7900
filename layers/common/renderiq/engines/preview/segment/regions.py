"""Regions: which flat parts are background, ground and faces, and the table of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.interior import BLUISH, is_ceiling, windows
from renderiq.engines.preview.segment.labels import Runs

Rgb8 = tuple[int, int, int]

BACKGROUND: Final = 0
_MAX_REGIONS: Final = 4000
_ONE_COLOUR: Final = 5
_LIGHT_SKY: Final = 160
_LEAST_SKY: Final = 0.25


@dataclass(frozen=True, slots=True)
class Regions:
    """Flat regions; index 0 is the background. Boxes are (left, top, right, bottom), right and bottom excluded."""

    area: I32
    colour: F32
    box: I32

    def __len__(self) -> int:
        return len(self.area)

    def reaching(self, runs: Runs) -> Regions:
        """The table with the boxes of all that is labelled, flat or not."""
        box = runs.boxes(np.arange(len(self), dtype=np.int32), len(self))
        box[BACKGROUND] = self.box[BACKGROUND]
        return Regions(self.area, self.colour, box)

    def merged(self, number: I32) -> Regions:
        """The table with these new numbers, several regions having one."""
        many = int(number.max()) + 1
        area = np.bincount(number, self.area, many)
        total = [np.bincount(number, self.area * self.colour[:, band], many) for band in range(3)]
        box = np.zeros((many, 4), np.int32)
        box[:, :2] = self.box[:, :2].max()
        np.minimum.at(box[:, :2], number, self.box[:, :2])
        np.maximum.at(box[:, 2:], number, self.box[:, 2:])
        colour = np.stack(total, axis=1) / np.maximum(area, 1)[:, None]
        return Regions(area.astype(np.int32), colour.astype(np.float32), box)


def tabulate(
    rgb: U8, parts: I32, runs: Runs, part: I32, mean: F32, count: I32, backdrop: Rgb8 | None
) -> tuple[Regions, I32, float | None, bool]:
    """The table of regions, the background first and then by area; each part's place in it, -1 for none; the row
    where the viewport's own ground begins, if it draws one; and whether this is a room.

    ``part`` says for each label of ``runs`` which of the ``parts`` it still is, 0 being none.
    """
    if backdrop is None:
        background, ground_top, interior = _background(rgb, parts, runs, mean, count)
    else:
        background, ground_top, interior = np.abs(mean - np.array(backdrop)).max(axis=1) < _ONE_COLOUR, None, False
        background &= count > 0
    # Slivers of it, between a wall and the paving say, would become dashes of lawn: their neighbours take them.
    sliver = background & (count < 0.00012 * parts.size)
    background &= ~sliver
    count = np.where(sliver, 0, count)
    order = np.argsort(-np.where(background, 0, count), kind="stable")
    order = order[(count[order] > 0) & ~background[order]][:_MAX_REGIONS]
    region_of = np.full(len(count), -1, np.int32)
    region_of[background] = BACKGROUND
    region_of[order] = np.arange(1, len(order) + 1)
    boxes = runs.boxes(region_of[part], len(order) + 1)
    boxes[BACKGROUND] = (0, 0, parts.shape[1], parts.shape[0])
    area = np.concatenate([[count[background].sum()], count[order]]).astype(np.int32)
    colour = np.concatenate([[mean[background].mean(axis=0) if background.any() else np.zeros(3)], mean[order]])
    return Regions(area, colour.astype(np.float32), boxes), region_of, ground_top, interior


def _background(rgb: U8, parts: I32, runs: Runs, mean: F32, count: I32) -> tuple[Mask, float | None, bool]:
    """Empty model space: the colour along the top and the upper sides, wherever it shows (between posts too).

    A viewport may also have a ground of its own, one plane that closes the frame below; the row of its far end
    is the horizon.
    """
    height = parts.shape[0]
    background = np.zeros(len(count), np.bool_)
    overhead = _most(parts[0], len(count))
    if is_ceiling(parts == overhead, mean[overhead]):
        return windows(parts, mean, count), None, True
    third = height // 3
    border = np.concatenate([parts[0], parts[:third, 0], parts[:third, -1]])
    seed = _most(border, len(count))
    alike = (np.abs(mean - mean[seed]).max(axis=1) < _ONE_COLOUR) & (count > 0)
    if alike[border].mean() < 0.5:
        # Streets and courtyards leave it only a part of the upper border.
        alike = _sky(parts, mean) & (count > 0)
    if count[alike].sum() < 0.04 * parts.size:
        return windows(parts, mean, count), None, _is_filled(parts, count)
    background |= alike
    background |= _same_by_row(rgb, runs, background[parts]) & (count > 0)
    below = _most(parts[-1], len(count))
    if background[below] or count[below] == 0:
        return background, None, False
    ground = (np.abs(mean - mean[below]).max(axis=1) < 3) & (count > 0)
    if ground[parts[-1]].mean() < 0.6:
        return background, None, False
    rows = np.flatnonzero(ground[parts].mean(axis=1) > 0.1)
    if not len(rows) or rows[0] < 0.12 * height:
        return background, None, False
    if not _is_open_ground(ground[parts], mean[below], int(rows[0])):
        return background, _apex(ground[parts]), False
    return background | ground, float(rows[0]) if rows[0] < 0.75 * height else None, False


def _sky(parts: I32, mean: F32) -> Mask:
    """Parts with the colour of the most of the upper border, if a good deal of it is light and bluish."""
    overhead = _most(parts[0], len(mean))
    alike: Mask = np.abs(mean - mean[overhead]).max(axis=1) < _ONE_COLOUR
    red, _, blue = mean[overhead]
    return alike & bool(blue > red + BLUISH and blue > _LIGHT_SKY and alike[parts[0]].mean() > _LEAST_SKY)


def _same_by_row(rgb: U8, runs: Runs, shown: Mask) -> Mask:
    """Parts with the colour that the background, which is ``shown`` in some places, has in their rows: a gradient
    seen between posts."""
    rows = np.flatnonzero(shown.any(axis=1))
    bands = (np.ascontiguousarray(rgb[..., band]) * shown for band in range(3))
    seen = np.stack([band.sum(axis=1, dtype=np.int64)[rows] for band in bands], axis=1)
    seen = seen / shown.sum(axis=1)[rows, None]
    area = runs.area()
    if np.ptp(seen, axis=0).max() < _ONE_COLOUR:
        return np.zeros(len(area), np.bool_)
    alike = np.ones(len(area), np.bool_)
    for band in range(3):
        level = np.interp(np.arange(len(shown)), rows, seen[:, band]).astype(np.float32)
        alike &= runs.total(np.abs(rgb[..., band] - level[:, None])) < _ONE_COLOUR * area
    return alike


def _is_filled(parts: I32, count: I32) -> bool:
    """Whether a few large faces, and no one backdrop, meet the frame on all sides: the inside of a room."""
    sides = [_most(side, len(count)) for side in (parts[0], parts[-1], parts[:, 0], parts[:, -1])]
    broad = sum(int(count[side]) for side in set(sides)) > 0.4 * parts.size
    return broad and len(set(sides)) >= 3


def _apex(road: Mask) -> float | None:
    """The row that a road vanishes in; none if it ends before it has become narrow."""
    breadth = road.sum(axis=1)
    rows = np.flatnonzero(breadth > 0.004 * road.shape[1])
    if not len(rows) or not 0.12 < rows[0] / len(road) < 0.75 or breadth[rows[0]] > 0.12 * breadth.max():
        return None
    return float(rows[0])


def _is_open_ground(shown: Mask, colour: F32, top: int) -> bool:
    """A lawn, or the plane that a viewport draws to its horizon; a road or a floor is a thing of its own."""
    red, green, blue = (float(band) for band in colour)
    if green > 1.06 * max(red, blue):
        return True
    reach = round(0.06 * len(shown))
    return bool(shown[top : top + reach, 0].any() and shown[top : top + reach, -1].any())


def _most(labels: I32, many: int) -> int:
    votes = np.bincount(labels, minlength=many)
    votes[0] = 0
    return int(votes.argmax())
