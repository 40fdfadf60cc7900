"""Image fields of a request body: a file, or base64 text with or without a ``data:`` prefix (RFC 2397)."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from renderiq import captures
from renderiq.errors import invalid_field
from renderiq.http.bodies import Fields

# RFC 2397: a media type, parameters such as ";charset=utf-8" or ";name=view.png", and ";base64", all of them optional.
_DATA_URL: Final = re.compile(r"\s*data:([^;,]*)((?:;[^;,]*)*),", re.IGNORECASE)
_MAX_PREFIX: Final = 1024
_WHITESPACE: Final = str.maketrans({"\r": None, "\n": None, "\t": None, " ": "+", "-": "+", "_": "/"})
_UNDECLARED: Final = {"", "application/octet-stream", "binary/octet-stream"}
"""Media types that say nothing of the content, such as that of a Blob without a type."""
_SIGNATURES: Final = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF", b"BM")
"""The first bytes of image files. What begins differently may be base64 text in a file."""


@dataclass(frozen=True, slots=True)
class ImageField:
    """A field that holds an image.

    ``required_unless`` names fields that may be sent instead; if it is empty, the image is optional. A ``removable``
    image is deleted if the client sends the field empty or null.
    """

    name: str
    description: str = "PNG or JPEG."
    required_unless: tuple[str, ...] = ()
    removable: bool = False

    def read(self, fields: Fields) -> tuple[bytes | None, str | None]:
        """Returns the bytes of the image, and the media type that a ``data:`` prefix declares.

        Both are None if the field is absent or empty. The image is not decoded. Raises ``INVALID_INPUT`` for text that
        is not base64 and ``PAYLOAD_TOO_LARGE``.
        """
        if self.name in fields.files:
            return _read_file(fields.files[self.name])
        text = fields.values.get(self.name)
        if text is None or text == "":
            return None, None
        if not isinstance(text, str):
            raise invalid_field(self.name, "must be a file or base64 text")
        image = _decode(text)
        if image is None:
            raise invalid_field(self.name, "is not base64")
        return image


def _read_file(data: bytes) -> tuple[bytes, str | None]:
    if not data.startswith(_SIGNATURES) and data.isascii():
        image = _decode(data.decode("ascii"))
        if image and image[0].startswith(_SIGNATURES):
            return image
    return data, None


def _decode(text: str) -> tuple[bytes, str | None] | None:
    """Returns the bytes of a ``data:`` URL or of base64 text, and the type that the URL declares.

    Returns None if the text is neither. Raises ``PAYLOAD_TOO_LARGE``.
    """
    prefix = _DATA_URL.match(text[:_MAX_PREFIX])
    if len(text) > captures.MAX_BYTES * 3 // 2:
        raise captures.too_large()
    declared = None
    if prefix:
        text = text[prefix.end() :]
        media_type = prefix[1].strip().lower()
        declared = None if media_type in _UNDECLARED else media_type
        if prefix[2].rpartition(";")[2].strip().lower() != "base64":
            return unquote_to_bytes(text), declared
        text = unquote(text)
    # A space was a plus sign in a form that was not escaped. Other whitespace is line breaks of the encoder. The
    # alphabet may be the URL-safe one, and the padding may be absent (RFC 4648, sections 3.2 and 5).
    text = text.strip().translate(_WHITESPACE).rstrip("=")
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True), declared
    except ValueError:  # binascii.Error, and text that is not ASCII
        return None
