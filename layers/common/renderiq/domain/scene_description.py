"""What a plugin knows of the scene behind a capture: its camera, and the material of each colour of the id image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_MATERIALS: Final = 256
MAX_MATERIAL_NAME: Final = 128

Vector = tuple[float, float, float]


class Projection(StrEnum):
    """How the camera projects the scene."""

    PERSPECTIVE = "perspective"
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True)
class Camera:
    """The camera of a capture. None stands for what the plugin did not send.

    ``fov`` is the vertical field of view of the whole capture in degrees. ``position``, ``target`` and ``up`` are in
    the coordinates of the scene, and only the angle between the view and ``up`` counts. ``near`` and ``far`` are the
    distances along the view that white and black of the depth image stand for. ``lens`` is the focal length in mm on a
    sensor 36 mm wide, ``shift`` moves the picture right and up in parts of its longer side, and ``name`` is a camera of
    the 3D model: these three are for renders of a model.
    """

    fov: float | None = None
    projection: Projection = Projection.PERSPECTIVE
    position: Vector | None = None
    target: Vector | None = None
    up: Vector | None = None
    near: float | None = None
    far: float | None = None
    lens: float | None = None
    shift: tuple[float, float] | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Sun:
    """Where the sun is, in degrees: ``azimuth`` clockwise from -Z, ``elevation`` above the horizon."""

    azimuth: float
    elevation: float


class SurfaceMaterial(StrEnum):
    """The materials that a plugin can name for the colours of the material id image."""

    PLASTER = "plaster"
    PAINT = "paint"
    CONCRETE = "concrete"
    BRICK = "brick"
    STONE = "stone"
    METAL = "metal"
    GLASS = "glass"
    WOOD = "wood"
    ROOF_TILES = "roof_tiles"
    TILES = "tiles"
    FABRIC = "fabric"
    FOLIAGE = "foliage"
    GRASS = "grass"
    PAVING = "paving"
    GRAVEL = "gravel"
    SOIL = "soil"
    SAND = "sand"
    WATER = "water"

    @classmethod
    def named(cls, name: str) -> SurfaceMaterial | None:
        """Returns the material of a name or of one of its synonyms, in any case, or None."""
        word = re.sub(r"[\s_-]+", "_", name.strip().lower())
        known = _SYNONYMS.get(word, word)
        return cls(known) if known in _NAMES else None


_NAMES: Final = frozenset(material.value for material in SurfaceMaterial)
_SYNONYMS: Final = {
    **dict.fromkeys(("stucco", "render", "drywall", "gypsum", "wall"), "plaster"),
    **dict.fromkeys(("painted", "lacquer", "plastic"), "paint"),
    **dict.fromkeys(("cement", "screed"), "concrete"),
    **dict.fromkeys(("bricks", "masonry", "clinker"), "brick"),
    **dict.fromkeys(("marble", "granite", "slate", "limestone", "sandstone"), "stone"),
    **dict.fromkeys(("steel", "aluminium", "aluminum", "zinc", "copper", "iron", "chrome"), "metal"),
    **dict.fromkeys(("glazing", "window", "pane", "translucent_glass"), "glass"),
    **dict.fromkeys(("timber", "oak", "pine", "parquet", "plywood", "cladding"), "wood"),
    **dict.fromkeys(("roof", "roof_tile", "roofing", "shingles"), "roof_tiles"),
    **dict.fromkeys(("tile", "ceramic", "ceramics", "porcelain"), "tiles"),
    **dict.fromkeys(("textile", "cloth", "carpet", "leather", "upholstery"), "fabric"),
    **dict.fromkeys(("tree", "trees", "leaves", "hedge", "plant", "plants", "vegetation"), "foliage"),
    **dict.fromkeys(("lawn", "meadow", "turf"), "grass"),
    **dict.fromkeys(("asphalt", "pavement", "pavers", "street", "road"), "paving"),
    **dict.fromkeys(("pebbles",), "gravel"),
    **dict.fromkeys(("earth", "dirt", "mud", "ground"), "soil"),
    **dict.fromkeys(("pool", "sea", "lake", "river"), "water"),
}


def known_materials(names: Mapping[str, str]) -> tuple[dict[str, SurfaceMaterial], list[str]]:
    """Returns the material of each colour whose name is known, and the unknown names, each once."""
    found = {colour: SurfaceMaterial.named(name) for colour, name in names.items()}
    unknown = sorted({names[colour] for colour, material in found.items() if material is None})
    return {colour: material for colour, material in found.items() if material is not None}, unknown
