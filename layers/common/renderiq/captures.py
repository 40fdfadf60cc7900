"""Checking and decoding uploaded images. They may be hostile, so only Pillow's PNG and JPEG readers get them."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Final

from renderiq.errors import ApiError, ErrorCode

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES: Final = 4_400_000
"""The limit of an upload through the API: in base64 it still fits in a request to Lambda."""
MAX_STORED_BYTES: Final = 50_000_000
"""The limit of an image that is already in S3."""
MIN_SIDE: Final = 64
MAX_PIXELS: Final = 40_000_000
_SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_ACCEPTED: Final = "Send a PNG or a JPEG."


def content_type(data: bytes) -> str:
    """Returns the MIME type by the signature of the file.

    Raises ``INVALID_INPUT`` for an empty file, and ``UNSUPPORTED_MEDIA_TYPE`` for any other type.
    """
    if not data:
        raise ApiError(ErrorCode.INVALID_INPUT, "The image is empty.")
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            return kind
    raise ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, f"The image is neither a PNG nor a JPEG. {_ACCEPTED}")


def load(data: bytes, *, formats: tuple[str, ...] = ("PNG", "JPEG")) -> Image:
    """Decodes an image, without rotation or conversion. Only Pillow's readers of ``formats`` get it.

    Raises ``INVALID_INPUT`` if the image is damaged or has more than ``MAX_PIXELS``, which is checked before memory is
    allocated.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=formats)
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise ApiError(
                    ErrorCode.INVALID_INPUT,
                    f"The image has {width} x {height} pixels; at most {MAX_PIXELS // 1_000_000} megapixels are taken.",
                )
            image.load()
    except Image.DecompressionBombWarning as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The image unpacks to far more than its pixels need.") from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        struct.error,
        zlib.error,
        Image.DecompressionBombError,
    ) as error:
        # Pillow's PNG reader raises SyntaxError for a broken chunk.
        raise ApiError(ErrorCode.INVALID_INPUT, "The image is damaged or incomplete. Send the whole file.") from error
    return image


def check(data: bytes, *, declared: str | None, max_bytes: int = MAX_BYTES) -> str:
    """Checks an upload and returns its MIME type. ``declared`` is the MIME type that the client sent.

    The image must decode, have the declared type, and have sides of at least ``MIN_SIDE`` pixels. Raises
    ``PAYLOAD_TOO_LARGE``, ``UNSUPPORTED_MEDIA_TYPE`` or ``INVALID_INPUT``.
    """
    if len(data) > max_bytes:
        raise too_large()
    actual = content_type(data)
    if declared and declared.replace("jpg", "jpeg") != actual:
        raise ApiError(
            ErrorCode.UNSUPPORTED_MEDIA_TYPE, f"The image was announced as {declared} but is {actual}. {_ACCEPTED}"
        )
    width, height = load(data).size
    if min(width, height) < MIN_SIDE:
        raise ApiError(
            ErrorCode.INVALID_INPUT,
            f"The image has {width} x {height} pixels; each side must have at least {MIN_SIDE}.",
        )
    return actual


def size(data: bytes) -> tuple[int, int]:
    """Returns the ``(width, height)`` in pixels of an image that ``check`` has accepted. Only its header is read."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        return image.size


def too_large() -> ApiError:
    """Returns the error for images that are too large for a request."""
    return ApiError(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "The images of a request may have at most 4.4 MB together. Make them smaller, or JPEGs.",
        maxBytes=MAX_BYTES,
    )
