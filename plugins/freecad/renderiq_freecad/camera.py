"""The camera of a view: its crop, the standard views, and the field of an order. Pure.

Lengths are FreeCAD's millimetres, Z up; what an order says is in metres. Rotations are quaternions (x, y, z, w).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .shared.frame import Crop, Optics, Vector
from .shared.order import ViewCamera

METRES: Final = 0.001
_LENS: Final = 50.0
_MARGIN: Final = 1.15
_HALF: Final = math.sqrt(0.5)
Rotation = tuple[float, float, float, float]
STANDARD_VIEWS: Final[dict[str, Rotation]] = {
    "Isometric": (0.424708, 0.175920, 0.339851, 0.820473),
    "Front": (_HALF, 0.0, 0.0, _HALF),
    "Right": (0.5, 0.5, 0.5, 0.5),
    "Rear": (0.0, _HALF, _HALF, 0.0),
    "Left": (0.5, -0.5, -0.5, 0.5),
    "Top": (0.0, 0.0, 0.0, 1.0),
}
_SAVED: Final = 13


@dataclass(frozen=True)
class Bounds:
    """A box about the origin's axes."""

    low: Vector
    high: Vector

    @classmethod
    def of(cls, points: Iterable[Sequence[float]]) -> Bounds | None:
        """Returns the box of points, or None without any."""
        columns = list(zip(*points))
        if not columns:
            return None
        (lx, hx), (ly, hy), (lz, hz) = ((min(each), max(each)) for each in columns)
        return cls((lx, ly, lz), (hx, hy, hz))

    def corners(self) -> list[Vector]:
        """Returns its eight corners."""
        sides = zip(self.low, self.high)
        xs, ys, zs = sides
        return [(x, y, z) for x in xs for y in ys for z in zs]


@dataclass(frozen=True)
class CameraState:
    """What a camera shows. ``half_height`` is that of its frame: a tangent, or mm if it is parallel.

    ``focal`` is how far its target is away.
    """

    name: str
    position: Vector
    rotation: Rotation
    is_parallel: bool
    half_height: float
    focal: float

    @property
    def forward(self) -> Vector:
        """Where it looks; length 1."""
        return rotated(self.rotation, (0.0, 0.0, -1.0))

    @property
    def up(self) -> Vector:
        """Where the top of the picture is; length 1."""
        return rotated(self.rotation, (0.0, 1.0, 0.0))

    def cropped(self, height: float, inner: Crop) -> CameraState:
        """Returns the camera that shows the crop of a view of ``height`` pixels."""
        return replace(self, half_height=self.half_height * inner.height / height)

    def depth(self, point: Vector) -> float:
        """Returns how far a point lies in front of it, along the view."""
        return sum(f * (p - at) for f, p, at in zip(self.forward, point, self.position))

    def in_front_of(self, bounds: Bounds) -> CameraState:
        """Returns a parallel camera moved back until all is in front of it. A perspective one stays."""
        if not self.is_parallel:
            return self
        depths = [self.depth(each) for each in bounds.corners()]
        back = max(0.0, 0.05 * (max(depths) - min(depths)) + 1 - min(depths))
        moved = tuple(at - back * f for at, f in zip(self.position, self.forward))
        return replace(self, position=(moved[0], moved[1], moved[2]), focal=self.focal + back)

    def clip(self, bounds: Bounds) -> tuple[float, float]:
        """Returns the distances between which all lies that is in front of it."""
        depths = [self.depth(each) for each in bounds.corners()]
        far = max(*depths, 1.0) * 1.02
        return max(min(depths) * 0.98, far / 10_000), far

    def converted(self, *, is_parallel: bool) -> CameraState:
        """Returns the camera in the other projection, with the same frame at its target."""
        if is_parallel == self.is_parallel:
            return self
        size = self.half_height * self.focal if is_parallel else self.half_height / max(self.focal, 1e-6)
        return replace(self, is_parallel=is_parallel, half_height=size)

    def of_order(self, ratio: float) -> ViewCamera:
        """Returns what an order says, for a picture of width divided by height ``ratio``."""
        x, y, z = self.position
        half_width = self.half_height * ratio
        if self.is_parallel:
            optics = Optics(lens=_LENS, fit="HORIZONTAL", is_parallel=True, ortho_scale=2 * half_width * METRES)
        else:
            optics = Optics(lens=_LENS, sensor_width=2 * _LENS * half_width, fit="HORIZONTAL")
        place = (x * METRES, y * METRES, z * METRES)
        distance = max(self.focal * METRES, 0.001)
        return ViewCamera(self.name, place, self.forward, self.up, optics, ratio, distance)


