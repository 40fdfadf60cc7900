"""Planes: the flat faces of each part of a depth image, so that 8 bits of depth give smooth normals and positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, F64, I32, CheckCancelled, Mask, never_cancelled
from renderiq.engines.preview.segment.labels import merge_labels

_REACH: Final = 4
"""Pixels around a pixel from which its slope is estimated."""
_SAMPLES: Final = 1200
"""Pixels of a part that hypotheses are tested on."""
_GOLDEN: Final = 0.6180339887498949
"""The golden ratio, the multiples of which are spread evenly over 0..1."""
_HYPOTHESES: Final = 20
_MAX_PLANES: Final = 20
_MIN_SHARE: Final = 0.012
_MIN_SAMPLES: Final = 10
"""Pixels, and their share of the part, that a plane must have."""
_SMALL: Final = 24
"""Pixels of a part that gets one plane only."""
_TOLERANCE: Final = 1.15
_LOOSE_TOLERANCE: Final = 2.6
"""Levels by which a pixel of a plane may deviate from it: in a lossless image, and in others."""
_OFF_PLANE: Final = 2.2
"""Tolerances beyond which a pixel belongs to no plane."""
_COST_SMOOTHING: Final = 5
"""Pixels: the side of the square over which deviations are averaged, so that the border of two planes is smooth."""
_AGREEMENT: Final = 0.85
"""Of the pixels that one of two planes fits: those that must agree on which plane is seen on which side of the line in
which they meet."""
_CURVATURES: Final = (0.0, *np.round(np.linspace(0.05, 0.98, 32), 3).tolist())
_MIN_PLANE_AREA: Final = 0.004
_MIN_LEVELS: Final = 16
"""Part of the picture and range of levels of a plane that tells how the depth is encoded."""
_MAX_TELLING: Final = 12
_TELLING_PIXELS: Final = 900
_CURVATURE_GAIN: Final = 0.92
"""Deviation over that without any curvature, below which a curvature is believed."""


@dataclass(frozen=True, slots=True)
class Planes:
    """The planes of an image: ``label`` (height, width) has the plane of each pixel, -1 if it is on none.

    ``coefficients`` (count, 3) give the inverse distance as ax + by + c of picture coordinates, ``area`` (count,) the
    pixels of each plane.
    """

    label: I32
    coefficients: F64
    area: F64


def picture_coordinates(shape: tuple[int, ...]) -> tuple[F32, F32]:
    """Returns x (1, width) and y (height, 1) of the centres of pixels, from the centre, in picture heights."""
    height, width = shape[:2]
    x = (np.arange(width, dtype=np.float32) + np.float32(0.5 - width / 2)) / np.float32(height)
    y = (np.float32(height / 2 - 0.5) - np.arange(height, dtype=np.float32)) / np.float32(height)
    return x[None], y[:, None]


def fit_planes(
    level: F32,
    part: I32,
    tolerance: F32,
    check_cancelled: CheckCancelled = never_cancelled,
    *,
    is_exact: bool = True,
    only_telling: bool = False,
) -> Planes:
    """Finds the planes of each part of an image of inverse distances.

    ``part`` (height, width) numbers the connected parts from 1; 0 is background. ``tolerance`` (height, width) is one
    level of depth in the unit of ``level``. ``only_telling`` leaves out parts that are too small to tell the curvature.
    """
    height, width = level.shape
    x, y = picture_coordinates(level.shape)
    tolerance = tolerance * np.float32(_TOLERANCE if is_exact else _LOOSE_TOLERANCE)
    flat_part = part.ravel()
    counts = np.bincount(flat_part)
    # NumPy sorts 16-bit integers four times as fast.
    order = np.argsort(flat_part.astype(np.uint16) if len(counts) <= 1 << 16 else flat_part, kind="stable")
    ends = np.cumsum(counts)
    label = np.full(part.size, -1, np.int32)
    flat_x, flat_y = np.broadcast_to(x, level.shape).ravel(), np.broadcast_to(y, level.shape).ravel()
    values, tolerances = level.ravel(), tolerance.ravel()
    found: list[F64] = []
    least = _MIN_PLANE_AREA * level.size if only_telling else 1
    is_small = (counts < _SMALL) & (counts >= least)
    is_small[0] = False
    for turn, number in enumerate(1 + np.flatnonzero(counts[1:] >= max(least, _SMALL))):
        if turn % 32 == 0:
            check_cancelled()
        members = order[ends[number] - counts[number] : ends[number]]
        planes = _planes_of(members, flat_x, flat_y, level, tolerances)
        best = _assign(members, planes, flat_x, flat_y, values, tolerances, (height, width))
        label[members] = np.where(best >= 0, best + len(found), -1)
        found.extend(planes)
    # There may be tens of thousands of them.
    members = np.flatnonzero(is_small[flat_part])
    number_of = np.cumsum(is_small) - 1
    small = number_of[flat_part[members]]
    label[members] = small + len(found)
    found.extend(_planes_through(small, int(is_small.sum()), flat_x[members], flat_y[members], values[members]))
    coefficients = np.array(found, np.float64).reshape(-1, 3)
    area = np.bincount(label[label >= 0], minlength=len(found)).astype(np.float64)
    return Planes(label.reshape(part.shape), coefficients, area)


def find_curvature(level: F32, planes: Planes, *, is_parallel: bool) -> float:
    """Returns the curvature (see ``inverse_distance``) at which the planes of an image of levels are flat.

    Distances that are even in the levels make a plane curved in the levels, by an amount that tells near / far.
    """
    if is_parallel:
        return 0.0
    x, y = picture_coordinates(level.shape)
    telling = []
    for number in np.argsort(-planes.area)[:_MAX_TELLING]:
        if planes.area[number] < _MIN_PLANE_AREA * level.size:
            break
        index = np.flatnonzero(planes.label == number)
        if np.ptp(level.ravel()[index]) * 255 < _MIN_LEVELS:
            continue
        index = index[:: max(1, len(index) // _TELLING_PIXELS)]
        rows, columns = np.divmod(index, level.shape[1])
        design = np.stack([x[0, columns], y[rows, 0], np.ones(len(index))], 1).astype(np.float64)
        telling.append((design, level.ravel()[index].astype(np.float64), float(planes.area[number])))
    if not telling:
        return 0.5
    curvatures = np.array(_CURVATURES)[:, None]
    total = np.zeros(len(_CURVATURES))
    for design, values, area in telling:
        inverse = np.where(curvatures > 0, (1 - curvatures) / (1 - curvatures * values), values)
        slope = np.where(curvatures > 0, curvatures * (1 - curvatures) / (1 - curvatures * values) ** 2, 1.0)
        # Least squares for all curvatures at once, by the normal equations.
        weight = 1 / (slope * slope)
        squares = (weight @ (design[:, :, None] * design[:, None]).reshape(-1, 9)).reshape(-1, 3, 3)
        solution = np.linalg.pinv(squares, hermitian=True) @ ((weight * inverse) @ design)[..., None]
        deviation = np.abs(inverse - solution[..., 0] @ design.T) / slope
        total += deviation.mean(axis=1) * area
    totals = total / sum(area for _, _, area in telling)
    best = int(np.argmin(totals))
    return _CURVATURES[best] if totals[best] < _CURVATURE_GAIN * totals[0] else 0.0


def _slopes_at(index: NDArray[np.intp], level: F32) -> tuple[F64, F64]:
    """Returns the slopes along x and y, per picture height, from a square around each of the pixels ``index``."""
    height, width = level.shape
    rows, columns = np.divmod(index, width)
    ramp = np.arange(-_REACH, _REACH + 1)
    down, across = (rows[:, None] + ramp).clip(0, height - 1), (columns[:, None] + ramp).clip(0, width - 1)
    window = level[down[:, :, None], across[:, None]].astype(np.float64)
    scale = height / float((ramp * ramp).sum() * len(ramp))
    return window.sum(axis=1) @ ramp * scale, window.sum(axis=2) @ ramp * -scale


def _planes_of(members: NDArray[np.intp], x: F32, y: F32, level: F32, tolerances: F32) -> list[F64]:
    """Returns the planes (3,) of one part, those with the most pixels first."""
    sample = members
    if len(members) > _SAMPLES:
        # Every n-th pixel may lie in a few columns only.
        places = np.arange(_SAMPLES) * _GOLDEN % 1
        sample = members[np.sort((places * len(members)).astype(np.intp))]
    sx, sy, value, tolerance = (each[sample].astype(np.float64) for each in (x, y, level.ravel(), tolerances))
    design = np.stack([sx, sy, np.ones(len(sample))])
    remaining = np.ones(len(sample), np.bool_)
    planes: list[F64] = []
    enough = max(_MIN_SAMPLES, _MIN_SHARE * len(sample))
    while len(planes) < _MAX_PLANES and remaining.sum() >= enough:
        left = np.flatnonzero(remaining)
        seeds = left[:: max(1, len(left) // _HYPOTHESES)]
        a, b = _slopes_at(sample[seeds], level)
        hypotheses = np.stack([a, b, value[seeds] - a * sx[seeds] - b * sy[seeds]], 1)
        inlier = np.abs(hypotheses @ design[:, left] - value[left]) <= 1.6 * tolerance[left]
        inside = left[inlier[int(inlier.sum(axis=1).argmax())]]
        plane = None
        for _ in range(2):
            if len(inside) < enough:
                break
            plane = _plane_through(sx[inside], sy[inside], value[inside])
            inside = left[np.abs(plane @ design[:, left] - value[left]) <= tolerance[left]]
        if plane is None or len(inside) < enough:
            break
        planes.append(plane)
        remaining[np.abs(plane @ design - value) <= tolerance] = False
    if not planes:
        planes.append(_plane_through(sx, sy, value))
    return planes


def _plane_through(x: NDArray[np.floating], y: NDArray[np.floating], value: NDArray[np.floating]) -> F64:
    """Fits a plane (3,) to points, as ``_planes_through`` does."""
    plane: F64 = _planes_through(np.zeros(len(x), np.intp), 1, x, y, value)[0]
    return plane


def _planes_through(
    part: NDArray[np.intp], count: int, x: NDArray[np.floating], y: NDArray[np.floating], value: NDArray[np.floating]
) -> F64:
    """Fits a plane to the points of each ``part``, 0 to ``count`` - 1, by least squares: (count, 3).

    Points that are too few, or on one line, get a level plane.
    """

    def sums(weight: NDArray[np.floating]) -> F64:
        total: F64 = np.bincount(part, weight, count).astype(np.float64)
        return total

    number = np.maximum(np.bincount(part, minlength=count), 1)
    mean_x, mean_y, mean = sums(x) / number, sums(y) / number, sums(value) / number
    dx, dy, dv = x - mean_x[part], y - mean_y[part], value - mean[part]
    xx, yy, xy = sums(dx * dx) + 1e-9, sums(dy * dy) + 1e-9, sums(dx * dy)
    xv, yv = sums(dx * dv), sums(dy * dv)
    determinant = xx * yy - xy * xy
    is_known = determinant >= 1e-3 * xx * yy
    divisor = np.where(is_known, determinant, 1)
    a = np.where(is_known, (xv * yy - yv * xy) / divisor, 0)
    b = np.where(is_known, (yv * xx - xv * xy) / divisor, 0)
    return np.stack([a, b, mean - a * mean_x - b * mean_y], 1)


def _assign(
    members: NDArray[np.intp],
    planes: list[F64],
    x: F32,
    y: F32,
    values: F32,
    tolerances: F32,
    shape: tuple[int, int],
) -> I32:
    """Returns the index of the plane that each member is nearest to, or -1 if it is near none."""
    width = shape[1]
    rows, columns = np.divmod(members, width)
    top, left = int(rows.min()), int(columns.min())
    box = int(rows.max()) - top + 1, int(columns.max()) - left + 1
    index = (rows - top) * box[1] + columns - left
    px, py, value, tolerance = x[members], y[members], values[members], tolerances[members]
    inside = np.zeros(box[0] * box[1], np.float32)
    inside[index] = 1
    weight = None if len(planes) == 1 else _box_mean(inside.reshape(box)).ravel()[index]
    best = np.zeros(len(members), np.int32)
    second = best.copy()
    lowest = np.full(len(members), np.inf, np.float32)
    next_lowest, nearest = lowest.copy(), lowest.copy()
    seen, hidden = np.zeros_like(lowest), np.zeros_like(lowest)
    for number, plane in enumerate(planes):
        a, b, c = (np.float32(each) for each in plane)
        inverse = a * px + b * py + c
        cost = np.abs(inverse - value) / tolerance
        np.minimum(nearest, cost, out=nearest)
        if weight is None:
            break
        image = np.zeros(box[0] * box[1], np.float32)
        image[index] = np.minimum(cost, 4)
        smooth = _box_mean(image.reshape(box)).ravel()[index] / weight + np.float32(0.15) * np.minimum(cost, 4)
        better = smooth < lowest
        second[better], next_lowest[better], hidden[better] = best[better], lowest[better], seen[better]
        best[better], lowest[better], seen[better] = number, smooth[better], inverse[better]
        runner_up = ~better & (smooth < next_lowest)
        second[runner_up], next_lowest[runner_up], hidden[runner_up] = number, smooth[runner_up], inverse[runner_up]
    if weight is not None:
        fits = [np.abs(each - value) <= tolerance for each in (seen, hidden)]
        _straighten(best, second, seen - hidden, *fits)
    best[nearest > _OFF_PLANE] = -1
    return best


def _straighten(best: I32, second: I32, difference: F32, best_fits: Mask, second_fits: Mask) -> None:
    """Moves the border of two planes to the line in which they meet, in place.

    Along a ridge the farther plane is seen, and along a valley the nearer one. The pixels that only the ``best`` plane
    fits tell which it is; those that the ``second`` fits as well follow. ``difference`` is the inverse distance of the
    best plane minus that of the second.
    """
    pair = np.minimum(best, second) * _MAX_PLANES + np.maximum(best, second)
    is_open = best_fits & second_fits & (best != second)
    is_sure = best_fits & ~second_fits
    for number in np.unique(pair[is_open]):
        is_pair = pair == number
        is_nearer = difference[is_pair & is_sure] > 0
        share = is_nearer.mean() if len(is_nearer) >= _SMALL else 0.5
        if max(share, 1 - share) < _AGREEMENT:
            continue
        open_pixels = np.flatnonzero(is_pair & is_open)
        wrong = open_pixels[(difference[open_pixels] > 0) != (share > 0.5)]
        best[wrong] = second[wrong]


def _box_mean(image: F32) -> F32:
    """Returns the mean of a square around each pixel; what is outside counts as 0."""
    height, width = image.shape
    padded = np.pad(image, _COST_SMOOTHING // 2)
    columns = padded[:height].copy()
    for shift in range(1, _COST_SMOOTHING):
        columns += padded[shift : shift + height]
    mean = columns[:, :width].copy()
    for shift in range(1, _COST_SMOOTHING):
        mean += columns[:, shift : shift + width]
    mean *= np.float32(1 / _COST_SMOOTHING**2)
    return mean


def connected_parts(is_joined_beside: Mask, is_joined_below: Mask, valid: Mask) -> I32:
    """Labels the connected parts of ``valid`` pixels (height, width) from 1; all other pixels are 0.

    ``is_joined_beside`` (height, width - 1) and ``is_joined_below`` (height - 1, width) say which neighbours belong
    together.
    """
    begins = np.ones(valid.shape, np.bool_)
    np.logical_not(is_joined_beside & valid[:, 1:] & valid[:, :-1], out=begins[:, 1:])
    run = (np.cumsum(begins.ravel(), dtype=np.int32) - 1).reshape(valid.shape)
    joined = np.flatnonzero(is_joined_below & valid[1:] & valid[:-1])
    upper, lower = run[:-1].ravel()[joined], run[1:].ravel()[joined]
    is_new = np.ones(len(joined), np.bool_)
    is_new[1:] = (upper[1:] != upper[:-1]) | (lower[1:] != lower[:-1])
    root = merge_labels(upper[is_new], lower[is_new], int(run[-1, -1]) + 1)
    shown = np.zeros(len(root), np.bool_)
    shown[run[valid]] = True
    first = np.zeros(len(root), np.int32)
    used = np.unique(root[shown])
    first[used] = np.arange(1, len(used) + 1, dtype=np.int32)
    number = np.where(shown, first[root], 0).astype(np.int32)
    parts: I32 = number[run]
    return parts
