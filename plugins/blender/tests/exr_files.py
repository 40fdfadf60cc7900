"""Writes OpenEXR files as Blender does: without compression, in one part or in several."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

Channels = Mapping[str, np.ndarray]


def write_exr(path: Path, channels: Channels, *, parts: bool = False, half: bool = False, compression: int = 0) -> None:
    """Writes the channels. With ``parts``, each pass is a part that is named after it."""
    groups: dict[str, dict[str, np.ndarray]] = {}
    for name in sorted(channels):
        groups.setdefault(name.rpartition(".")[0] if parts else "", {})[name] = channels[name]
    headers = [_header(name, group, half, compression, parts) for name, group in groups.items()]
    head = b"\x76\x2f\x31\x01" + struct.pack("<I", 2 | (0x1000 if parts else 0))
    head += b"".join(headers) + (b"\0" if parts else b"")
    height, _width = next(iter(channels.values())).shape
    position = len(head) + 8 * height * len(groups)
    tables, chunks = [], []
    for number, group in enumerate(groups.values()):
        offsets = []
        for row in range(height):
            kind = "<f2" if half else "<f4"
            content = b"".join(each[row].astype(kind).tobytes() for _, each in sorted(group.items()))
            chunk = (struct.pack("<i", number) if parts else b"") + struct.pack("<ii", row, len(content)) + content
            offsets.append(position)
            position += len(chunk)
            chunks.append(chunk)
        tables.append(struct.pack(f"<{height}Q", *offsets))
    path.write_bytes(head + b"".join(tables) + b"".join(chunks))


def _header(name: str, group: dict[str, np.ndarray], half: bool, compression: int, parts: bool) -> bytes:
    height, width = next(iter(group.values())).shape
    listed = b"".join(each.encode() + b"\0" + struct.pack("<iiii", 1 if half else 2, 0, 1, 1) for each in sorted(group))
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    attributes = [
        ("channels", "chlist", listed + b"\0"),
        ("compression", "compression", bytes([compression])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
    ]
    if parts:
        attributes.append(("name", "string", name.encode()))
    return b"".join(_attribute(*each) for each in attributes) + b"\0"


def _attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def render_passes(colour: tuple[float, float, float], size: tuple[int, int]) -> dict[str, np.ndarray]:
    """Returns the channels of a render: a square of one colour 5 units away, before nothing."""
    width, height = size
    inside = np.zeros((height, width), bool)
    inside[height // 4 : height // 2, width // 4 : width // 2] = True
    found = {
        f"ViewLayer.Combined.{name}": np.where(inside, value, 0.0) for name, value in zip("RGB", colour, strict=False)
    }
    found["ViewLayer.Combined.A"] = inside.astype(np.float32)
    found["ViewLayer.Depth.Z"] = np.where(inside, 5.0, 1e10)
    return found
