"""A picture inside a body: a file part, or base64 text with or without a ``data:`` prefix."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from typing import Final

from renderiq import captures
from renderiq.errors import invalid_field
from renderiq.http.bodies import Fields

_DATA_URL: Final = re.compile(r"data:(image/[a-z+.-]+);base64,", re.IGNORECASE)
_BLANKS: Final = str.maketrans({"\r": None, "\n": None, "\t": None, " ": "+"})


def read_picture(fields: Fields, name: str) -> tuple[bytes | None, str | None]:
    """The bytes of field ``name``, and the type that a ``data:`` prefix declares; None where there is no picture.

    The picture is not looked into here. Raises ``INVALID_INPUT`` for what is not base64, ``PAYLOAD_TOO_LARGE``.
    """
    text = fields.values.get(name)
    if name in fields.files:
        return fields.files[name], None
    if text is None or text == "":
        return None, None
    if not isinstance(text, str):
        raise invalid_field(name, "must be a file or base64 text")
    prefix = _DATA_URL.match(text.lstrip()[:64])
    encoded = text.lstrip()[prefix.end() :] if prefix else text
    if len(encoded) > captures.MAX_BYTES * 3 // 2:
        raise captures.too_large()
    # A space stands where an unescaped form had a plus; other blanks are line breaks of the encoder.
    encoded = encoded.strip().translate(_BLANKS)
    try:
        image = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid_field(name, "is not base64") from error
    return image, prefix[1].lower() if prefix else None
