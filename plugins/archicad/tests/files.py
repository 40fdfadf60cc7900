"""Pictures and models as bytes."""

from __future__ import annotations

import struct
import zlib

IFC = b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"


def png(width: int = 160, height: int = 90, colour: tuple[int, int, int] = (90, 120, 160)) -> bytes:
    """Returns a PNG with a lighter square in its middle."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            inside = width / 4 < x < 3 * width / 4 and height / 4 < y < 3 * height / 4
            rows += bytes(min(255, each + 60) for each in colour) if inside else bytes(colour)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(rows)))
        + _chunk(b"IEND", b"")
    )


def jpeg(width: int = 160, height: int = 90) -> bytes:
    """Returns the parts of a JPEG that tell its size and its end. It has no picture."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04AB" + b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
