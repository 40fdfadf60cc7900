"""The options of an order: what the user chose and what the scene says, as the SDK takes them. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from .frame import Optics, gltf_axes

PATH_TRACER: Final = "cycles"
MAX_SEED: Final = 2**31 - 1
_KEPT: Final = ("prompt", "negative_prompt", "style", "quality", "model", "structure_strength", "seed")


@dataclass(frozen=True)
class Look:
    """What a user chooses for all views together. ``seed`` None is chosen by the server."""

    style: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    quality: str = "standard"
    model: str = ""
    structure_strength: float = 0.7
    seed: int | None = None

    @property
    def is_path_traced(self) -> bool:
        """Whether the model itself is rendered, in place of the capture."""
        return self.model == PATH_TRACER

    def options(self) -> dict[str, Any]:
        """Returns what an order says of the look. Empty texts are left out, so that the server's defaults count."""
        return {name: value for name, value in asdict(self).items() if value is not None and value != ""}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Look:
        """Returns a look that was stored, without what this version does not know."""
        return cls(**{name: stored[name] for name in _KEPT if name in stored})


@dataclass(frozen=True)
class ViewCamera:
    """The camera of a capture, in the host's units, Z up. ``forward`` and ``up`` have length 1."""

    name: str
    position: tuple[float, float, float]
    forward: tuple[float, float, float]
    up: tuple[float, float, float]
    optics: Optics
    ratio: float
    """Width divided by height of the capture; the optics fit horizontally."""
    view_distance: float = 1.0
    """How far the target is away; it matters to nobody but a parallel camera."""

    def wire(self, *, near: float | None = None, far: float | None = None, is_model: bool = False) -> dict[str, Any]:
        """Returns the field ``camera`` of an order, in the axes of glTF.

        ``near`` and ``far`` are the distances that white and black of a depth image stand for.
        """
        target = tuple(at + self.view_distance * along for at, along in zip(self.position, self.forward))
        camera: dict[str, Any] = {
            "position": _rounded(gltf_axes(self.position)),
            "target": _rounded(gltf_axes(target)),
            "up": _rounded(gltf_axes(self.up) if is_model else (0.0, 1.0, 0.0)),
            "projection": "parallel" if self.optics.is_parallel else "perspective",
        }
        if self.optics.is_parallel and is_model:
            # The server takes the height of a parallel frame from its distance and its field of view.
            height = self.optics.ortho_scale / self.ratio
            camera["fov"] = round(min(max(math.degrees(2 * math.atan(height / 2 / self.view_distance)), 1), 170), 4)
        elif not self.optics.is_parallel:
            camera["fov"] = round(min(max(self.optics.vertical_fov(self.ratio), 1), 170), 4)
        if near is not None and far is not None and near < far:
            camera |= {"near": round(near, 5), "far": round(far, 5)}
        if is_model and (self.optics.shift_x or self.optics.shift_y):
            # Ours are parts of the width, since the frame fits horizontally; the API's of the longer side.
            part = 1.0 if self.ratio >= 1 else self.ratio
            camera["shift"] = _rounded((self.optics.shift_x * part, self.optics.shift_y * part))
        return camera

    def tangents(self) -> tuple[float, float, float, float]:
        """Returns the tangents of the view at its left, right, bottom and top border; 0 if it is parallel."""
        if self.optics.is_parallel:
            return 0.0, 0.0, 0.0, 0.0
        width = self.optics.sensor_width / self.optics.lens
        height = width / self.ratio
        x, y = self.optics.shift_x * width, self.optics.shift_y * width
        return x - width / 2, x + width / 2, y - height / 2, y + height / 2


def sun_of(towards: Sequence[float]) -> dict[str, float] | None:
    """Returns the field ``sun`` of an order from the direction towards the sun, Z up. None without one."""
    x, y, z = towards
    length = math.sqrt(x * x + y * y + z * z)
    if length < 1e-9:
        return None
    azimuth = math.degrees(math.atan2(x, y)) % 360  # clockwise from +Y, which is -Z of glTF
    return {"azimuth": round(azimuth, 3), "elevation": round(math.degrees(math.asin(z / length)), 3)}


def priced_like(options: dict[str, Any]) -> tuple[str, str]:
    """Returns model and quality of an order, which its price depends on. Names may be ours or those of the wire."""
    return str(options.get("model", "")), str(options.get("quality", "high"))


def _rounded(vector: Sequence[float]) -> list[float]:
    return [round(each, 5) + 0.0 for each in vector]
