"""Writes binary glTF 2.0: triangles, materials, a camera and a sun. Pure.

Points have Z up, as hosts have them; the file has Y up and metres. Format:
https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
"""

from __future__ import annotations

import json
import math
import os
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .frame import Vector, gltf_axes
from .order import ViewCamera

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_FLOAT, _UINT = 5126, 5125
_VERTICES, _INDICES = 34962, 34963
_ROUGHNESS: Final = 0.6
_DAYLIGHT: Final = 100_000.0
"""Lux of a clear day."""


@dataclass(frozen=True)
class Material:
    """A material by its name. ``colour`` is sRGB, 0 to 1; ``opacity`` 0 to 1."""

    name: str
    colour: tuple[float, float, float]
    opacity: float = 1.0


@dataclass(frozen=True)
class Mesh:
    """Triangles of one material. ``triangles`` are indices of ``points``.

    ``is_smooth``: triangles that share a point are shaded as one surface. Otherwise each one is flat. ``normals`` are
    the host's own for the points of a smooth surface, of any length; without them they are the mean of the triangles'.
    """

    name: str
    points: Sequence[Vector]
    triangles: Sequence[tuple[int, int, int]]
    material: Material
    is_smooth: bool = True
    normals: Sequence[Vector] | None = None


def write_glb(
    path: Path,
    meshes: Iterable[Mesh],
    *,
    scale: float = 1.0,
    camera: ViewCamera | None = None,
    sun: dict[str, float] | None = None,
) -> None:
    """Writes a model, whole or not at all. ``scale`` turns units of the points into metres; the camera is in metres.

    ``sun`` is the field of an order: azimuth and elevation in degrees. Raises ``ValueError`` if nothing is to be seen.
    """
    file = _File()
    for mesh in meshes:
        if mesh.triangles:
            file.add_mesh(mesh, scale)
    if not file.nodes:
        raise ValueError("The model has no visible surface")
    if camera:
        file.add_camera(camera)
    if sun:
        file.add_sun(sun)
    part = path.with_suffix(".part")
    part.write_bytes(file.content())
    os.replace(part, path)


