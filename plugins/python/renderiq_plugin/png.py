"""Reads the size of PNG files (RFC 2083). Pure."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def png_size(path: Path) -> tuple[int, int] | None:
    """Returns width and height of a PNG file, or None if it is none."""
    with path.open("rb") as file:
        head = file.read(24)
    if head[:8] != _SIGNATURE or len(head) < 24:
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height
