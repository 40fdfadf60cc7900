"""Projection of cast shadows onto the ground and onto the walls behind it.

The camera is level, so that all of this can be computed in the picture plane. Parallel rays have one vanishing point.
The shadow of a point lies where two lines meet: the line from the point to the vanishing point of the light, and the
line from the point's foot to the vanishing point of shadows on the horizon. If the second line crosses the foot of a
wall, the shadow is on the wall, directly above the crossing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from renderiq.engines.preview.raster import F64, U8, CheckCancelled, Mask, never_cancelled
from renderiq.engines.preview.shade.shadow_casters import ShadowCaster

Interval = tuple[float, float]
"""The upper and the lower row of a vertical run of pixels."""

_SUPERSAMPLING: Final = 2
"""Pixels per pixel and axis in which shadows are drawn, for anti-aliasing."""
_SUN_DISTANCE: Final = 2.2
"""Horizontal distance of the vanishing point of shadows, over the longer side of the picture."""
_MAX_GAP_BELOW: Final = 14
"""Pixels: what ends less than this above the ground stands on it."""
_MAX_WALL_JUMP: Final = 12.0
"""Pixels between where two neighbouring columns meet a wall: if there are more, the shadow is not continuous."""
_WALL_COLUMN_STEP: Final = 8
"""Columns between the samples of a wall's foot."""
_INFINITE: Final = 1e9


@dataclass(frozen=True, slots=True)
class Sun:
    """The direction of the light in the picture plane.

    (x, y) is the vanishing point of shadows on the ground; the vanishing point of the light is ``drop`` pixels below
    it.
    """

    x: float
    y: float
    drop: float

    @classmethod
    def beside(cls, size: tuple[int, int], horizon: float, slope: float, *, from_left: bool) -> Sun:
        """Returns a sun on the left or the right of a picture of ``size`` = (width, height).

        ``slope`` is the sun's height over its distance in the picture plane.
        """
        distance = _SUN_DISTANCE * max(size)
        return cls(size[0] / 2 + (distance if from_left else -distance), horizon, slope * distance)


@dataclass(frozen=True, slots=True)
class _WallHits:
    """Where the light past each column edge of a caster meets a wall.

    ``wall`` is the index of the wall or -1, ``fraction`` the position on the way to the vanishing point of shadows.
    Light that passes below the height ``lowest`` hits the ground before the wall; above ``highest`` it passes over it.
    """

    wall: NDArray[np.int64]
    fraction: F64
    lowest: F64
    highest: F64


def project_shadows(
    casters: list[ShadowCaster],
    sun: Sun,
    size: tuple[int, int],
    check_cancelled: CheckCancelled = never_cancelled,
) -> tuple[U8, U8]:
    """Returns the shadow maps of the ground and of the walls, (height, width), 255 being full shadow.

    ``size`` is (width, height). ``check_cancelled`` is called once for each caster.
    """
    ground = Image.new("L", (size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING))
    ground_draw = ImageDraw.Draw(ground)
    walls = [each for each in casters if each.receives_shadows]
    wall_images: dict[int, Image.Image] = {}
    for caster in casters:
        check_cancelled()
        hits = _find_wall_hits(caster, walls, sun, size[0])
        _draw_shadow(caster, hits, sun, ground_draw, wall_images, ground.size)
    on_walls = np.zeros(size[::-1], np.uint8)
    for number, image in wall_images.items():
        wall = walls[number]
        shadow = np.asarray(image.reduce(_SUPERSAMPLING))[wall.box]
        on_walls[wall.box] = np.maximum(on_walls[wall.box], shadow * wall.mask)
    return np.asarray(ground.reduce(_SUPERSAMPLING)), on_walls


def _at_column_edges(caster: ShadowCaster) -> tuple[F64, F64, F64]:
    """Returns foot and base at the edges between the picture's columns, one more than there are columns."""
    x, y, base = caster.foot_x, caster.foot_y, caster.base
    return np.append(x, x[-1] + 1), np.append(y, y[-1]), np.append(base, base[-1])


def _find_wall_hits(caster: ShadowCaster, walls: list[ShadowCaster], sun: Sun, width: int) -> _WallHits:
    """Finds the wall that the light past each column edge of the caster meets first, coming from in front of it."""
    foot_x, foot_y, _ = _at_column_edges(caster)
    hit_wall = np.full(width + 1, -1)
    fraction, lowest, highest = (np.full(width + 1, value) for value in (np.inf, _INFINITE, _INFINITE))
    edge = np.arange(caster.left, caster.left + caster.mask.shape[1] + 1)
    from_x, from_y = foot_x[edge], foot_y[edge]
    slope = (sun.y - from_y) / (sun.x - from_x)
    for number, wall in enumerate(walls):
        if wall is caster:
            continue
        last = wall.left + wall.mask.shape[1] - 1
        column = np.unique(np.append(np.arange(wall.left, last, _WALL_COLUMN_STEP), last))
        if sun.x < 0:
            column = column[::-1]
        in_front = from_y[:, None] + (column - from_x[:, None]) * slope[:, None] - wall.foot_y[column]
        is_ahead = (column - from_x[:, None]) * (sun.x - from_x[:, None]) > 0
        enters = is_ahead[:, :-1] & (in_front[:, :-1] > 0) & (in_front[:, 1:] <= 0)
        hit = np.flatnonzero(enters.any(axis=1))
        if not len(hit):
            continue
        index = enters[hit].argmax(axis=1)
        before, after = in_front[hit, index], in_front[hit, index + 1]
        x = column[index] + (column[index + 1] - column[index]) * before / (before - after)
        way = (x - from_x[hit]) / (sun.x - from_x[hit])
        wall_column = np.clip(x.astype(np.int64), 0, width - 1)
        is_first = way < fraction[edge[hit]]
        hit, way, wall_column = hit[is_first], way[is_first], wall_column[is_first]
        roof = wall.top + np.argmax(wall.mask, axis=0)[wall_column - wall.left]
        here = edge[hit]
        hit_wall[here], fraction[here] = number, way
        lowest[here] = sun.drop * way / (1 - way)
        highest[here] = foot_y[here] - (roof - way * (sun.y + sun.drop)) / (1 - way)
    return _WallHits(hit_wall, fraction, lowest, highest)


