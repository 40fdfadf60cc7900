"""Light from positions and normals: the sun, its shadows, the light of the sky, and ambient occlusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.deferred.geometry import Geometry
from renderiq.engines.preview.deferred.planes import picture_coordinates
from renderiq.engines.preview.deferred.view import View
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, CheckCancelled, Mask, never_cancelled

Points = tuple[F32, F32, F32]
"""x, y and z of points in view coordinates, each (height, width)."""

_SUN_AZIMUTH: Final = 52.0
"""Degrees between the direction to the camera and that to the sun, seen from above."""
_CELLS: Final = 1100
_CELLS_PER_PIXEL: Final = 0.7
"""Cells of the shadow map along its longer side: at most, and per pixel of the longer side of the picture."""
_MAX_POINTS_OUT: Final = 0.4
"""Per cent of the points on each side that the shadow map leaves out, because they are far away."""
_PENUMBRA: Final = 0.055
"""Width of a half-shadow over the distance of its caster, for a softness of 1."""
_MIN_PENUMBRA: Final = 2.2
_MAX_PENUMBRA: Final = 26.0
"""Cells."""
_DISC: Final = tuple(
    (float(np.sqrt((i + 0.5) / 12) * np.cos(i * 2.399963)), float(np.sqrt((i + 0.5) / 12) * np.sin(i * 2.399963)))
    for i in range(12)
)
"""Points that are spread evenly over a disc (Vogel spiral)."""
_OCCLUSION_RADII: Final = (2, 5, 11, 22, 40)
"""Pixels, in a picture of 800 pixels, at which the surroundings of a point are looked at."""
_OCCLUSION_DIRECTIONS: Final = ((1, 0), (0, 1), (1, 1), (1, -1), (-1, 0), (0, -1), (-1, -1), (-1, 1))
_OCCLUSION_SIDE: Final = 800
_OCCLUSION_BIAS: Final = 0.06
_FAR_GROUND: Final = 40.0
"""The farthest ground, over the distance of the farthest thing that stands on it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground where the geometry ends.

    ``mask`` (height, width) is where it is seen, ``points`` what it shows there, ``height`` how far it is above the
    camera, along ``up``.
    """

    mask: Mask
    points: Points
    height: float


def find_ground(geometry: Geometry, height: float) -> Ground | None:
    """Returns the horizontal plane at ``height`` in the background, or None if the camera does not see it."""
    view = geometry.view
    if view is None or geometry.inverse is None:
        return None
    x, y = picture_coordinates(geometry.region.shape)
    background = geometry.background
    up = view.up
    if view.is_parallel:
        if up[2] < 0.02:
            return None
        px, py, _ = view.positions(x, y, np.zeros(geometry.region.shape, np.float32))
        px, py = (np.broadcast_to(each, geometry.region.shape) for each in (px, py))
        pz = (np.float32(height) - px * up[0] - py * up[1]) / up[2]
        return Ground(background, (px, py, pz), height)
    rise = (x * up[0] + y * up[1]) / np.float32(view.focal) - up[2]
    if height >= 0:
        return None
    nearest = float(geometry.inverse[~background].min()) if (~background).any() else 1.0
    farthest = np.float32(_FAR_GROUND / max(nearest, 1e-3))
    distance = np.where(rise < -1e-5, np.float32(height) / np.minimum(rise, np.float32(-1e-5)), farthest)
    mask = background & (rise < -1e-4) & (distance < farthest)
    distance = np.minimum(distance, farthest).astype(np.float32)
    focal = np.float32(view.focal)
    return Ground(mask, (x * distance / focal, y * distance / focal, -distance), height)


def sun_direction(view: View, look: Look, *, from_left: bool) -> F32:
    """Returns the direction to the sun (3,) in view coordinates; its height is the style's."""
    up = view.up.astype(np.float64)
    # Where the camera is, seen from the model, along the ground; looking straight down, it is the foot of the picture.
    back = np.array([0.0, 0.0, 1.0]) - up * up[2]
    if np.linalg.norm(back) < 0.2:
        back = np.array([0.0, -1.0, 0.0]) + up * up[1]
    back /= np.linalg.norm(back)
    right = np.cross(up, back)
    azimuth = np.radians(_SUN_AZIMUTH) * (-1 if from_left else 1)
    level = back * np.cos(azimuth) + right * np.sin(azimuth)
    sun = level + up * look.sun_slope
    found: F32 = (sun / np.linalg.norm(sun)).astype(np.float32)
    return found


