"""Shadows that casters project_shadows on the ground and up the walls of what stands behind them.

The camera is level, so all of it is geometry of the picture. Parallel light has one vanishing point: a point above its
foot casts its shadow where the line from it to there meets the line from the foot to the point on the horizon over
there, and a wall in between is met straight above where the latter line crosses the wall's foot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from renderiq.engines.preview.raster import U8, Mask
from renderiq.engines.preview.segment.depth_segmentation import DEPTH_EDGE
from renderiq.engines.preview.shade.shadow_casters import ShadowCaster

F64 = NDArray[np.float64]

_FINER: Final = 2
_SIDEWAYS: Final = 2.2
_STANDS_BELOW: Final = 14
"""What ends less than so many pixels above the ground stands on it."""
_LEAP: Final = 12.0
"""Pixels between where two neighbouring columns meet a wall: more is not one shadow."""
_FAR: Final = 1e9


@dataclass(frozen=True, slots=True)
class Sun:
    """Where its light goes in the picture: the vanishing point of shadows on the ground, and how far below the
    horizon that of the light itself is."""

    x: float
    y: float
    fall: float

    @classmethod
    def beside(cls, size: tuple[int, int], horizon: float, height: float, *, from_left: bool) -> Sun:
        """A sun on the left or the right whose ``height`` is that over its distance, as seen in the picture."""
        far = _SIDEWAYS * max(size)
        return cls(size[0] / 2 + (far if from_left else -far), horizon, height * far)


@dataclass(frozen=True, slots=True)
class _Met:
    """Per column edge of a caster: the wall that light past it meets (-1 for none), the part of the way to the
    vanishing point where it does, and heights between which light meets it: lower is ground, higher passes over."""

    wall: NDArray[np.int64]
    part: F64
    lowest: F64
    highest: F64


def project_shadows(casters: list[ShadowCaster], sun: Sun, size: tuple[int, int], depth: U8 | None) -> tuple[U8, U8]:
    """How much of each pixel lies in shadow, 255 being all, at ``size`` = (width, height): on the ground, and on the
    walls of casters."""
    ground = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    brush = ImageDraw.Draw(ground)
    walls = [each for each in casters if each.walls]
    canvases: dict[int, Image.Image] = {}
    for upright in casters:
        met = _meets(upright, walls, sun, size[0], depth)
        _project(upright, met, sun, brush, canvases, ground.size)
    climbed = np.zeros(size[::-1], np.uint8)
    for number, canvas in canvases.items():
        wall = walls[number]
        shown = np.asarray(canvas.reduce(_FINER))[wall.box]
        climbed[wall.box] = np.maximum(climbed[wall.box], shown * wall.mask)
    return np.asarray(ground.reduce(_FINER)), climbed


def _edges(upright: ShadowCaster) -> tuple[F64, F64, F64]:
    """Foot and base of the borders between the picture's columns: one more than there are columns."""
    x, y, base = upright.foot_x, upright.foot_y, upright.base
    return np.append(x, x[-1] + 1), np.append(y, y[-1]), np.append(base, base[-1])


def _meets(caster: ShadowCaster, walls: list[ShadowCaster], sun: Sun, width: int, depth: U8 | None) -> _Met:
    """Which wall the light past each column edge of the ``caster`` meets first, if it comes from in front of it."""
    foot_x, foot_y, _ = _edges(caster)
    wall = np.full(width + 1, -1)
    part, lowest, highest = np.full(width + 1, np.inf), np.full(width + 1, _FAR), np.full(width + 1, _FAR)
    edge = np.arange(caster.left, caster.left + caster.mask.shape[1] + 1)
    from_x, from_y = foot_x[edge], foot_y[edge]
    slope = (sun.y - from_y) / (sun.x - from_x)
    for number, other in enumerate(walls):
        if other is caster:
            continue
        last = other.left + other.mask.shape[1] - 1
        column = np.unique(np.append(np.arange(other.left, last, 8), last))
        if sun.x < 0:
            column = column[::-1]
        in_front = from_y[:, None] + (column - from_x[:, None]) * slope[:, None] - other.foot_y[column]
        ahead = (column - from_x[:, None]) * (sun.x - from_x[:, None]) > 0
        enters = ahead[:, :-1] & (in_front[:, :-1] > 0) & (in_front[:, 1:] <= 0)
        met = np.flatnonzero(enters.any(axis=1))
        if not len(met):
            continue
        at = enters[met].argmax(axis=1)
        before, after = in_front[met, at], in_front[met, at + 1]
        x = column[at] + (column[at + 1] - column[at]) * before / (before - after)
        way = (x - from_x[met]) / (sun.x - from_x[met])
        place = np.clip(x.astype(np.int64), 0, width - 1)
        nearer = way < part[edge[met]]
        if depth is not None:
            nearer &= ~_stands_before(other, caster, place, edge[met], depth)
        met, way, place = met[nearer], way[nearer], place[nearer]
        roof = other.top + np.argmax(other.mask, axis=0)[place - other.left]
        here = edge[met]
        wall[here], part[here] = number, way
        lowest[here] = sun.fall * way / (1 - way)
        highest[here] = foot_y[here] - (roof - way * (sun.y + sun.fall)) / (1 - way)
    return _Met(wall, part, lowest, highest)