def _draw_shadow(
    caster: ShadowCaster,
    hits: _WallHits,
    sun: Sun,
    ground_draw: ImageDraw.ImageDraw,
    wall_images: dict[int, Image.Image],
    size: tuple[int, int],
) -> None:
    """Draws the shadow of each run of pixels in each column, on the ground and on the images of the walls."""
    foot_x, foot_y, base = (each.tolist() for each in _at_column_edges(caster))
    wall, fraction, lowest, highest = (each.tolist() for each in (hits.wall, hits.fraction, hits.lowest, hits.highest))

    def on_ground(edge: int, height: float) -> tuple[float, float]:
        way = height / (sun.drop + height)
        return (
            _SUPERSAMPLING * (foot_x[edge] + way * (sun.x - foot_x[edge])),
            _SUPERSAMPLING * (foot_y[edge] + way * (sun.y - foot_y[edge])),
        )

    def on_wall(edge: int, height: float) -> tuple[float, float]:
        way = fraction[edge]
        row = foot_y[edge] - height
        return (
            _SUPERSAMPLING * (foot_x[edge] + way * (sun.x - foot_x[edge])),
            _SUPERSAMPLING * (row + way * (sun.y + sun.drop - row)),
        )

    runs = _column_runs(caster.mask, caster.top)
    for column, here in enumerate(runs):
        before = runs[column - 1] if column else []
        after = runs[column + 1] if column + 1 < len(runs) else []
        x = caster.left + column
        for left, right in zip(_edge_intervals(here, before), _edge_intervals(here, after), strict=True):
            tops = [(edge, max(0.0, base[edge] - row)) for edge, row in ((x, left[0]), (x + 1, right[0]))]
            feet = [(edge, base[edge] - row) for edge, row in ((x + 1, right[1]), (x, left[1]))]
            corners = tops + [(edge, height if height >= _MAX_GAP_BELOW else 0.0) for edge, height in feet]
            ground_draw.polygon([on_ground(edge, min(height, lowest[edge])) for edge, height in corners], fill=255)
            if wall[x] < 0 or wall[x] != wall[x + 1]:
                continue
            if all(height > highest[edge] for edge, height in tops):
                ground_draw.polygon([on_ground(edge, max(height, highest[edge])) for edge, height in corners], fill=255)
            polygon = [on_wall(edge, max(height, lowest[edge])) for edge, height in corners]
            if abs(polygon[0][0] - polygon[1][0]) < _SUPERSAMPLING * _MAX_WALL_JUMP:
                if wall[x] not in wall_images:
                    wall_images[wall[x]] = Image.new("L", size)
                ImageDraw.Draw(wall_images[wall[x]]).polygon(polygon, fill=255)


def _column_runs(mask: Mask, top: int) -> list[list[Interval]]:
    """Returns for each column the runs of pixels from top to bottom; the first row of ``mask`` is row ``top``."""
    padded = np.zeros((mask.shape[1], mask.shape[0] + 2), np.int8)
    padded[:, 1:-1] = mask.T
    step = np.diff(padded, axis=1).ravel()
    column, first = np.divmod(np.flatnonzero(step > 0), mask.shape[0] + 1)
    last = np.flatnonzero(step < 0) % (mask.shape[0] + 1)
    runs: list[list[Interval]] = [[] for _ in range(mask.shape[1])]
    for x, begin, end in zip(column.tolist(), (first + top).tolist(), (last + top).tolist(), strict=True):
        runs[x].append((float(begin), float(end)))
    return runs


def _edge_intervals(here: list[Interval], beside: list[Interval]) -> list[Interval]:
    """Returns the ends of a column's runs at the edge to the next column: halfway to the ends of the runs there.

    Otherwise a steep contour, which skips many rows from column to column, would have steps, and its shadow under a
    low sun would be a comb.
    """
    intervals = []
    for index, (top, bottom) in enumerate(here):
        touching = [run for run in beside if run[0] < bottom and run[1] > top]
        upper, lower = top, bottom
        if touching:
            upper, lower = (top + touching[0][0]) / 2, (bottom + touching[-1][1]) / 2
            # If one run beside touches two runs here, the gap between these ends in a point.
            if index and here[index - 1][1] > touching[0][0]:
                upper = (top + here[index - 1][1]) / 2
            if index + 1 < len(here) and here[index + 1][0] < touching[-1][1]:
                lower = (bottom + here[index + 1][0]) / 2
        intervals.append((upper, lower))
    return intervals