class _File:
    """The parts of a file, and the binary chunk."""

    def __init__(self) -> None:
        self.binary = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.meshes: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.materials: dict[Material, int] = {}
        self.more: dict[str, Any] = {}

    def add_mesh(self, mesh: Mesh, scale: float) -> None:
        points = [(x * scale, z * scale, -y * scale) for x, y, z in mesh.points]
        triangles: Sequence[tuple[int, int, int]] = mesh.triangles
        if not mesh.is_smooth:
            points = [points[each] for triangle in triangles for each in triangle]
            triangles = [(each, each + 1, each + 2) for each in range(0, len(points), 3)]
        flat = array("f", [number for point in points for number in point])
        position = self._accessor(flat, "VEC3", _FLOAT, _VERTICES)
        axes = [flat[each::3] for each in range(3)]
        self.accessors[position].update(min=[min(each) for each in axes], max=[max(each) for each in axes])
        if mesh.normals is not None and mesh.is_smooth:
            found = [_unit((x, z, -y)) for x, y, z in mesh.normals]
        else:
            found = _normals(points, triangles)
        normals = array("f", [number for normal in found for number in normal])
        attributes = {"POSITION": position, "NORMAL": self._accessor(normals, "VEC3", _FLOAT, _VERTICES)}
        corners = array("I", [each for triangle in triangles for each in triangle])
        primitive = {
            "attributes": attributes,
            "indices": self._accessor(corners, "SCALAR", _UINT, _INDICES),
            "material": self.materials.setdefault(mesh.material, len(self.materials)),
        }
        self.meshes.append({"name": mesh.name, "primitives": [primitive]})
        self.nodes.append({"name": mesh.name, "mesh": len(self.meshes) - 1})

    def _accessor(self, values: array[Any], kind: str, component: int, target: int) -> int:
        if sys.byteorder == "big":
            values.byteswap()
        content = values.tobytes()
        self.views.append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(content), "target": target}
        )  # fmt: skip
        self.binary += content
        size = 3 if kind == "VEC3" else 1
        self.accessors.append(
            {
                "bufferView": len(self.views) - 1,
                "componentType": component,
                "count": len(values) // size,
                "type": kind,
            }
        )
        return len(self.accessors) - 1

    def add_camera(self, camera: ViewCamera) -> None:
        optics, near, far = camera.optics, 0.01, 10_000.0
        found: dict[str, Any] = {"name": camera.name}
        if optics.is_parallel:
            half = optics.ortho_scale / 2
            sides = {"xmag": half, "ymag": half / camera.ratio, "znear": near, "zfar": far}
            found |= {"type": "orthographic", "orthographic": sides}
        else:
            angle = math.radians(optics.vertical_fov(camera.ratio))
            sides = {"aspectRatio": camera.ratio, "yfov": angle, "znear": near, "zfar": far}
            found |= {"type": "perspective", "perspective": sides}
        self.more["cameras"] = [found]
        backward = tuple(-each for each in gltf_axes(camera.forward))
        up = gltf_axes(camera.up)
        matrix = [*_cross(up, backward), 0.0, *up, 0.0, *backward, 0.0, *gltf_axes(camera.position), 1.0]
        self.nodes.append({"name": camera.name, "camera": 0, "matrix": [round(each, 7) + 0.0 for each in matrix]})

    def add_sun(self, sun: dict[str, float]) -> None:
        azimuth, elevation = math.radians(sun["azimuth"]), math.radians(sun["elevation"])
        flat = math.cos(elevation)
        backward = gltf_axes((flat * math.sin(azimuth), flat * math.cos(azimuth), math.sin(elevation)))
        side = _unit(_cross((0.0, 1.0, 0.0) if flat > 1e-6 else (0.0, 0.0, 1.0), backward))
        matrix = [*side, 0.0, *_cross(backward, side), 0.0, *backward, 0.0, 0.0, 0.0, 0.0, 1.0]
        light = {"name": "Sun", "type": "directional", "intensity": _DAYLIGHT, "color": [1.0, 1.0, 1.0]}
        self.more["extensionsUsed"] = ["KHR_lights_punctual"]
        self.more["extensions"] = {"KHR_lights_punctual": {"lights": [light]}}
        self.nodes.append(
            {"name": "Sun", "matrix": [round(each, 7) + 0.0 for each in matrix],
             "extensions": {"KHR_lights_punctual": {"light": 0}}}
        )  # fmt: skip

    def content(self) -> bytes:
        document = {
            "asset": {"version": "2.0", "generator": "Renderiq"},
            "scene": 0,
            "scenes": [{"nodes": list(range(len(self.nodes)))}],
            "nodes": self.nodes,
            "meshes": self.meshes,
            "materials": [_material(each) for each in self.materials],
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": len(self.binary)}],
            **self.more,
        }
        text = json.dumps(document, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        binary = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        head = struct.pack("<III", _MAGIC, 2, 12 + 8 + len(text) + 8 + len(binary))
        return b"".join(
            (head, struct.pack("<II", len(text), _JSON), text, struct.pack("<II", len(binary), _BIN), binary)
        )


def _material(material: Material) -> dict[str, Any]:
    colour = [round(_linear(each), 6) for each in material.colour]
    surface = {"baseColorFactor": [*colour, material.opacity], "metallicFactor": 0.0, "roughnessFactor": _ROUGHNESS}
    found: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": surface, "doubleSided": True}
    if material.opacity < 1:
        found["alphaMode"] = "BLEND"
    return found


def _linear(level: float) -> float:
    level = min(max(level, 0.0), 1.0)
    return level / 12.92 if level <= 0.04045 else float(((level + 0.055) / 1.055) ** 2.4)


def _normals(points: Sequence[Vector], triangles: Sequence[tuple[int, int, int]]) -> list[Vector]:
    """Returns the normal of each point: the mean of its triangles' by their areas."""
    xs, ys, zs = [0.0] * len(points), [0.0] * len(points), [0.0] * len(points)
    for a, b, c in triangles:
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = points[a], points[b], points[c]
        ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for each in (a, b, c):
            xs[each] += nx
            ys[each] += ny
            zs[each] += nz
    return [_unit(each) for each in zip(xs, ys, zs)]


def _unit(vector: Vector) -> Vector:
    x, y, z = vector
    length = math.sqrt(x * x + y * y + z * z)
    return (x / length, y / length, z / length) if length > 1e-20 else (0.0, 1.0, 0.0)


def _cross(one: Sequence[float], other: Sequence[float]) -> Vector:
    ax, ay, az = one
    bx, by, bz = other
    return ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
