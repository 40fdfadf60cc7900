"""Image fields of a request body: a file, or base64 text with or without a ``data:`` prefix (RFC 2397)."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Final

from renderiq import captures
from renderiq.errors import invalid_field
from renderiq.http.bodies import Fields

_DATA_URL: Final = re.compile(r"data:(image/[a-z+.-]+);base64,", re.IGNORECASE)
_WHITESPACE: Final = str.maketrans({"\r": None, "\n": None, "\t": None, " ": "+"})


@dataclass(frozen=True, slots=True)
class ImageField:
    """A field that holds an image.

    ``required_unless`` names a field that may be sent instead; if it is empty, the image is optional. A ``removable``
    image is deleted if the client sends the field empty or null.
    """

    name: str
    description: str = "PNG or JPEG."
    required_unless: str = ""
    removable: bool = False

    def read(self, fields: Fields) -> tuple[bytes | None, str | None]:
        """Returns the bytes of the image, and the media type that a ``data:`` prefix declares.

        Both are None if the field is absent or empty. The image is not decoded. Raises ``INVALID_INPUT`` for text that
        is not base64 and ``PAYLOAD_TOO_LARGE``.
        """
        if self.name in fields.files:
            return fields.files[self.name], None
        text = fields.values.get(self.name)
        if text is None or text == "":
            return None, None
        if not isinstance(text, str):
            raise invalid_field(self.name, "must be a file or base64 text")
        prefix = _DATA_URL.match(text.lstrip()[:64])
        encoded = text.lstrip()[prefix.end() :] if prefix else text
        if len(encoded) > captures.MAX_BYTES * 3 // 2:
            raise captures.too_large()
        # A space was a plus sign in a form that was not escaped. Other whitespace is line breaks of the encoder.
        encoded = encoded.strip().translate(_WHITESPACE)
        try:
            image = b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise invalid_field(self.name, "is not base64") from error
        return image, prefix[1].lower() if prefix else None
