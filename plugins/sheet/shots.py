"""Which host captures which view of which model, and where the camera stands. Pure; every host imports it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.captures.catalogue import (
    DUPLEX,
    FURTHER,
    KITCHEN_INSIDE,
    MODELS,
    PLAYGROUND,
    SAMPLE,
    View,
)

SENSOR = 36.0
"""Millimetres across, to which ``View.lens`` refers."""
RATIO = 16 / 9
DETAIL = View("detail", azimuth=35, elevation=22, fill=0.9)
FILES = {**MODELS, "detail": FURTHER / "ArchDetail.FCStd"}
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Shot:
    """A view that a host captures. ``as_viewport`` takes the host's own shading in place of the clean colours."""

    name: str
    view: View
    as_viewport: bool = False

    @property
    def file(self) -> Path:
        """Returns the file of the model, which need not be there."""
        return FILES[self.view.model]


# Kitchen and playground are compressed, which of these hosts only Blender 4.5 and 3.4 read.
SHOTS: dict[str, tuple[Shot, ...]] = {
    "Blender 5.2 (bpy)": (Shot("52-sample", SAMPLE), Shot("52-duplex", DUPLEX)),
    "Blender 4.5 (bpy)": (Shot("45-kitchen", KITCHEN_INSIDE), Shot("45-playground", PLAYGROUND)),
    "Blender 3.4 (window)": (Shot("34-sample", SAMPLE, as_viewport=True),),
    "FreeCAD 0.20 (window)": (Shot("020-sample", SAMPLE), Shot("020-duplex", DUPLEX), Shot("020-detail", DETAIL)),
}


def stand(view: View, points: Iterable[Sequence[float]]) -> tuple[Point, Point]:
    """Returns eye and target of a view on points with Z up, in their unit: corners of a box are enough."""
    corners = [tuple(each) for each in points]
    low, high = ([pick(each[axis] for each in corners) for axis in range(3)] for pick in (min, max))
    if view.eye is not None:
        eye, target = (
            [low[axis] + part[axis] * (high[axis] - low[axis]) for axis in range(3)] for part in (view.eye, view.target)
        )
        return _point(eye), _point(target)
    azimuth, elevation = math.radians(view.azimuth), math.radians(view.elevation)
    away = (math.sin(azimuth) * math.cos(elevation), -math.cos(azimuth) * math.cos(elevation), math.sin(elevation))
    right = (math.cos(azimuth), math.sin(azimuth), 0.0)
    up = _cross(away, right)
    seen = [(_dot(each, right), _dot(each, up), _dot(each, away)) for each in corners]
    middle = [(min(each[axis] for each in seen) + max(each[axis] for each in seen)) / 2 for axis in range(3)]
    slope = SENSOR / 2 / view.lens * view.fill
    distance = max(max(abs(x - middle[0]), abs(y - middle[1]) * RATIO) / slope + (z - middle[2]) for x, y, z in seen)
    target = [middle[0] * right[axis] + middle[1] * up[axis] + middle[2] * away[axis] for axis in range(3)]
    return _point([target[axis] + distance * away[axis] for axis in range(3)]), _point(target)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _cross(one: Sequence[float], other: Sequence[float]) -> Point:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _point(values: Sequence[float]) -> Point:
    return values[0], values[1], values[2]
