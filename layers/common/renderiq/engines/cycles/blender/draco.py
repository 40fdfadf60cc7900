"""Unpacks the meshes of a GLB that Draco compressed: Blender's module on PyPI lacks the library for it."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any, Final

import numpy as np

DRACO: Final = "KHR_draco_mesh_compression"
_TYPES: Final = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_UNSIGNED: Final = 5125
_JSON: Final = b"JSON"
_BIN: Final = b"BIN\0"


def unpack(path: Path) -> bool:
    """Writes the file anew without Draco. Returns whether it used it. Raises ``ValueError`` for a damaged one."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    if DRACO not in document.get("extensionsUsed", []):
        return False
    packed = memoryview(data)[28 + length :]
    binary = bytearray(packed)
    views, accessors = document["bufferViews"], document["accessors"]

    def add(values: Any) -> int:
        binary.extend(b"\0" * (-len(binary) % 4))
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": values.nbytes})
        binary.extend(values.tobytes())
        return len(views) - 1

    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            if given := primitive.get("extensions", {}).pop(DRACO, None):
                _unpack_primitive(primitive, given, packed, views, accessors, add)
    for key in ("extensionsUsed", "extensionsRequired"):
        document[key] = [each for each in document.get(key, []) if each != DRACO]
    document["buffers"][0]["byteLength"] = len(binary)
    _write(path, document, binary)
    return True


def _unpack_primitive(
    primitive: Any, given: Any, packed: memoryview, views: list[Any], accessors: list[Any], add: Any
) -> None:
    import DracoPy  # type: ignore[import-not-found]  # of the path tracer's environment

    view = views[given["bufferView"]]
    start = view.get("byteOffset", 0)
    mesh = DracoPy.decode(bytes(packed[start : start + view["byteLength"]]))
    faces = np.asarray(mesh.faces, np.uint32).ravel()
    indices = accessors[primitive["indices"]]
    indices.update(count=len(faces), componentType=_UNSIGNED, bufferView=add(faces), byteOffset=0)
    for name, number in given["attributes"].items():
        accessor = accessors[primitive["attributes"][name]]
        values = np.ascontiguousarray(
            mesh.get_attribute_by_unique_id(number)["data"], _TYPES[accessor["componentType"]]
        )
        accessor.update(count=len(values), bufferView=add(values), byteOffset=0)


def _write(path: Path, document: Any, binary: bytearray) -> None:
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary.extend(b"\0" * (-len(binary) % 4))
    with path.open("wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(binary)))
        file.write(struct.pack("<I4s", len(text), _JSON) + text)
        file.write(struct.pack("<I4s", len(binary), _BIN))
        file.write(binary)
