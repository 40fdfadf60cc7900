"""Checks and decodes images that users upload. All of them are treated as hostile.

``image_files`` reads their structure and removes what pixels do not need. Only Pillow decodes the pixels, and only as
the format that the structure is of.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from time import thread_time
from typing import TYPE_CHECKING, Final

from renderiq import image_files
from renderiq.errors import ApiError, ErrorCode
from renderiq.image_files import JPEG, PNG, WEBP, ParsedImage

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_BYTES: Final = 4_400_000
"""Bytes of all images of a request. As base64 they fit through the API."""
MAX_STORED_BYTES: Final = 50_000_000
"""The limit of an image that is already in S3."""
MIN_SIDE: Final = 64
MAX_PIXELS: Final = 40_000_000
MAX_SCANNED_PIXELS: Final = 1_000_000_000
"""Pixels times scans of a JPEG: 25 scans of the largest image. Encoders write about ten."""
MAX_DECODE_SECONDS: Final = 3.0
"""Processor time for decoding one image. The most expensive image that is known takes less than half of it."""
UPLOADED: Final = (PNG, JPEG)
STORED: Final = (PNG, JPEG, WEBP)
"""Renders may have been stored as WebP. Uploads are never WebP."""

_STEP: Final = 16_384
"""Bytes that a decoder gets at a time. The clock is read before each."""
_STRIP: Final = 256
_ACCEPTED: Final = "Send a PNG or a JPEG."
_PILLOW_FORMATS: Final = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}
_ALIASES: Final = {"image/jpg": JPEG, "image/pjpeg": JPEG, "image/x-png": PNG, "image/apng": PNG}
# Two different endings for a JPEG without an end marker. Its pixels are complete if both lead to the same picture.
_FILLERS: Final = (b"\xfe" * 64, hashlib.sha512(b"filler").digest().replace(b"\xff", b"\x7f"))


class _DeadlineError(Exception):
    pass


class _TimedFile(io.BytesIO):
    """A file that raises ``_DeadlineError`` at the first read after ``deadline``, in processor time of this thread."""

    def __init__(self, data: bytes, deadline: float) -> None:
        super().__init__(data)
        self._deadline = deadline

    def read(self, size: int | None = -1, /) -> bytes:
        if thread_time() > self._deadline:
            raise _DeadlineError
        return super().read(size)


def parse(data: bytes, *, accepted: tuple[str, ...] = UPLOADED) -> ParsedImage:
    """Reads the structure of an image and checks the number of its pixels. Nothing is decoded.

    Raises ``UNSUPPORTED_MEDIA_TYPE`` if its type is not in ``accepted``, and ``INVALID_INPUT``.
    """
    parsed = image_files.parse(data)
    if parsed.content_type not in accepted:
        raise ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, f"The image is neither a PNG nor a JPEG. {_ACCEPTED}")
    if parsed.width * parsed.height > MAX_PIXELS:
        raise ApiError(
            ErrorCode.INVALID_INPUT,
            f"The image has {parsed.width} x {parsed.height} pixels; "
            f"at most {MAX_PIXELS // 1_000_000} megapixels are taken.",
        )
    if parsed.width * parsed.height * parsed.scans > MAX_SCANNED_PIXELS:
        raise ApiError(
            ErrorCode.INVALID_INPUT,
            f"The image has {parsed.scans} scans, which is too many for its size. Save it as a baseline JPEG.",
        )
    return parsed


def decode(parsed: ParsedImage, *, raw_mode: str = "") -> Picture:
    """Decodes the pixels as they are stored: they are not turned, and their colours are not converted.

    ``raw_mode`` is Pillow's name for the layout of the samples in a PNG; by default it follows from the header.
    Raises ``INVALID_INPUT`` for an image that is damaged, incomplete, or takes over ``MAX_DECODE_SECONDS``.
    """
    from PIL import Image

    deadline = thread_time() + MAX_DECODE_SECONDS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if parsed.is_complete:
                picture = _decode(parsed, parsed.pixel_file, deadline, raw_mode)
                complete = bool(raw_mode) or parsed.content_type != PNG or _has_all_rows(parsed, picture, deadline)
            else:
                first, second = (parsed.pixel_file + filler + b"\xff\xd9" for filler in _FILLERS)
                # The first picture is gone before the second one needs its memory.
                expected = _digest(_decode(parsed, first, deadline))
                picture = _decode(parsed, second, deadline)
                complete = _digest(picture) == expected
    except _DeadlineError as error:
        raise ApiError(
            ErrorCode.INVALID_INPUT, "The image takes too long to decode. Save it anew, without interlacing."
        ) from error
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
        raise image_files.damaged() from error
    if not complete:
        raise image_files.damaged()
    return picture


def _decode(parsed: ParsedImage, file: bytes, deadline: float, raw_mode: str = "") -> Picture:
    from PIL import Image

    picture = Image.open(_TimedFile(file, deadline), formats=(_PILLOW_FORMATS[parsed.content_type],))
    if picture.size != (parsed.width, parsed.height):
        raise image_files.damaged()
    picture.decodermaxblock = _STEP
    if raw_mode:
        picture.tile = [tile._replace(args=raw_mode) for tile in picture.tile]
    picture.load()
    return picture


def _has_all_rows(parsed: ParsedImage, picture: Picture, deadline: float) -> bool:
    """Returns whether the zlib stream of a PNG has all rows.

    Pillow accepts a stream that ends early, and leaves the missing rows at zero.
    """
    last_row = picture.crop((0, picture.height - 1, picture.width, picture.height)).tobytes()
    if not parsed.interlaced and any(last_row):
        return True
    missing = parsed.pixel_bytes
    stream, unpack = parsed.pixel_stream, zlib.decompressobj()
    for at in range(0, len(stream), _STEP):
        piece: bytes | memoryview = stream[at : at + _STEP]
        while piece:
            if thread_time() > deadline:
                raise _DeadlineError
            missing -= len(unpack.decompress(piece, 1 << 20))
            piece = unpack.unconsumed_tail
        if missing <= 0:
            return True
    return False


def _digest(picture: Picture) -> bytes:
    digest = hashlib.blake2b()
    for top in range(0, picture.height, _STRIP):
        digest.update(picture.crop((0, top, picture.width, min(top + _STRIP, picture.height))).tobytes())
    return digest.digest()


def check(
    data: bytes, *, declared: str | None, max_bytes: int = MAX_BYTES, accepted: tuple[str, ...] = UPLOADED
) -> str:
    """Decodes an image and returns its content type.

    ``declared`` is the content type that the client named, if any; it must be the actual one.
    ``accepted`` are content types. Raises ``PAYLOAD_TOO_LARGE``, ``UNSUPPORTED_MEDIA_TYPE`` or ``INVALID_INPUT``.
    """
    if len(data) > max_bytes:
        raise too_large()
    parsed = parse(data, accepted=accepted)
    actual = parsed.content_type
    if declared and _ALIASES.get(declared, declared) != actual:
        raise ApiError(
            ErrorCode.UNSUPPORTED_MEDIA_TYPE, f"The image was announced as {declared} but is {actual}. {_ACCEPTED}"
        )
    if min(parsed.width, parsed.height) < MIN_SIDE:
        raise ApiError(
            ErrorCode.INVALID_INPUT,
            f"The image has {parsed.width} x {parsed.height} pixels; each side must have at least {MIN_SIDE}.",
        )
    decode(parsed)
    return actual


def size(data: bytes) -> tuple[int, int]:
    """Returns ``(width, height)`` of the upright image, without decoding it.

    Raises the errors of ``image_files.parse``.
    """
    return image_files.parse(data).upright_size


def too_large() -> ApiError:
    """Returns the error for images that are too large for a request."""
    return ApiError(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "The images of a request may have at most 4.4 MB together. Make them smaller, or send them by POST /uploads.",
        maxBytes=MAX_BYTES,
    )
