"""What must hold of a GLB file (glTF 2.0, Binary glTF layout): its header, and that it needs no other file."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

HEADER_BYTES: Final = 20
"""The header of the file, and that of its first chunk."""
MAX_JSON_BYTES: Final = 32 << 20
_MAGIC: Final = b"glTF"
_VERSION: Final = 2
_JSON: Final = b"JSON"
_INSTANCES: Final = "EXT_mesh_gpu_instancing"
_TRIANGLES, _STRIP, _FAN = 4, 5, 6


class GlbError(Exception):
    """The file is not a GLB that stands alone. The message is a part of a sentence about the file."""


def json_bytes(header: bytes, *, size: int | None) -> int:
    """Returns how many bytes the JSON of a file has, which follows the first ``HEADER_BYTES``.

    ``size`` is the number of bytes of the file, or None if it is not known. Raises ``GlbError``.
    """
    if len(header) < HEADER_BYTES or not header.startswith(_MAGIC):
        raise GlbError("is not a GLB")
    version, length, chunk, kind = struct.unpack_from("<III4s", header, 4)
    if version != _VERSION:
        raise GlbError(f"is a GLB of version {version}; version {_VERSION} is taken")
    if size is not None and length != size:
        raise GlbError(f"has {size:,} bytes, but its header says {length:,}")
    if kind != _JSON or HEADER_BYTES + chunk > length:
        raise GlbError("is a damaged GLB")
    if chunk > MAX_JSON_BYTES:
        raise GlbError(f"describes its scene in more than {MAX_JSON_BYTES >> 20} MiB of JSON")
    return int(chunk)


def check_json(text: bytes) -> dict[str, Any]:
    """Returns the JSON of a GLB. Raises ``GlbError`` if the JSON of a GLB is none, or names a file outside the GLB.

    A renderer that followed such a name would read what is not the user's.
    """
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GlbError("is a damaged GLB: its JSON cannot be read") from error
    if not isinstance(document, dict) or not isinstance(document.get("asset"), dict):
        raise GlbError("is a damaged GLB: its JSON is no glTF")
    pending: list[Any] = [document]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            uri = each.get("uri")
            if isinstance(uri, str) and not uri.lower().startswith("data:"):
                raise GlbError(f"refers to another file, {uri[:100]!r}; export it with everything embedded")
            pending.extend(each.values())
        elif isinstance(each, list):
            pending.extend(each)
    return document


def count_triangles(document: Mapping[str, Any]) -> int:
    """Returns the triangles that the JSON of a GLB tells of. A node that is shown often counts as often.

    Raises ``KeyError``, ``IndexError``, ``TypeError``, ``AttributeError`` or ``ValueError`` if its parts do not fit
    together.
    """
    accessors = document.get("accessors", [])
    sizes = [sum(_primitive(each, accessors) for each in mesh["primitives"]) for mesh in document.get("meshes", [])]
    return sum(
        sizes[node["mesh"]] * _instances(node, accessors) for node in document.get("nodes", []) if "mesh" in node
    )


def _primitive(primitive: Mapping[str, Any], accessors: list[Any]) -> int:
    mode = primitive.get("mode", _TRIANGLES)
    if mode not in {_TRIANGLES, _STRIP, _FAN}:
        return 0
    accessor = primitive.get("indices", primitive["attributes"].get("POSITION"))
    count = int(accessors[accessor]["count"]) if accessor is not None else 0
    return max(0, count // 3 if mode == _TRIANGLES else count - 2)


def _instances(node: Mapping[str, Any], accessors: list[Any]) -> int:
    attributes = node.get("extensions", {}).get(_INSTANCES, {}).get("attributes", {})
    return max((int(accessors[each]["count"]) for each in attributes.values()), default=1)
