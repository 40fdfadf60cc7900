"""The layers of a path-traced render: pictures of numbers beside the picture, for compositing and for other engines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_LISTED: Final = 128
"""How many materials of a layer are named: those that fill most of the picture."""


class LayerKind(StrEnum):
    """What a layer tells of each pixel."""

    DEPTH = "depth"
    """A grey PNG of 16 bits: 65535 is ``near``, 1 is ``far`` and all beyond it, 0 is where nothing is."""
    NORMAL = "normal"
    """A PNG of 16 bits: right, up and towards the camera, each from 0 (-1) to 65535 (1); black where nothing is."""
    MATERIAL_ID = "materialId"
    """A PNG of 8 bits with one flat colour for each material; black where nothing is."""


@dataclass(frozen=True, slots=True)
class LayerMaterial:
    """A material of a layer: its colour ``#rrggbb``, its name in the model, and the surface that it was rendered as.

    ``share`` is the part of the picture that it fills.
    """

    colour: str
    name: str
    surface: str
    share: float


@dataclass(frozen=True, slots=True)
class RenderLayer:
    """A stored layer. ``near`` and ``far`` are metres along the view that the ends of a depth stand for."""

    kind: LayerKind
    key: str
    near: float | None = None
    far: float | None = None
    materials: tuple[LayerMaterial, ...] = ()
