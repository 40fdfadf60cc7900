"""Uploaded viewport captures, which are hostile until shown otherwise: only Pillow's PNG and JPEG readers see them."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Final

from renderiq.errors import ApiError, ErrorCode

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_BYTES: Final = 4_400_000
"""What fits through the API, base64 and all."""
MAX_STORED_BYTES: Final = 50_000_000
MIN_SIDE: Final = 64
MAX_PIXELS: Final = 40_000_000
_SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_ACCEPTED: Final = "Send a PNG or a JPEG."


def content_type(data: bytes) -> str:
    """What the bytes say they are. Raises ``INVALID_INPUT`` for none, ``UNSUPPORTED_MEDIA_TYPE`` for anything else."""
    if not data:
        raise ApiError(ErrorCode.INVALID_INPUT, "The image is empty.")
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            return kind
    raise ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, f"The image is neither a PNG nor a JPEG. {_ACCEPTED}")


def load(data: bytes, *, formats: tuple[str, ...] = ("PNG", "JPEG")) -> Picture:
    """The decoded picture as it was stored: no rotation, no conversion. Only the readers of ``formats`` see it.

    Raises ``INVALID_INPUT`` for a picture that is broken or has too many pixels; the header is believed
    only to refuse, never to allocate.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=formats)
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise ApiError(
                    ErrorCode.INVALID_INPUT,
                    f"The image has {width} x {height} pixels; at most {MAX_PIXELS // 1_000_000} megapixels are taken.",
                )
            picture.load()
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
        # SyntaxError is what Pillow's PNG reader raises for a broken chunk
        raise ApiError(ErrorCode.INVALID_INPUT, "The image is damaged or incomplete. Send the whole file.") from error
    return picture


def check(data: bytes, *, declared: str | None, at_most: int = MAX_BYTES) -> str:
    """The content type of a capture that can be rendered; ``declared`` is believed only if the bytes agree.

    Raises ``PAYLOAD_TOO_LARGE``, ``UNSUPPORTED_MEDIA_TYPE`` or ``INVALID_INPUT``.
    """
    if len(data) > at_most:
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
    """``(width, height)`` of a picture that ``check`` has passed; only its header is read."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
        return picture.size


def too_large() -> ApiError:
    return ApiError(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "The images of a request may have at most 4.4 MB together. Make them smaller, or JPEGs.",
        maxBytes=MAX_BYTES,
    )
