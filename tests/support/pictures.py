"""Small picture files, valid and hostile."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def png(width: int = 160, height: int = 90, color: str = "#b8b4ac") -> bytes:
    return _saved(Image.new("RGB", (width, height), color), "PNG")


def jpeg(width: int = 160, height: int = 90) -> bytes:
    return _saved(Image.new("RGB", (width, height), "#b8b4ac"), "JPEG")


def gif() -> bytes:
    return _saved(Image.new("P", (160, 90)), "GIF")


def webp() -> bytes:
    return _saved(Image.new("RGB", (160, 90)), "WEBP")


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90"/>'


def bomb(width: int = 10_000, height: int = 10_000) -> bytes:
    """A valid one-bit PNG of 100 megapixels in a few KB."""
    row = zlib.compressobj(9)
    data = b"".join(row.compress(b"\0" * (width // 8 + 1)) for _ in range(height)) + row.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _saved(picture: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()
