"""Reads the OpenEXR files that Blender writes without compression: one or several parts, scan lines. Pure.

Format: https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final

import numpy as np

_MAGIC: Final = b"\x76\x2f\x31\x01"
_TILED, _DEEP, _MULTI_PART = 0x200, 0x800, 0x1000
_TYPES: Final = {0: "<u4", 1: "<f2", 2: "<f4"}


class ExrError(Exception):
    """The file is not one that this module can read."""


def read_exr(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Returns the channels by their names, such as ``ViewLayer.Combined.R``: arrays of height by width, as float32.

    The first row is the top of the picture. Raises ``ExrError``.
    """
    data = path.read_bytes()
    try:
        return _read(data)
    except (struct.error, ValueError, IndexError, KeyError) as error:
        raise ExrError(f"{path.name} is damaged: {error}") from error


def channel(channels: dict[str, np.ndarray[Any, Any]], ending: str) -> np.ndarray[Any, Any]:
    """Returns the channel whose name ends so, such as ``Combined.R``. Raises ``ExrError``."""
    for name, values in channels.items():
        if name == ending or name.endswith("." + ending):
            return values
    raise ExrError(f"The render has no channel {ending}, but {', '.join(channels) or 'none'}.")


def depth_channel(channels: dict[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """Returns the distances along the view. Blender calls them ``Depth.Z`` or ``Depth.V``. Raises ``ExrError``."""
    for ending in ("Depth.Z", "Depth.V", "Z"):
        try:
            return channel(channels, ending)
        except ExrError:
            continue
    raise ExrError(f"The render has no depth, but {', '.join(channels) or 'nothing'}.")


def _read(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    if data[:4] != _MAGIC:
        raise ExrError("The file is no OpenEXR file.")
    (version,) = struct.unpack_from("<I", data, 4)
    if version & (_TILED | _DEEP):
        raise ExrError("Tiled and deep OpenEXR files cannot be read.")
    is_multi_part, position, parts = bool(version & _MULTI_PART), 8, []
    while True:
        attributes, position = _read_header(data, position)
        parts.append(attributes)
        if not is_multi_part:
            break
        if data[position] == 0:
            position += 1
            break
    tables = []
    for attributes in parts:
        height = _size(attributes)[1]
        tables.append(struct.unpack_from(f"<{height}Q", data, position))
        position += 8 * height
    found: dict[str, np.ndarray[Any, Any]] = {}
    for attributes, offsets in zip(parts, tables, strict=True):
        found.update(_read_part(data, attributes, offsets, is_multi_part=is_multi_part))
    return found


def _read_header(data: bytes, position: int) -> tuple[dict[str, bytes], int]:
    attributes = {}
    while data[position]:
        name, position = _text(data, position)
        _, position = _text(data, position)
        (size,) = struct.unpack_from("<i", data, position)
        attributes[name] = data[position + 4 : position + 4 + size]
        position += 4 + size
    return attributes, position + 1


def _text(data: bytes, position: int) -> tuple[str, int]:
    end = data.index(0, position)
    return data[position:end].decode("utf-8"), end + 1


def _size(attributes: dict[str, bytes]) -> tuple[int, int, int]:
    """Returns width, height, and the number of the first row."""
    left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    return right - left + 1, bottom - top + 1, top


def _read_part(
    data: bytes, attributes: dict[str, bytes], offsets: tuple[int, ...], *, is_multi_part: bool
) -> dict[str, np.ndarray[Any, Any]]:
    if attributes["compression"] != b"\x00":
        raise ExrError("Compressed OpenEXR files cannot be read.")
    width, height, top = _size(attributes)
    prefix = attributes.get("name", b"").decode("utf-8") if is_multi_part else ""
    listed, position, row_bytes = attributes["channels"], 0, 0
    channels: list[tuple[str, np.dtype[Any], int]] = []
    while listed[position]:
        name, position = _text(listed, position)
        kind = np.dtype(_TYPES[struct.unpack_from("<i", listed, position)[0]])
        position += 16
        channels.append((name, kind, row_bytes))
        row_bytes += kind.itemsize * width
    rows = np.empty((height, row_bytes), np.uint8)
    head = 12 if is_multi_part else 8
    for offset in offsets:
        row, size = struct.unpack_from("<ii", data, offset + head - 8)
        if size != row_bytes:
            raise ExrError("A row of the file has a wrong length.")
        rows[row - top] = np.frombuffer(data, np.uint8, size, offset + head)
    found = {}
    for name, kind, start in channels:
        values = np.ascontiguousarray(rows[:, start : start + kind.itemsize * width]).view(kind).astype(np.float32)
        found[name if name.startswith(prefix) or not prefix else f"{prefix}.{name}"] = values
    return found
