"""Where the frame of a capture lies: aspect ratios, crops, and the optics of the cropped camera. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

RATIOS: Final = {"16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1.0, "9:16": 9 / 16, "3:2": 3 / 2, "2:3": 2 / 3}
"""The aspect ratios that the API knows, when it cannot be asked."""
SOURCE: Final = "source"
NEAREST: Final = "nearest"
MIN_SIDE: Final = 64
_MAX_SOURCE_RATIO: Final = 8.0

Vector = tuple[float, float, float]


def ratio_of(name: str) -> float | None:
    """Returns width divided by height of a ratio such as ``16:9``, or None if it is no pair of numbers."""
    width, _, height = name.partition(":")
    try:
        return float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        return None


def nearest_ratio(width: float, height: float, names: Sequence[str] = tuple(RATIOS)) -> str:
    """Returns the name of the aspect ratio that is nearest to a view: the one that crops the smallest part away."""
    view = math.log(width / height)
    known = {name: ratio for name in names if (ratio := ratio_of(name))}
    return min(known or RATIOS, key=lambda name: abs(math.log((known or RATIOS)[name]) - view))


def chosen_ratio(choice: str, width: float, height: float, names: Sequence[str] = tuple(RATIOS)) -> tuple[str, float]:
    """Returns the field ``aspectRatio`` of an order, and the proportions of its capture.

    ``choice`` is a ratio, ``nearest``, or ``source``, which keeps the view's own proportions up to 8 to 1.
    """
    if choice == SOURCE:
        ratio = min(max(width / height, 1 / _MAX_SOURCE_RATIO), _MAX_SOURCE_RATIO)
        return SOURCE, ratio
    name = choice if ratio_of(choice) else nearest_ratio(width, height, names)
    return name, ratio_of(name) or width / height


@dataclass(frozen=True)
class Crop:
    """The largest rectangle of a ratio in the middle of a view. Units are those of the view: pixels."""

    x: float
    y: float
    width: float
    height: float


def crop(width: float, height: float, ratio: float) -> Crop:
    """Returns what a capture of proportions ``ratio`` shows of a view."""
    inner_width, inner_height = (height * ratio, height) if width / height > ratio else (width, width / ratio)
    return Crop((width - inner_width) / 2, (height - inner_height) / 2, inner_width, inner_height)


def capture_size(ratio: float, longer_side: int) -> tuple[int, int]:
    """Returns the pixels of a capture. Both sides are even and at least 64."""
    width, height = (longer_side, longer_side / ratio) if ratio >= 1 else (longer_side * ratio, longer_side)
    return max(MIN_SIDE, 2 * round(width / 2)), max(MIN_SIDE, 2 * round(height / 2))


@dataclass(frozen=True)
class Optics:
    """What a camera sees. ``fit`` is ``AUTO``, ``HORIZONTAL`` or ``VERTICAL``; lengths are in mm.

    ``ortho_scale`` is the width of the frame in the host's units, and counts if ``is_parallel``.
    """

    lens: float = 50.0
    sensor_width: float = 36.0
    sensor_height: float = 24.0
    fit: str = "AUTO"
    shift_x: float = 0.0
    shift_y: float = 0.0
    is_parallel: bool = False
    ortho_scale: float = 6.0

    def cropped(self, width: float, height: float, inner: Crop) -> Optics:
        """Returns the optics that show ``inner`` of the frame of ``width`` by ``height``, with square pixels.

        The sensor of the result fits horizontally. Nothing else moves: a point keeps its place in the view.
        """
        fits_width = self.fit == "HORIZONTAL" or (self.fit == "AUTO" and width >= height)
        side = width if fits_width else height
        sensor = self.sensor_height if self.fit == "VERTICAL" else self.sensor_width
        part = inner.width / side
        return replace(
            self,
            fit="HORIZONTAL",
            sensor_width=sensor * part,
            sensor_height=sensor * inner.height / side,
            shift_x=self.shift_x / part,
            shift_y=self.shift_y / part,
            ortho_scale=self.ortho_scale * part,
        )

    def vertical_fov(self, ratio: float) -> float:
        """Returns the vertical field of view in degrees of a frame that fits horizontally."""
        return math.degrees(2 * math.atan(self.sensor_width / ratio / (2 * self.lens)))


def gltf_axes(vector: Sequence[float]) -> Vector:
    """Returns a vector of the host (Z up) in the axes of glTF (Y up)."""
    x, y, z = vector
    return float(x), float(z), -float(y)
