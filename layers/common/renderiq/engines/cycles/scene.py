"""What the path tracer is asked to render, as plain data. It is handed to the process of Blender as JSON.

Lengths are metres and angles degrees. Coordinates are those of glTF: X right, Y up, Z towards the viewer of the front.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from types import UnionType
from typing import Any, Final, Self, Union, cast, get_args, get_origin, get_type_hints

from renderiq.domain.scene_description import Sun

Vector = tuple[float, float, float]

MAX_TRIANGLES: Final = 20_000_000
MAX_TEXTURE_PIXELS: Final = 400_000_000
"""All pictures in a model together. Cycles keeps four bytes of each pixel, or more."""
MAX_TEXTURE_SIDE: Final = 4096
"""Larger pictures are made smaller before the render."""


OUT_OF_MEMORY: Final = "The model needs more memory than a render has."
"""What the process of Blender says when Python got no memory."""


class ModelKind(StrEnum):
    """The file format of a model."""

    GLB = "glb"
    IFC = "ifc"
    USDZ = "usdz"
    OBJ = "obj"
    FBX = "fbx"


class Sky(StrEnum):
    """What lights the scene from above."""

    CLEAR = "clear"
    """The physical sky of Blender, with its sun."""
    OVERCAST = "overcast"
    """An even, bright sky without sun, brightest overhead (CIE)."""
    STUDIO = "studio"
    """A white backdrop without horizon, and one large soft lamp."""
    NIGHT = "night"
    """A dark blue sky, a weak moon, and lamps in all rooms."""


class Rooms(StrEnum):
    """Which view is found for a request without a camera."""

    EXTERIOR = "exterior"
    """The whole building."""
    INTERIOR = "interior"
    """The largest room."""


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """The camera. None stands for what the request leaves open.

    ``fov`` is the vertical field of view. ``lens`` is the focal length in mm on a sensor 36 mm wide, and is used
    without ``fov``. ``shift`` moves the picture right and up, in parts of its longer side. ``name`` is a camera of the
    model, and ``view`` what to find without ``position`` and ``name``.
    """

    position: Vector | None = None
    target: Vector | None = None
    up: Vector = (0.0, 1.0, 0.0)
    fov: float | None = None
    lens: float | None = None
    parallel: bool = False
    shift: tuple[float, float] = (0.0, 0.0)
    name: str = ""
    view: Rooms = Rooms.EXTERIOR


@dataclass(frozen=True, slots=True)
class StyleLight:
    """Light, ground, surfaces and grade of a style.

    ``sun_side`` is where the sun stands from the camera: 0 behind it, 90 to its right. ``softness`` is the angle that
    the sun fills. ``key`` is the mean brightness that the exposure aims at, where 0.18 is middle grey. ``look`` is a
    look of Blender's AgX. ``clay`` gives every surface but glass this one colour, ``#rrggbb``. ``air`` and ``dust``
    are the densities of Blender's sky. ``lamps`` is how bright the lamps in rooms are, of what is usual.
    """

    sky: Sky = Sky.CLEAR
    sun_elevation: float = 40.0
    sun_side: float = -50.0
    softness: float = 0.53
    air: float = 1.0
    dust: float = 1.0
    sun_strength: float = 1.0
    key: float = 0.26
    look: str = "AgX - Medium High Contrast"
    ground: str = "grass"
    clay: str = ""
    saturation: float = 1.0
    lamps: float = 0.6


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """What one render may use. ``seconds`` is the time of the whole process, ``memory`` its bytes."""

    seconds: int = 840
    memory: int = 9 << 30
    file_size: int = 3 << 30
    max_triangles: int = MAX_TRIANGLES


@dataclass(frozen=True, slots=True)
class SceneDescription:
    """A render. ``model`` is the name of the model's file in the folder of the render.

    ``samples`` are those of a pixel outside, half of those in a room. A pixel whose noise is below ``noise`` after 16
    samples, or each 16 more, gets no further ones. ``layers`` asks for depth, normals and materials beside the picture.
    """

    model: str
    kind: ModelKind
    width: int
    height: int
    samples: int
    seed: int
    light: StyleLight
    camera: CameraSpec = field(default_factory=CameraSpec)
    sun: Sun | None = None
    noise: float = 0.02
    threads: int = 0
    layers: bool = False
    limits: RenderLimits = field(default_factory=RenderLimits)

    def to_json(self) -> str:
        """Returns the description as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads what ``to_json`` wrote. Raises ``ValueError``, ``TypeError`` or ``KeyError`` for anything else."""
        return cast(Self, _read(cls, json.loads(text)))


def _read(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        inner = next(each for each in get_args(kind) if each is not type(None))
        return None if value is None else _read(inner, value)
    if origin is tuple:
        return tuple(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if hasattr(kind, "__dataclass_fields__"):
        hints = get_type_hints(kind)
        return kind(**{each.name: _read(hints[each.name], value[each.name]) for each in fields(kind)})
    return value