@dataclass(frozen=True)
class Shot:
    """What a capture shows: its camera, the field ``aspectRatio``, and its pixels."""

    state: CameraState
    ratio_name: str
    size: tuple[int, int]

    @property
    def ratio(self) -> float:
        """Width divided by height."""
        return self.size[0] / self.size[1]


def coin_size(state: CameraState, ratio: float) -> float:
    """Returns ``height`` or ``heightAngle`` of Coin's camera, which means the shorter side of a picture."""
    half = state.half_height * min(ratio, 1.0)
    return 2 * half if state.is_parallel else 2 * math.atan(half)


def half_height_of(size: float, ratio: float, *, is_parallel: bool) -> float:
    """Returns ``CameraState.half_height`` of Coin's ``height`` or ``heightAngle``, in a view of that ratio."""
    return (size / 2 if is_parallel else math.tan(size / 2)) / min(ratio, 1.0)


def standard_view(name: str, bounds: Bounds, ratio: float, *, is_parallel: bool, angle: float) -> CameraState:
    """Returns one of the standard views of all that is visible. ``angle`` is half of the vertical one, as a tangent."""
    rotation = STANDARD_VIEWS[name]
    centre = tuple((low + high) / 2 for low, high in zip(bounds.low, bounds.high))
    right, up = rotated(rotation, (1.0, 0.0, 0.0)), rotated(rotation, (0.0, 1.0, 0.0))
    backward = rotated(rotation, (0.0, 0.0, 1.0))
    around = [tuple(p - c for p, c in zip(each, centre)) for each in bounds.corners()]

    def along(axis: Vector) -> float:
        return max(abs(sum(a * p for a, p in zip(axis, each))) for each in around)

    half = max(along(up), along(right) / ratio, 0.5) * _MARGIN
    depth = along(backward)
    distance = depth + 1 if is_parallel else depth + half / angle
    position = tuple(c + distance * b for c, b in zip(centre, backward))
    place = (position[0], position[1], position[2])
    return CameraState(name, place, rotation, is_parallel, half if is_parallel else angle, distance)


def saved_view(name: str, stored: Sequence[float]) -> CameraState | None:
    """Returns the view in the ``ViewData`` that Draft and BIM keep with planes and storeys, or None without one."""
    if len(stored) < _SAVED:
        return None
    x, y, z, qx, qy, qz, qw, _near, _far, _aspect, focal, size, kind = (float(each) for each in stored[:_SAVED])
    is_parallel = kind == 0.0
    if size <= 0 or focal <= 0:
        return None
    half = half_height_of(size, 1.0, is_parallel=is_parallel)
    return CameraState(name, (x, y, z), (qx, qy, qz, qw), is_parallel, half, focal)


def rotated(rotation: Rotation, vector: Vector) -> Vector:
    """Returns a vector turned by a quaternion of length 1."""
    qx, qy, qz, qw = rotation
    x, y, z = vector
    tx, ty, tz = 2 * (qy * z - qz * y), 2 * (qz * x - qx * z), 2 * (qx * y - qy * x)
    return (
        x + qw * tx + qy * tz - qz * ty,
        y + qw * ty + qz * tx - qx * tz,
        z + qw * tz + qx * ty - qy * tx,
    )
