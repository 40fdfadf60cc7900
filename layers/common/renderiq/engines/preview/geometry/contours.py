"""Vector contours of a label map: straight lines and smooth curves, which stay sharp at any output size.

Each border between two regions is traced once, from one junction to the next, and both regions share the result.
Therefore regions neither overlap nor leave gaps.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, F64, I32, CheckCancelled, never_cancelled

_RIGHT, _DOWN, _LEFT, _UP = 1, 2, 4, 8
_OPPOSITE: Final = {_RIGHT: _LEFT, _DOWN: _UP, _LEFT: _RIGHT, _UP: _DOWN}
_MAX_CURVE_TURN: Final = np.cos(np.radians(30))
_MIN_CURVE_TURN: Final = np.cos(np.radians(2))
"""Cosines of the turn between two chords that may be a part of a curve: more is a corner, less is straight."""
_MAX_CURVE_CHORD: Final = 48.0
"""Pixels: longer chords are straight edges that meet at a blunt corner."""
_MAX_LINE_WEIGHT: Final = 40.0
"""Pixels of length above which a line counts no more at a junction."""
_JUNCTION_PULL: Final = 0.05
"""Weight of the traced corner against the lines that meet there."""
_MIN_CROSSING_SINE: Final = 0.05
"""Sine of the angle between two lines below which their crossing is not used as a corner."""
_BEZIER_STEPS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_CHECK_EVERY: Final = 256
"""Borders between two looks at cancellation."""


@dataclass(frozen=True, slots=True)
class Contours:
    """Line segments between regions.

    ``start`` and ``end`` are (count, 2) as (x, y) in pixels of the label map. ``left`` and ``right`` are the labels on
    either side of the direction from start to end. The label ``outside`` stands for everything beyond the picture.
    """

    start: F64
    end: F64
    left: I32
    right: I32
    outside: int


@dataclass(slots=True)
class _Border:
    """One border between two junctions.

    ``first`` and ``last`` are the flat indices of the junctions, ``points`` the subpixel positions (count, 2) along
    the border, ``corners`` indices of points, and ``lines`` the fitted line of each chord (see ``_fit_lines``).
    """

    first: int
    last: int
    points: F64
    left: int
    right: int
    corners: list[int]
    lines: F64


def trace_contours(
    label: I32, second_label: I32, coverage: F32, tolerance: F64, check_cancelled: CheckCancelled = never_cancelled
) -> Contours:
    """Traces the contours of a label map with subpixel positions from its anti-aliased pixels.

    A mixed pixel shows its own ``label`` with the weight ``coverage`` (0..1) and ``second_label`` with the rest.
    ``tolerance`` has for each label the distance in pixels that a border may deviate from the line that replaces it;
    of the two labels of a border the larger value counts.
    """
    outside = int(label.max()) + 1
    padded = np.pad(label, 1, constant_values=outside)
    borders = _trace_borders(padded, *_subpixel_offsets(label, second_label, coverage))
    stride = padded.shape[1] + 1
    allowed = np.append(tolerance, 0)
    for number, border in enumerate(borders):
        if number % _CHECK_EVERY == 0:
            check_cancelled()
        border.corners = _simplify(border.points, float(max(allowed[border.left], allowed[border.right])))
        border.lines = _fit_lines(border.points, border.corners)
    max_shift = float(tolerance.max())
    junctions = _fit_junctions(borders, stride, (label.shape[1], label.shape[0]), 1.2 + 1.5 * max_shift)
    starts, ends, lefts, rights = [], [], [], []
    for number, border in enumerate(borders):
        if number % _CHECK_EVERY == 0:
            check_cancelled()
        corners = _corner_points(border, junctions[border.first], junctions[border.last], 1 + max_shift)
        path = _smooth_curves(corners)
        starts.append(path[:-1])
        ends.append(path[1:])
        lefts.append(np.full(len(path) - 1, border.left, np.int32))
        rights.append(np.full(len(path) - 1, border.right, np.int32))
    return Contours(
        np.concatenate(starts), np.concatenate(ends), np.concatenate(lefts), np.concatenate(rights), outside
    )


def _subpixel_offsets(label: I32, second_label: I32, coverage: F32) -> tuple[F32, F32]:
    """Returns how far, in pixels, a border lies from the edge between two neighbouring pixels.

    The first array (height, width + 1) is for pixels beside each other, positive to the right; the second
    (height + 1, width) is for pixels above each other, positive downwards.
    """
    offset_x = np.zeros((label.shape[0], label.shape[1] + 1), np.float32)
    offset_y = np.zeros((label.shape[0] + 1, label.shape[1]), np.float32)
    y, x = np.divmod(np.flatnonzero(coverage < 1), label.shape[1])
    rest, second = 1 - coverage[y, x], second_label[y, x]
    for offset, dy, dx in ((offset_x, 0, 1), (offset_y, 1, 0)):
        before, after = (y >= dy) & (x >= dx), (y < label.shape[0] - dy) & (x < label.shape[1] - dx)
        before[before] = second[before] == label[y[before] - dy, x[before] - dx]
        after[after] = second[after] == label[y[after] + dy, x[after] + dx]
        offset[y[before], x[before]] += rest[before]
        offset[y[after] + dy, x[after] + dx] -= rest[after]
    return offset_x, offset_y


def _trace_borders(padded: I32, offset_x: F32, offset_y: F32) -> list[_Border]:
    """Follows every border of the ``padded`` label map along the edges of its pixels."""
    height, width = padded.shape
    stride = width + 1
    exits = np.zeros((height + 1, stride), np.uint8)
    differs_beside = padded[:, 1:] != padded[:, :-1]
    differs_below = padded[1:] != padded[:-1]
    exits[:-1, 1:-1] |= differs_beside * np.uint8(_DOWN)
    exits[1:, 1:-1] |= differs_beside * np.uint8(_UP)
    exits[1:-1, :-1] |= differs_below * np.uint8(_RIGHT)
    exits[1:-1, 1:] |= differs_below * np.uint8(_LEFT)
    corner = np.flatnonzero(exits)
    is_plain = np.array([bits.bit_count() == 2 for bits in range(16)])[exits.ravel()[corner]]
    is_junction = np.zeros(exits.size, np.uint8)
    is_junction[corner[~is_plain]] = 1
    junction = is_junction.tobytes()
    open_exits = bytearray(exits.tobytes())
    step = {_RIGHT: 1, _DOWN: stride, _LEFT: -1, _UP: -stride}
    paths = []
    for start in corner[~is_plain].tolist():
        for direction in (_RIGHT, _DOWN, _LEFT, _UP):
            if open_exits[start] & direction:
                paths.append(_walk(open_exits, junction, step, start, direction))
    # What is left are closed borders without a junction.
    for start in corner[is_plain].tolist():
        if open_exits[start]:
            loop = _walk(open_exits, junction, step, start, open_exits[start] & -open_exits[start])
            cut = _farthest_from_centre(np.array(loop[:-1]), stride)
            paths.append(loop[cut:-1] + loop[: cut + 1])
    return _measure(paths, padded, offset_x, offset_y)


def _walk(open_exits: bytearray, junction: bytes, step: dict[int, int], start: int, direction: int) -> list[int]:
    """Returns the corners from ``start`` to the next junction, or back to ``start``."""
    position, path = start, [start]
    while True:
        open_exits[position] &= ~direction
        position += step[direction]
        open_exits[position] &= ~_OPPOSITE[direction]
        path.append(position)
        if junction[position] or not open_exits[position]:
            return path
        direction = open_exits[position]


def _farthest_from_centre(loop: NDArray[np.int64], stride: int) -> int:
    """Returns the index at which to cut a closed border: its farthest point is a corner if it has any."""
    y, x = np.divmod(loop, stride)
    return int(((x - x.mean()) ** 2 + (y - y.mean()) ** 2).argmax())


def _measure(paths: list[list[int]], padded: I32, offset_x: F32, offset_y: F32) -> list[_Border]:
    """Places a point at subpixel precision on each step of the traced ``paths``."""
    # For all of them at once: there may be thousands, most of them short.
    count = np.array([len(path) for path in paths])
    corner = np.fromiter(itertools.chain.from_iterable(paths), np.int64, int(count.sum()))
    y, x = np.divmod(corner, padded.shape[1] + 1)
    last = np.cumsum(count) - 1
    first = last + 1 - count
    number = np.arange(len(paths))
    points = np.empty((len(corner) + len(paths), 2))
    # A path has one point more than corners: both ends, and one on each step. Corners count from the padded map's
    # origin, points from the picture's.
    begin, end = first + number, last + number + 1
    points[begin] = np.stack([x[first], y[first]], axis=1) - 1
    points[end] = np.stack([x[last], y[last]], axis=1) - 1
    step = np.delete(np.arange(len(corner)), last)
    points[step + np.repeat(number, count - 1) + 1] = _points_on(x, y, step, offset_x, offset_y)
    left, right = _labels_beside(padded, x[first], y[first], x[first + 1], y[first + 1])
    return [
        _Border(int(corner[low]), int(corner[high]), points[start : stop + 1], one, two, [], np.empty((0, 5)))
        for low, high, start, stop, one, two in zip(first, last, begin, end, left, right, strict=True)
    ]


def _points_on(
    x: NDArray[np.int64], y: NDArray[np.int64], step: NDArray[np.int64], offset_x: F32, offset_y: F32
) -> F64:
    """Returns the point (count, 2) on each ``step``, which leads from the corner of this index to the next one."""
    is_vertical = x[step] == x[step + 1]
    row, column = np.minimum(y[step], y[step + 1]) - 1, np.minimum(x[step], x[step + 1]) - 1
    height, width = offset_x.shape[0], offset_x.shape[1] - 1
    shift_x = offset_x[np.clip(row, 0, height - 1), np.clip(column, 0, width)]
    shift_y = offset_y[np.clip(row, 0, height), np.clip(column, 0, width - 1)]
    across = np.where(is_vertical, column + shift_x, column + 0.5)
    return np.stack([across, np.where(is_vertical, row + 0.5, row + shift_y)], axis=1)


def _labels_beside(
    padded: I32, x: NDArray[np.int64], y: NDArray[np.int64], next_x: NDArray[np.int64], next_y: NDArray[np.int64]
) -> tuple[list[int], list[int]]:
    """Returns the labels to the left and to the right of steps between corners, seen in their direction."""
    right, down = next_x - x, next_y - y
    is_back = right + down < 0
    return padded[y - (right > down), x - is_back].tolist(), padded[y - is_back, x - (right < down)].tolist()


def _simplify(points: F64, tolerance: float) -> list[int]:
    """Returns the indices of the corners that the Douglas-Peucker algorithm keeps."""
    last = len(points) - 1
    if last < 3:
        return [0, last]
    corners, stack = [0, last], [(0, last)]
    if np.array_equal(points[0], points[-1]):
        farthest = int(((points - points[0]) ** 2).sum(axis=1).argmax())
        corners.append(farthest)
        stack = [(0, farthest), (farthest, last)]
    while stack:
        low, high = stack.pop()
        if high - low < 3:
            continue
        origin = points[low]
        dx, dy = points[high] - origin
        inner = points[low + 1 : high] - origin
        distance = np.abs(inner[:, 0] * dy - inner[:, 1] * dx)
        farthest = int(distance.argmax())
        if distance[farthest] > tolerance * np.hypot(dx, dy):
            middle = low + 1 + farthest
            corners.append(middle)
            stack += [(low, middle), (middle, high)]
    return sorted(corners)


def _fit_lines(points: F64, corners: list[int]) -> F64:
    """Fits a line to the points of each chord by total least squares.

    Returns (chords, 5): a point (x, y) on the line, its unit direction (dx, dy), and the chord's length in pixels.
    """
    lines = np.empty((len(corners) - 1, 5))
    for index, (low, high) in enumerate(itertools.pairwise(corners)):
        # Points next to a corner are rounded by anti-aliasing.
        trim = 3 if high - low > 14 else 2 if high - low > 7 else 1
        inner = points[low + trim : high - trim + 1]
        chord = points[high] - points[low]
        length = float(np.hypot(*chord))
        if len(inner) < 3:
            middle, direction = (points[low] + points[high]) / 2, chord / max(length, 1e-9)
        else:
            middle = inner.mean(axis=0)
            x, y = (inner - middle).T
            angle = 0.5 * np.arctan2(2 * float(x @ y), float(x @ x - y @ y))
            direction = np.array([np.cos(angle), np.sin(angle)])
        lines[index] = *middle, *direction, length
    return lines


def _fit_junctions(borders: list[_Border], stride: int, size: tuple[int, int], max_shift: float) -> dict[int, F64]:
    """Returns for each junction the point nearest to all lines that end there, weighted by their length."""
    corners, at = np.unique([end for border in borders for end in (border.first, border.last)], return_inverse=True)
    x, y, right, down, length = np.array([line for border in borders for line in (border.lines[0], border.lines[-1])]).T
    traced = np.stack([corners % stride, corners // stride], axis=1) - 1.0
    weight = np.minimum(length, _MAX_LINE_WEIGHT) ** 2
    heaviest = np.full(len(corners), 1e-9)
    np.maximum.at(heaviest, at, weight)
    # The weak pull towards the traced corner decides what parallel lines leave open.
    pull = _JUNCTION_PULL * heaviest
    # The normal of a line is (-down, right), and ``offset`` is the distance of the line from the origin along it.
    offset = right * y - down * x
    sums = [np.bincount(at, weight * each) for each in (down * down, right * right, -down * right)]
    xx, yy, xy = sums[0] + pull, sums[1] + pull, sums[2]
    to_x = np.bincount(at, -weight * down * offset) + pull * traced[:, 0]
    to_y = np.bincount(at, weight * right * offset) + pull * traced[:, 1]
    point = np.stack([to_x * yy - to_y * xy, to_y * xx - to_x * xy], axis=1) / (xx * yy - xy * xy)[:, None]
    shift = point - traced
    distance = np.hypot(shift[:, 0], shift[:, 1])
    point = traced + shift * np.minimum(1, max_shift / np.maximum(distance, 1e-9))[:, None]
    # What is on the frame of the picture stays there.
    point = np.where((traced == 0) | (traced == size), traced, point)
    return dict(zip(corners.tolist(), np.clip(point, 0, size), strict=True))


def _corner_points(border: _Border, first: F64, last: F64, max_shift: float) -> F64:
    """Returns the corners (count, 2) of a border: the crossings of its lines if they are near the traced corners."""
    path = np.empty((len(border.corners), 2))
    path[0], path[-1] = first, last
    for index in range(1, len(border.corners) - 1):
        before, after = border.lines[index - 1], border.lines[index]
        corner = border.points[border.corners[index]]
        sine = before[2] * after[3] - before[3] * after[2]
        path[index] = corner
        if abs(sine) > _MIN_CROSSING_SINE:
            along = ((after[0] - before[0]) * after[3] - (after[1] - before[1]) * after[2]) / sine
            crossing = before[:2] + along * before[2:4]
            if np.hypot(*(crossing - corner)) < max_shift:
                path[index] = crossing
        else:
            # Nearly parallel: the midpoint of the corner's projections on the two lines.
            feet = [line[:2] + ((corner - line[:2]) @ line[2:4]) * line[2:4] for line in (before, after)]
            path[index] = (feet[0] + feet[1]) / 2
    return path


def _smooth_curves(path: F64) -> F64:
    """Replaces runs of short chords with blunt corners by quadratic Bézier curves."""
    if len(path) < 4:
        return path
    chord = np.diff(path, axis=0)
    length = np.maximum(np.hypot(chord[:, 0], chord[:, 1]), 1e-9)
    cosine = (chord[:-1] * chord[1:]).sum(axis=1) / (length[:-1] * length[1:])
    is_curve = (cosine > _MAX_CURVE_TURN) & (cosine < _MIN_CURVE_TURN)
    is_curve &= np.maximum(length[:-1], length[1:]) < _MAX_CURVE_CHORD
    # A curve keeps turning to one side; a single turn, or one to each side, is noise.
    side = np.where(is_curve, np.sign(chord[:-1, 0] * chord[1:, 1] - chord[:-1, 1] * chord[1:, 0]), 0)
    continues = np.zeros_like(is_curve)
    continues[1:] |= side[1:] == side[:-1]
    continues[:-1] |= side[1:] == side[:-1]
    is_curve &= continues
    if not is_curve.any():
        return path
    pieces = [path[:1]]
    for index in range(1, len(path) - 1):
        if is_curve[index - 1]:
            before, corner, after = (
                (path[index - 1] + path[index]) / 2,
                path[index],
                (path[index] + path[index + 1]) / 2,
            )
            bezier = ((1 - t) ** 2 * before + 2 * t * (1 - t) * corner + t * t * after for t in _BEZIER_STEPS)
            pieces.append(np.array(list(bezier)))
        else:
            pieces.append(path[index : index + 1])
    return np.concatenate([*pieces, path[-1:]])