def _stands_before(
    wall: ShadowCaster, caster: ShadowCaster, place: NDArray[np.int64], edge: NDArray[np.int64], depth: U8
) -> Mask:
    """Whether the ``wall`` is nearer at columns ``place``, a little above its foot, than the caster at ``edge``."""
    height, width = depth.shape
    there = depth[np.clip(wall.foot_y[place] - 4, 0, height - 1).astype(np.int64), place]
    column = np.minimum(edge, width - 1)
    foot = np.clip(caster.foot_x[column], 0, width - 1).astype(np.int64)
    here = depth[np.clip(caster.foot_y[column] - 4, 0, height - 1).astype(np.int64), foot]
    before: Mask = there.astype(np.int16) > here.astype(np.int16) + DEPTH_EDGE
    return before


def _project(
    upright: ShadowCaster,
    met: _Met,
    sun: Sun,
    ground: ImageDraw.ImageDraw,
    canvases: dict[int, Image.Image],
    size: tuple[int, int],
) -> None:
    """Draws the shadow of each column's runs, doubled: on the ground, and on canvases by the number of the wall."""
    foot_x, foot_y, base = (each.tolist() for each in _edges(upright))
    wall, part, lowest, highest = (each.tolist() for each in (met.wall, met.part, met.lowest, met.highest))

    def on_ground(edge: int, lift: float) -> tuple[float, float]:
        share = lift / (sun.fall + lift)
        return (
            _FINER * (foot_x[edge] + share * (sun.x - foot_x[edge])),
            _FINER * (foot_y[edge] + share * (sun.y - foot_y[edge])),
        )

    def on_wall(edge: int, lift: float) -> tuple[float, float]:
        share = part[edge]
        point = foot_y[edge] - lift
        return (
            _FINER * (foot_x[edge] + share * (sun.x - foot_x[edge])),
            _FINER * (point + share * (sun.y + sun.fall - point)),
        )

    runs = _runs(upright.mask, upright.top)
    for column, here in enumerate(runs):
        before = runs[column - 1] if column else []
        after = runs[column + 1] if column + 1 < len(runs) else []
        x = upright.left + column
        for left, right in zip(_meeting(here, before), _meeting(here, after), strict=True):
            tops = [(edge, max(0.0, base[edge] - row)) for edge, row in ((x, left[0]), (x + 1, right[0]))]
            feet = [(edge, base[edge] - row) for edge, row in ((x + 1, right[1]), (x, left[1]))]
            corners = tops + [(edge, lift if lift >= _STANDS_BELOW else 0.0) for edge, lift in feet]
            ground.polygon([on_ground(edge, min(lift, lowest[edge])) for edge, lift in corners], fill=255)
            if wall[x] < 0 or wall[x] != wall[x + 1]:
                continue
            if all(lift > highest[edge] for edge, lift in tops):
                ground.polygon([on_ground(edge, max(lift, highest[edge])) for edge, lift in corners], fill=255)
            climbing = [on_wall(edge, max(lift, lowest[edge])) for edge, lift in corners]
            if abs(climbing[0][0] - climbing[1][0]) < _FINER * _LEAP:
                if wall[x] not in canvases:
                    canvases[wall[x]] = Image.new("L", size)
                ImageDraw.Draw(canvases[wall[x]]).polygon(climbing, fill=255)


def _runs(mask: Mask, top: int) -> list[list[tuple[float, float]]]:
    """Per column the rows where the mask begins and ends, from above; its first row is row ``top``."""
    turned = np.zeros((mask.shape[1], mask.shape[0] + 2), np.int8)
    turned[:, 1:-1] = mask.T
    step = np.diff(turned, axis=1).ravel()
    column, first = np.divmod(np.flatnonzero(step > 0), mask.shape[0] + 1)
    last = np.flatnonzero(step < 0) % (mask.shape[0] + 1)
    runs: list[list[tuple[float, float]]] = [[] for _ in range(mask.shape[1])]
    for x, begin, end in zip(column.tolist(), (first + top).tolist(), (last + top).tolist(), strict=True):
        runs[x].append((float(begin), float(end)))
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