def cast_shadows(
    geometry: Geometry,
    ground: Ground | None,
    sun: F32,
    softness: float,
    check_cancelled: CheckCancelled = never_cancelled,
) -> F32:
    """Returns how much of the sun reaches each pixel (height, width), 0..1, on the model and on the ground.

    The visible points are seen from the sun: what lies behind the nearest one is in its shadow. The shadow gets softer
    with the distance from what casts it.
    """
    points = geometry.positions()
    if points is None:
        return np.ones(geometry.region.shape, np.float32)
    model = ~geometry.background
    across = np.cross(sun, np.array([0.31, 0.87, 0.38], np.float32))
    across /= np.linalg.norm(across)
    along = np.cross(sun, across)
    axes = [each.astype(np.float32) for each in (across, along, sun)]
    shown = [np.broadcast_to(each, geometry.region.shape) for each in points]
    if ground is not None:
        shown = [np.where(ground.mask, below, point) for below, point in zip(ground.points, shown, strict=True)]
    u, v, height = (shown[0] * axis[0] + shown[1] * axis[1] + shown[2] * axis[2] for axis in axes)
    low_u, high_u = np.percentile(u[model][::5], (_MAX_POINTS_OUT, 100 - _MAX_POINTS_OUT))
    low_v, high_v = np.percentile(v[model][::5], (_MAX_POINTS_OUT, 100 - _MAX_POINTS_OUT))
    cells = min(_CELLS, _CELLS_PER_PIXEL * max(geometry.region.shape))
    cell = max(high_u - low_u, high_v - low_v, 1e-6) / cells
    columns, rows = int((high_u - low_u) / cell) + 3, int((high_v - low_v) / cell) + 3
    u = (u - np.float32(low_u)) * np.float32(1 / cell) + 1
    v = (v - np.float32(low_v)) * np.float32(1 / cell) + 1
    highest = _shadow_map(u[model], v[model], height[model], (rows, columns))
    check_cancelled()
    facing = np.ones(geometry.region.shape, np.float32)
    if geometry.normals is not None:
        facing = np.clip(geometry.normals @ sun, 0.12, 1)
        facing[~model] = np.float32(max(float(sun @ geometry.view.up), 0.12)) if geometry.view else 1
    slope = np.sqrt(1 - facing * facing) / facing
    bias = np.float32(cell) * (np.float32(2.2) + np.float32(2.2) * slope)
    bias += np.float32(1.2 * geometry.quantum)
    received = model | (ground.mask if ground is not None else False)
    if geometry.normals is not None:
        received &= ~model | (geometry.normals @ sun > 0)
    index = np.flatnonzero(received)
    lit = _soft_visibility(
        highest,
        u.ravel()[index],
        v.ravel()[index],
        (height + bias).ravel()[index],
        float(cell),
        softness,
        check_cancelled,
    )
    visibility = np.ones(geometry.region.size, np.float32)
    visibility[index] = lit
    return visibility.reshape(geometry.region.shape)


def _shadow_map(u: F32, v: F32, height: F32, shape: tuple[int, int]) -> F32:
    """Returns the height of the point nearest to the sun in each cell, with the gaps between points closed."""
    rows, columns = shape
    column = np.clip(u.astype(np.int32), 0, columns - 1)
    row = np.clip(v.astype(np.int32), 0, rows - 1)
    inside = (u > 0) & (u < columns) & (v > 0) & (v < rows)
    lowest = np.float32(-1e9)
    flat = np.full(rows * columns, lowest, np.float32)
    np.maximum.at(flat, (row * columns + column)[inside], height[inside])
    grown = flat.reshape(shape)
    for _ in range(2):
        grown = _extreme(grown, np.maximum)
    for _ in range(2):
        grown = _extreme(grown, np.minimum)
    closed: F32 = np.maximum(grown, flat.reshape(shape))
    return closed


def _extreme(image: F32, choose: np.ufunc) -> F32:
    """Returns the maximum or minimum of the 3 x 3 pixels around each pixel."""
    found = image.copy()
    choose(found[1:], image[:-1], out=found[1:])
    choose(found[:-1], image[1:], out=found[:-1])
    wide = found.copy()
    choose(wide[:, 1:], found[:, :-1], out=wide[:, 1:])
    choose(wide[:, :-1], found[:, 1:], out=wide[:, :-1])
    return wide


