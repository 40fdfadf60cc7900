"""Reads the triangles of a GLB, for a host that cannot. Only what the sample models use: no skins, no compression."""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Numbers = Any
"""An array of numpy, which a host brings without its types."""
_TYPES = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


@dataclass
class Part:
    """All triangles of a material. Points are metres with Z up; ``colour`` is linear."""

    name: str
    colour: tuple[float, float, float]
    opacity: float = 1.0
    points: list[Numbers] = field(default_factory=list)
    """Arrays of three corners of each triangle, (n, 3, 3)."""


def read_glb(path: Path) -> list[Part]:
    """Returns the parts of the model. Raises ``KeyError`` for what it does not know."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<I", content, 12)
    document, binary = json.loads(content[20 : 20 + length]), content[28 + length :]
    parts: dict[int, Part] = {}
    for index, material in enumerate(document.get("materials", [])):
        red, green, blue, alpha = material.get("pbrMetallicRoughness", {}).get("baseColorFactor", (0.8, 0.8, 0.8, 1))
        opacity = alpha if material.get("alphaMode") == "BLEND" else 1.0
        parts[index] = Part(material.get("name", f"Material {index}"), (red, green, blue), opacity)
    parts = defaultdict(lambda: Part("Material", (0.8, 0.8, 0.8)), parts)
    scene = document["scenes"][document.get("scene", 0)]
    waiting = [(node, np.eye(4)) for node in scene["nodes"]]
    while waiting:
        number, parent = waiting.pop()
        node = document["nodes"][number]
        place = parent @ _matrix(node)
        waiting += [(each, place) for each in node.get("children", [])]
        for primitive in document["meshes"][node["mesh"]]["primitives"] if "mesh" in node else ():
            points = _read(document, binary, primitive["attributes"]["POSITION"]) @ place[:3, :3].T + place[:3, 3]
            corners = _read(document, binary, primitive["indices"]).reshape(-1, 3)
            turned = np.stack((points[:, 0], -points[:, 2], points[:, 1]), axis=1)
            parts[primitive.get("material", -1)].points.append(turned[corners])
    return [each for each in parts.values() if each.points]


def _matrix(node: dict[str, Any]) -> Numbers:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turn = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
    found = np.eye(4)
    found[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), float)
    found[:3, 3] = node.get("translation", (0, 0, 0))
    return found


def _read(document: dict[str, Any], binary: bytes, number: int) -> Numbers:
    accessor = document["accessors"][number]
    view = document["bufferViews"][accessor["bufferView"]]
    kind, width = np.dtype(_TYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    step = view.get("byteStride", kind.itemsize * width)
    rows = np.lib.stride_tricks.as_strided(
        np.frombuffer(binary, np.uint8, offset=start), (accessor["count"], kind.itemsize * width), (step, 1)
    )
    return np.ascontiguousarray(rows).view(kind).reshape(-1, width)
