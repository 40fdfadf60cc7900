"""What kind of file was published, how large its picture is, and whether it is whole. Pure.

PNG: RFC 2083. JPEG: ITU T.81. IFC: ISO 10303-21.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

PICTURES: Final = (".png", ".jpg", ".jpeg")
MODEL: Final = ".ifc"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"IEND\xaeB`\x82"
_JPEG_END: Final = b"\xff\xd9"
_IFC_START: Final = b"ISO-10303-21"
_IFC_END: Final = b"END-ISO-10303-21"
_TAIL: Final = 4096
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class DamagedError(ValueError):
    """A file that is no picture and no model, or only the beginning of one."""


@dataclass(frozen=True)
class Kind:
    """``suffix`` by content: ``.png``, ``.jpg`` or ``.ifc``. A model has no size."""

    suffix: str
    width: int = 0
    height: int = 0


def kind_of(path: Path) -> Kind:
    """Returns what a file is. Raises ``DamagedError`` if it is not whole, and ``OSError`` if it cannot be read."""
    with path.open("rb") as file:
        head = file.read(64)
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
        if head.startswith(_PNG):
            if not tail.endswith(_PNG_END) or head[12:16] != b"IHDR":
                raise DamagedError("The PNG file is not whole.")
            return _sized(".png", *struct.unpack(">II", head[16:24]))
        if head.startswith(b"\xff\xd8\xff"):
            if _JPEG_END not in tail:
                raise DamagedError("The JPEG file is not whole.")
            return _sized(".jpg", *_jpeg_size(file))
        if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(_IFC_START):
            if _IFC_END not in tail:
                raise DamagedError("The IFC file is not whole.")
            return Kind(MODEL)
    raise DamagedError("The file is neither PNG nor JPEG nor IFC.")


def _sized(suffix: str, width: int, height: int) -> Kind:
    if not width or not height:
        raise DamagedError("The picture has no size.")
    return Kind(suffix, width, height)


def _jpeg_size(file: IO[bytes]) -> tuple[int, int]:
    file.seek(2)
    while True:
        marker = file.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            raise DamagedError("The JPEG file has no size.")
        if marker[1] == 0xFF:
            file.seek(-1, 1)
            continue
        length = file.read(2)
        if len(length) < 2:
            raise DamagedError("The JPEG file has no size.")
        if marker[1] in _FRAMES:
            frame = file.read(5)
            if len(frame) < 5:
                raise DamagedError("The JPEG file has no size.")
            height, width = struct.unpack(">HH", frame[1:5])
            return width, height
        file.seek(int.from_bytes(length, "big") - 2, 1)