def _soft_visibility(
    highest: F32, u: F32, v: F32, height: F32, cell: float, softness: float, check_cancelled: CheckCancelled
) -> F32:
    """Returns the part of the sun's disc that points see, by the map's cells around them."""
    rows, columns = highest.shape
    cells = highest.ravel()

    def look_up(at_u: F32, at_v: F32) -> F32:
        column, row = np.floor(at_u).astype(np.int32), np.floor(at_v).astype(np.int32)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        index = np.clip(row, 0, rows - 1) * np.int32(columns) + np.clip(column, 0, columns - 1)
        return np.where(inside, cells[index], np.float32(-1e9))

    # How far away what casts the shadow is, looked for in the surroundings of the point.
    gap = np.zeros_like(u)
    hits = np.zeros_like(u)
    reach = np.float32(5 * softness)
    for across, along in ((0.0, 0.0), (1.0, 0.3), (-0.3, 1.0), (-1.0, -0.3), (0.3, -1.0)):
        over = look_up(u + np.float32(across) * reach, v + np.float32(along) * reach) - height
        hit = over > 0
        gap[hit] += over[hit]
        hits += hit
    lit = np.ones_like(u)
    near = np.flatnonzero(hits > 0)
    check_cancelled()
    if not len(near):
        return lit
    distance = gap[near] / hits[near]
    radius = np.clip(distance * np.float32(_PENUMBRA * softness / cell), _MIN_PENUMBRA, _MAX_PENUMBRA)
    seen = np.zeros_like(distance)
    for across, along in _DISC:
        seen += look_up(u[near] + radius * np.float32(across), v[near] + radius * np.float32(along)) <= height[near]
    check_cancelled()
    lit[near] = seen * np.float32(1 / len(_DISC))
    return lit


def ambient_occlusion(
    geometry: Geometry, ground: Ground | None, reach: float, check_cancelled: CheckCancelled = never_cancelled
) -> F32:
    """Returns how much of the sky the surroundings of each pixel hide (height, width), 0..1.

    Points within ``reach`` that rise above the surface of a pixel hide a part of its sky.
    """
    points, normals = geometry.positions(), geometry.normals
    if points is None or normals is None or geometry.view is None:
        return np.zeros(geometry.region.shape, np.float32)
    height, width = geometry.region.shape
    step = max(1, round(width / _OCCLUSION_SIDE))
    coarse = np.s_[::step, ::step]
    model = ~geometry.background[coarse]
    position = [np.broadcast_to(each, (height, width))[coarse].copy() for each in points]
    normal = [normals[..., axis][coarse].copy() for axis in range(3)]
    known = model.copy()
    if ground is not None:
        mask = ground.mask[coarse]
        for axis in range(3):
            below = np.broadcast_to(ground.points[axis], (height, width))[coarse]
            position[axis][mask] = below[mask]
            normal[axis][mask] = geometry.view.up[axis]
        known |= mask
    hidden = np.zeros(model.shape, np.float32)
    unit = width / step / _OCCLUSION_SIDE
    for radius in _OCCLUSION_RADII:
        check_cancelled()
        for across, down in _OCCLUSION_DIRECTIONS:
            distance = max(1, round(radius * unit / (1.414 if across and down else 1)))
            here, there = _overlap(model.shape, down * distance, across * distance)
            offset = [axis[there] - axis[here] for axis in position]
            square = offset[0] * offset[0] + offset[1] * offset[1] + offset[2] * offset[2]
            rise = offset[0] * normal[0][here] + offset[1] * normal[1][here] + offset[2] * normal[2][here]
            length = np.sqrt(square) + np.float32(1e-6)
            share = np.maximum(rise / length - np.float32(_OCCLUSION_BIAS), 0)
            share *= np.maximum(1 - square * np.float32(1 / reach**2), 0) * known[there]
            hidden[here] += share
    hidden *= np.float32(2.6 / (len(_OCCLUSION_RADII) * len(_OCCLUSION_DIRECTIONS)))
    hidden[~known] = 0
    occlusion = np.minimum(hidden, 1)
    image = Image.fromarray(occlusion)
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)) if step > 1 else occlusion


def _overlap(shape: tuple[int, ...], down: int, across: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Returns the part of an image that has a pixel at the offset, and the part that these pixels are."""
    height, width = shape[:2]
    here = slice(max(0, -down), height - max(0, down)), slice(max(0, -across), width - max(0, across))
    there = slice(max(0, down), height - max(0, -down)), slice(max(0, across), width - max(0, -across))
    return here, there
