"""Reads the bitmaps that .NET writes (BMP with 24 or 32 bits and no compression), and writes PNG. Pure."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path


def read_bmp(path: Path) -> tuple[int, int, list[bytes]]:
    """Returns width, height, and the rows from the top, three bytes each pixel: red, green, blue.

    Raises ``ValueError`` for another form of bitmap.
    """
    data = path.read_bytes()
    if data[:2] != b"BM" or len(data) < 54:
        raise ValueError("no bitmap")
    start = struct.unpack_from("<I", data, 10)[0]
    width, height, planes, bits, packed = struct.unpack_from("<iiHHI", data, 18)
    if planes != 1 or bits not in (24, 32) or packed not in (0, 3) or width <= 0 or height == 0:
        raise ValueError("a bitmap of another form")
    size = bits // 8
    stride = (width * size + 3) // 4 * 4
    if len(data) < start + stride * abs(height):
        raise ValueError("a bitmap that ends too early")
    rows = []
    for number in range(abs(height)):
        row = data[start + number * stride : start + number * stride + width * size]
        turned = bytearray(3 * width)
        for channel in range(3):
            turned[channel::3] = row[2 - channel :: size]
        rows.append(bytes(turned))
    if height > 0:
        rows.reverse()
    return width, abs(height), rows


def write_png(path: Path, width: int, rows: Iterable[bytes], *, is_grey: bool) -> None:
    """Writes rows of one byte, or of three bytes, each pixel."""
    listed = list(rows)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, len(listed), 8, 0 if is_grey else 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in listed), 6)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))
