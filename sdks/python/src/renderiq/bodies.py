"""Bodies of requests: JSON, and forms with files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Union

Picture = Union[str, "os.PathLike[str]", bytes]
"""A picture: the path of its file, or its bytes."""


@dataclass(frozen=True)
class Body:
    """A body and its content type."""

    content: bytes
    content_type: str


@dataclass(frozen=True)
class File:
    """A file of a form."""

    name: str
    content: bytes
    content_type: str


_MAGIC: Final = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"glTF", "model/gltf-binary"))
_SUFFIXES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".glb": "model/gltf-binary",
}


def content_type_of(name: str, head: bytes) -> str:
    """Returns the type of a file by its first bytes, or else by its name."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return _SUFFIXES.get(os.path.splitext(name)[1].lower(), "application/octet-stream")


def read_picture(picture: Picture, name: str) -> File:
    """Reads a picture. ``name`` is that of the file if only its bytes are known."""
    if isinstance(picture, bytes):
        kind = content_type_of(name, picture[:8])
        suffix = next((each for each, known in _SUFFIXES.items() if known == kind), "")
        return File(name + suffix, picture, kind)
    path = Path(picture)
    content = path.read_bytes()
    return File(path.name, content, content_type_of(path.name, content[:8]))


def json_body(value: Mapping[str, Any]) -> Body:
    """Returns a body of JSON."""
    return Body(json.dumps(value, separators=(",", ":")).encode(), "application/json")


def form_body(fields: Mapping[str, Any], files: Mapping[str, File]) -> Body:
    """Returns a form (RFC 7578). Fields without a value are left out; objects are JSON."""
    boundary = f"renderiq-{os.urandom(16).hex()}"
    parts = []
    for name, value in fields.items():
        if value is not None:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            parts += [head.encode(), _text(value).encode(), b"\r\n"]
    for name, file in files.items():
        safe = file.name.replace('"', "'").replace("\r", " ").replace("\n", " ")
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{safe}"\r\n'
            f"Content-Type: {file.content_type}\r\n\r\n"
        )
        parts += [head.encode(), file.content, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return Body(b"".join(parts), f"multipart/form-data; boundary={boundary}")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
