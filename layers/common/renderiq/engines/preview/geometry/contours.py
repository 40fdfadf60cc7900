"""The borders between regions as straight lines and smooth curves: what stays sharp at any size.

Every border is traced once, between the two junctions where it ends, and both of its regions share the result, so that
regions can neither overlap nor leave gaps.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32

F64 = NDArray[np.float64]

_RIGHT, _DOWN, _LEFT, _UP = 1, 2, 4, 8
_OPPOSITE: Final = {_RIGHT: _LEFT, _DOWN: _UP, _LEFT: _RIGHT, _UP: _DOWN}
_CURVED_BELOW: Final = np.cos(np.radians(30))
_CURVED_ABOVE: Final = np.cos(np.radians(2))
_LONGEST_CHORD: Final = 48.0
"""Pixels: chords longer than this are straight edges that meet at a blunt corner."""
_WEIGHTIEST: Final = 40.0
_BEND: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Outlines:
    """Line segments from (x, y) to (x, y) in pixels of the label map, and the regions left and right of them as one
    goes along; the region ``outside`` surrounds the picture."""

    start: F64
    end: F64
    left: I32
    right: I32
    outside: int


@dataclass(slots=True)
class _Arc:
    """One border: the corners it runs along, the points it is measured at, and its regions."""

    first: int
    last: int
    points: F64
    left: int
    right: int
    corners: list[int]
    lines: F64


def trace(label: I32, other: I32, share: F32, stray: F64) -> Outlines:
    """Outlines of a label map whose mixed pixels name their ``other`` label and their own ``share``.

    A border may stray from the line that replaces it by as many pixels as ``stray`` says for either of its labels.
    """
    outside = int(label.max()) + 1
    padded = np.pad(label, 1, constant_values=outside)
    arcs = _arcs(padded, *_shifts(label, other, share))
    stride = padded.shape[1] + 1
    allowed = np.append(stray, 0)
    for arc in arcs:
        arc.corners = _simplified(arc.points, float(max(allowed[arc.left], allowed[arc.right])))
        arc.lines = _fitted(arc.points, arc.corners)
    nodes = _nodes(arcs, stride, (label.shape[1], label.shape[0]), 1.2 + 1.5 * float(stray.max()))
    starts, ends, lefts, rights = [], [], [], []
    for arc in arcs:
        path = _smoothed(_path(arc, nodes[arc.first], nodes[arc.last], 1 + float(stray.max())))
        starts.append(path[:-1])
        ends.append(path[1:])
        lefts.append(np.full(len(path) - 1, arc.left, np.int32))
        rights.append(np.full(len(path) - 1, arc.right, np.int32))
    return Outlines(
        np.concatenate(starts), np.concatenate(ends), np.concatenate(lefts), np.concatenate(rights), outside
    )


def _shifts(label: I32, other: I32, share: F32) -> tuple[F32, F32]:
    """How far, towards the right or downwards, the border between two neighbours lies from where their pixels meet:
    (rows, columns + 1) between pixels beside each other, (rows + 1, columns) between pixels over each other."""
    across = np.zeros((label.shape[0], label.shape[1] + 1), np.float32)
    down = np.zeros((label.shape[0] + 1, label.shape[1]), np.float32)
    y, x = np.divmod(np.flatnonzero(share < 1), label.shape[1])
    rest, second = 1 - share[y, x], other[y, x]
    for shift, dy, dx in ((across, 0, 1), (down, 1, 0)):
        before, after = (y >= dy) & (x >= dx), (y < label.shape[0] - dy) & (x < label.shape[1] - dx)
        before[before] = second[before] == label[y[before] - dy, x[before] - dx]
        after[after] = second[after] == label[y[after] + dy, x[after] + dx]
        shift[y[before], x[before]] += rest[before]
        shift[y[after] + dy, x[after] + dx] -= rest[after]
    return across, down


def _arcs(padded: I32, across: F32, down: F32) -> list[_Arc]:
    height, width = padded.shape
    stride = width + 1
    exits = np.zeros((height + 1, stride), np.uint8)
    beside = padded[:, 1:] != padded[:, :-1]
    over = padded[1:] != padded[:-1]
    exits[:-1, 1:-1] |= beside * np.uint8(_DOWN)
    exits[1:, 1:-1] |= beside * np.uint8(_UP)
    exits[1:-1, :-1] |= over * np.uint8(_RIGHT)
    exits[1:-1, 1:] |= over * np.uint8(_LEFT)
    corner = np.flatnonzero(exits)
    plain = np.array([bits.bit_count() == 2 for bits in range(16)])[exits.ravel()[corner]]
    nodes = np.zeros(exits.size, np.uint8)
    nodes[corner[~plain]] = 1
    node = nodes.tobytes()
    open_exits = bytearray(exits.tobytes())
    step = {_RIGHT: 1, _DOWN: stride, _LEFT: -1, _UP: -stride}
    found = []
    for start in corner[~plain].tolist():
        for bit in (_RIGHT, _DOWN, _LEFT, _UP):
            if open_exits[start] & bit:
                found.append(_walked(open_exits, node, step, start, bit))
    for start in corner[plain].tolist():
        if open_exits[start]:
            loop, bits = _walked(open_exits, node, step, start, open_exits[start] & -open_exits[start])
            turn = _corner_of(np.array(loop[:-1]), stride)
            found.append((loop[turn:-1] + loop[: turn + 1], bits[turn:] + bits[:turn]))
    return [_measured(path, bits, padded, across, down, stride) for path, bits in found]


def _walked(
    open_exits: bytearray, node: bytes, step: dict[int, int], start: int, bit: int
) -> tuple[list[int], list[int]]:
    """The corners from ``start`` to the next junction, or back to ``start``, and the direction of each step."""
    at, path, bits = start, [start], []
    while True:
        open_exits[at] &= ~bit
        at += step[bit]
        open_exits[at] &= ~_OPPOSITE[bit]
        path.append(at)
        bits.append(bit)
        if node[at] or not open_exits[at]:
            return path, bits
        bit = open_exits[at]


def _corner_of(loop: NDArray[np.int64], stride: int) -> int:
    """Where to cut a closed outline: at the point farthest from its middle, a corner if it has any."""
    y, x = np.divmod(loop, stride)
    return int(((x - x.mean()) ** 2 + (y - y.mean()) ** 2).argmax())


def _measured(path: list[int], bits: list[int], padded: I32, across: F32, down: F32, stride: int) -> _Arc:
    corner = np.array(path)
    y, x = np.divmod(corner, stride)
    direction = np.array(bits)
    upright = (direction == _DOWN) | (direction == _UP)
    # Corners count from the padding's, points from the picture's.
    row, column = np.minimum(y[:-1], y[1:]) - 1, np.minimum(x[:-1], x[1:]) - 1
    points = np.empty((len(path) + 1, 2))
    points[0], points[-1] = (x[0] - 1, y[0] - 1), (x[-1] - 1, y[-1] - 1)
    height, width = across.shape[0], across.shape[1] - 1
    shift_x = across[np.clip(row, 0, height - 1), np.clip(column, 0, width)]
    shift_y = down[np.clip(row, 0, height), np.clip(column, 0, width - 1)]
    points[1:-1, 0] = np.where(upright, column + shift_x, column + 0.5)
    points[1:-1, 1] = np.where(upright, row + 0.5, row + shift_y)
    top, first = int(y[0]), int(x[0])
    left, right = {
        _RIGHT: ((top - 1, first), (top, first)),
        _DOWN: ((top, first), (top, first - 1)),
        _LEFT: ((top, first - 1), (top - 1, first - 1)),
        _UP: ((top - 1, first - 1), (top - 1, first)),
    }[bits[0]]
    return _Arc(path[0], path[-1], points, int(padded[left]), int(padded[right]), [], np.empty((0, 5)))


def _simplified(points: F64, tolerance: float) -> list[int]:
    """Douglas and Peucker: the indices of the corners that keep every point within ``tolerance`` of its chord."""
    last = len(points) - 1
    if last < 3:
        return [0, last]
    corners, pending = [0, last], [(0, last)]
    if np.array_equal(points[0], points[-1]):
        far = int(((points - points[0]) ** 2).sum(axis=1).argmax())
        corners.append(far)
        pending = [(0, far), (far, last)]
    while pending:
        low, high = pending.pop()
        if high - low < 3:
            continue
        origin = points[low]
        dx, dy = points[high] - origin
        inner = points[low + 1 : high] - origin
        off = np.abs(inner[:, 0] * dy - inner[:, 1] * dx)
        far = int(off.argmax())
        if off[far] > tolerance * np.hypot(dx, dy):
            middle = low + 1 + far
            corners.append(middle)
            pending += [(low, middle), (middle, high)]
    return sorted(corners)


def _fitted(points: F64, corners: list[int]) -> F64:
    """Per chord the line that fits its points best: a point on it, its direction, and its length in pixels."""
    lines = np.empty((len(corners) - 1, 5))
    for at, (low, high) in enumerate(itertools.pairwise(corners)):
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
        lines[at] = *middle, *direction, length
    return lines


def _nodes(arcs: list[_Arc], stride: int, size: tuple[int, int], reach: float) -> dict[int, F64]:
    """Where borders meet: the point nearest to all the lines that end there, long ones counting more."""
    width, height = size
    meeting: dict[int, list[F64]] = {}
    for arc in arcs:
        meeting.setdefault(arc.first, []).append(arc.lines[0])
        meeting.setdefault(arc.last, []).append(arc.lines[-1])
    nodes = {}
    for corner, lines in meeting.items():
        y, x = divmod(corner, stride)
        home = np.array([x - 1.0, y - 1.0])
        normal = np.array([(-line[3], line[2]) for line in lines])
        offset = np.array([-line[3] * line[0] + line[2] * line[1] for line in lines])
        weight = np.array([min(line[4], _WEIGHTIEST) for line in lines])
        weight = weight * weight
        # A weak pull towards the traced corner settles what parallel lines leave open.
        matrix = (normal * weight[:, None]).T @ normal + 0.05 * np.eye(2) * weight.max()
        place = np.linalg.solve(matrix, (normal * weight[:, None]).T @ offset + 0.05 * weight.max() * home)
        gap = place - home
        far = float(np.hypot(*gap))
        if far > reach:
            place = home + gap * (reach / far)
        if home[0] in (0, width):
            place[0] = home[0]
        if home[1] in (0, height):
            place[1] = home[1]
        nodes[corner] = np.clip(place, 0, (width, height))
    return nodes


def _path(arc: _Arc, first: F64, last: F64, reach: float) -> F64:
    """The corner points of a fitted border: where neighbouring lines meet, if that is near the traced corner."""
    path = np.empty((len(arc.corners), 2))
    path[0], path[-1] = first, last
    for at in range(1, len(arc.corners) - 1):
        before, after = arc.lines[at - 1], arc.lines[at]
        corner = arc.points[arc.corners[at]]
        cross = before[2] * after[3] - before[3] * after[2]
        path[at] = corner
        if abs(cross) > 0.05:
            along = ((after[0] - before[0]) * after[3] - (after[1] - before[1]) * after[2]) / cross
            meet = before[:2] + along * before[2:4]
            if np.hypot(*(meet - corner)) < reach:
                path[at] = meet
        else:
            # Nearly straight: the middle of the two feet.
            feet = [line[:2] + ((corner - line[:2]) @ line[2:4]) * line[2:4] for line in (before, after)]
            path[at] = (feet[0] + feet[1]) / 2
    return path


def _smoothed(path: F64) -> F64:
    """Turns runs of short chords with blunt corners, which a curve was cut into, back into a curve."""
    if len(path) < 4:
        return path
    chord = np.diff(path, axis=0)
    length = np.maximum(np.hypot(chord[:, 0], chord[:, 1]), 1e-9)
    turn = (chord[:-1] * chord[1:]).sum(axis=1) / (length[:-1] * length[1:])
    blunt = (turn > _CURVED_BELOW) & (turn < _CURVED_ABOVE)
    blunt &= np.maximum(length[:-1], length[1:]) < _LONGEST_CHORD
    # A curve keeps turning one way; a single bend, or one to and fro, is a wobble.
    way = np.where(blunt, np.sign(chord[:-1, 0] * chord[1:, 1] - chord[:-1, 1] * chord[1:, 0]), 0)
    goes_on = np.zeros_like(blunt)
    goes_on[1:] |= way[1:] == way[:-1]
    goes_on[:-1] |= way[1:] == way[:-1]
    blunt &= goes_on
    if not blunt.any():
        return path
    pieces = [path[:1]]
    for at in range(1, len(path) - 1):
        if blunt[at - 1]:
            before, corner, after = (path[at - 1] + path[at]) / 2, path[at], (path[at] + path[at + 1]) / 2
            bend = ((1 - t) ** 2 * before + 2 * t * (1 - t) * corner + t * t * after for t in _BEND)
            pieces.append(np.array(list(bend)))
        else:
            pieces.append(path[at : at + 1])
    return np.concatenate([*pieces, path[-1:]])
