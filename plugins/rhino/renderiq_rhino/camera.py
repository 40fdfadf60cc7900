"""What a viewport shows, its crop, and the camera of an order. Pure. Lengths are the model's own units, Z up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from .shared.frame import Crop, Optics, Vector, capture_size, chosen_ratio, crop
from .shared.order import ViewCamera

_LENS: Final = 50.0
_FAR_STRETCH: Final = 4.0
_MOST: Final = 0.98


@dataclass(frozen=True)
class Frustum:
    """A camera. Left, right, bottom and top are those of the frame at distance 1, or lengths if it is parallel.

    ``forward`` and ``up`` have length 1. ``distance`` is how far its target is away.
    """

    position: Vector
    forward: Vector
    up: Vector
    left: float
    right: float
    bottom: float
    top: float
    is_parallel: bool
    distance: float

    def depth(self, point: Sequence[float]) -> float:
        """Returns how far a point lies in front of the camera, along the view."""
        return sum(f * (p - at) for f, p, at in zip(self.forward, point, self.position))

    def seen_depths(self, triangle: Sequence[Vector]) -> list[float]:
        """Returns the distances of the corners of what the frame shows of a triangle; empty if it shows nothing."""
        (fx, fy, fz), (ux, uy, uz) = self.forward, self.up
        right = (fy * uz - fz * uy, fz * ux - fx * uz, fx * uy - fy * ux)
        polygon = list(triangle)
        for axis, limit, sign in (
            (right, self.left, 1.0), (right, self.right, -1.0), (self.up, self.bottom, 1.0), (self.up, self.top, -1.0)
        ):  # fmt: skip
            heights = []
            for point in polygon:
                aside = sum(a * (p - at) for a, p, at in zip(axis, point, self.position))
                heights.append(sign * (aside - limit * (1.0 if self.is_parallel else self.depth(point))))
            polygon = _half(polygon, heights)
        found = [self.depth(each) for each in polygon]
        return found if self.is_parallel else [each for each in found if each > 0]

    def of_order(self, name: str, size: tuple[int, int], view: tuple[int, int], metres: float) -> ViewCamera:
        """Returns what an order says, for the middle ``size`` pixels of a picture of ``view`` pixels.

        ``metres`` is the length of the model's unit.
        """
        part_x, part_y = size[0] / view[0], size[1] / view[1]
        width, height = (self.right - self.left) * part_x, (self.top - self.bottom) * part_y
        across, along = (self.left + self.right) / 2, (self.bottom + self.top) / 2
        place = tuple(each * metres for each in self.position)
        ratio = width / height
        scale = width * metres if self.is_parallel else 1.0
        optics = Optics(
            lens=_LENS, sensor_width=36.0 if self.is_parallel else _LENS * width, fit="HORIZONTAL",
            shift_x=across / width, shift_y=along / width, is_parallel=self.is_parallel, ortho_scale=scale,
        )  # fmt: skip
        x, y, z = place
        return ViewCamera(name, (x, y, z), self.forward, self.up, optics, ratio, max(self.distance * metres, 1e-3))


@dataclass(frozen=True)
class Shot:
    """What is captured: the field ``aspectRatio``, the pixels of the picture, and those of the view around it."""

    ratio_name: str
    size: tuple[int, int]
    view: tuple[int, int]

    @property
    def corner(self) -> tuple[int, int]:
        """The pixels of the view left of the picture and above it."""
        return (self.view[0] - self.size[0]) // 2, (self.view[1] - self.size[1]) // 2


def shot_of(width: int, height: int, choice: str, names: tuple[str, ...], longer_side: int) -> Shot:
    """Returns the shot of a viewport of that many pixels. The picture is the middle of a view with its proportions."""
    name, ratio = chosen_ratio(choice, width, height, *((names,) if names else ()))
    size = capture_size(ratio, longer_side)
    inner = crop(width, height, ratio)
    scale = max(size[0] / inner.width, size[1] / inner.height)
    view = (max(size[0], round(width * scale)), max(size[1], round(height * scale)))
    return Shot(name, size, view)


def frame_in(width: int, height: int, choice: str, names: tuple[str, ...]) -> Crop:
    """Returns what a capture shows of a viewport, in its pixels."""
    _, ratio = chosen_ratio(choice, width, height, *((names,) if names else ()))
    return crop(width, height, ratio)


def depth_range(depths: Iterable[float], *, is_parallel: bool) -> tuple[float, float] | None:
    """Returns the distances that white and black of a depth image stand for, or None without a point in front.

    A few points that lie much farther away than the others are left out, so that they take no levels from the rest.
    """
    found = sorted(each for each in depths if is_parallel or each > 0)
    if not found:
        return None
    most = found[math.ceil(_MOST * len(found)) - 1]
    far = min(found[-1], found[0] + _FAR_STRETCH * max(most - found[0], 1e-6))
    far = max(far, most)
    margin = max(far - found[0], abs(far) * 1e-3, 1e-6) * 0.01
    near = found[0] - margin
    if not is_parallel:
        near = max(near, far / 10_000)
    return near, far + margin


def level(depth: float, near: float, far: float) -> int:
    """Returns the grey of a distance: 255 is near, 1 is far; 0 is left to the background."""
    return 1 + round(254 * min(max((far - depth) / (far - near), 0.0), 1.0))


def clipped(
    points: Sequence[Vector], triangles: Iterable[tuple[int, int, int]], frustum: Frustum, near: float, far: float
) -> tuple[list[Vector], list[tuple[int, int, int]]]:
    """Returns the parts of triangles between two distances. The grey of a corner behind the camera would be wrong."""
    found: list[Vector] = []
    faces: list[tuple[int, int, int]] = []
    for triangle in triangles:
        polygon = [points[each] for each in triangle]
        for limit, sign in ((near, 1.0), (far, -1.0)):
            polygon = _half(polygon, [sign * (frustum.depth(each) - limit) for each in polygon])
        first = len(found)
        found += polygon
        faces += [(first, first + each, first + each + 1) for each in range(1, len(polygon) - 1)]
    return found, faces


def _half(polygon: list[Vector], heights: list[float]) -> list[Vector]:
    kept: list[Vector] = []
    for place, (point, height) in enumerate(zip(polygon, heights)):
        before, before_height = polygon[place - 1], heights[place - 1]
        if (height < 0) != (before_height < 0):
            part = before_height / (before_height - height)
            x, y, z = (b + part * (p - b) for b, p in zip(before, point))
            kept.append((x, y, z))
        if height >= 0:
            kept.append(point)
    return kept
