"""Checks that a file in S3 is what its plugin announced: its first bytes, and all of it against its SHA-256."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from renderiq import captures, image_files
from renderiq.domain.glb import HEADER_BYTES, MAX_JSON_BYTES, GlbError, check_json, count_triangles, json_bytes
from renderiq.domain.uploads import GLB, IFC, JPEG, USDZ, ZIP, Purpose, Upload
from renderiq.errors import ApiError
from renderiq.stores.upload_files import UploadFiles

FIRST_BYTES: Final = 64 << 10
"""What is read first. The header of nearly every picture is in it."""
MAX_PICTURE_HEADER: Final = 8 << 20
"""A JPEG may have thumbnails and profiles of several MB before its size."""
_MOST_TRIANGLES: Final = 10**12
"""What a number in the record may be; more can be claimed of instances."""
_GZIP: Final = 31
"""What zlib calls the gzip format, with the largest window."""


_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_STARTS: Final = {
    IFC: ("an IFC file", b"ISO-10303-21"),
    USDZ: ("a USDZ file", b"PK\x03\x04"),
    ZIP: ("a ZIP file", b"PK\x03\x04"),
}
"""The first bytes of models other than GLB. The engine reads the rest in a process of its own."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What the check found: ``size`` is ``(width, height)`` of a picture, upright; ``triangles`` are those of a GLB."""

    size: tuple[int, int] | None = None
    triangles: int | None = None


class RejectedFileError(Exception):
    """The file is not what was announced. The message is a sentence for the user."""


class MissingFileError(Exception):
    """S3 has no file of this upload."""


class _TooShortError(Exception):
    """More of the file is needed to tell."""


def check_file(upload: Upload, files: UploadFiles) -> CheckedFile:
    """Returns what is to be known of a file that is what it says.

    Only the beginning is read, unless the plugin announced a SHA-256. Raises ``RejectedFileError``, and
    ``MissingFileError`` if S3 has no file.
    """
    longest = HEADER_BYTES + MAX_JSON_BYTES if upload.spec.purpose is Purpose.MODEL else MAX_PICTURE_HEADER
    if upload.spec.sha256:
        head = _hashed_head(upload, files, longest)
        return _check_head(upload, head, is_all=True)
    head = _joined(files.read(upload, first_bytes=FIRST_BYTES))
    try:
        return _check_head(upload, head, is_all=len(head) < FIRST_BYTES)
    except _TooShortError:
        head = _joined(files.read(upload, first_bytes=longest))
        return _check_head(upload, head, is_all=True)


def _joined(chunks: Iterator[bytes]) -> bytes:
    head = b"".join(chunks)
    if not head:
        raise MissingFileError
    return head


def _hashed_head(upload: Upload, files: UploadFiles, longest: int) -> bytes:
    """Reads the whole file. Returns its beginning. Raises ``RejectedFileError`` for another hash."""
    digest, head = hashlib.sha256(), bytearray()
    for chunk in files.read(upload, first_bytes=None):
        digest.update(chunk)
        head += chunk[: max(0, longest - len(head))]
    if not head:
        raise MissingFileError
    if digest.hexdigest() != upload.spec.sha256:
        raise RejectedFileError(f"The file has the SHA-256 {digest.hexdigest()} and not the announced one.")
    return bytes(head)


def _check_head(upload: Upload, head: bytes, *, is_all: bool) -> CheckedFile:
    """``is_all`` says that no more of the file can be read. Raises ``_TooShortError`` otherwise, if more is needed."""
    size: int | None = upload.spec.size
    if upload.spec.content_encoding:
        head, size = _unpacked(head), None
    try:
        if upload.spec.purpose is Purpose.MODEL:
            return CheckedFile(triangles=_check_model(upload.spec.content_type, head, size))
        return CheckedFile(size=_check_picture(upload, head))
    except _TooShortError:
        if is_all:
            raise RejectedFileError("The file is damaged or incomplete.") from None
        raise


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(_GZIP).decompress(head, HEADER_BYTES + MAX_JSON_BYTES)
    except zlib.error as error:
        raise RejectedFileError("The file was announced as gzip and is not.") from error


def _check_model(content_type: str, head: bytes, size: int | None) -> int | None:
    """Returns the triangles of a GLB. The parts of other models are not looked at before the render."""
    if content_type != GLB:
        name, start = _STARTS[content_type]
        if not head.lstrip(_BLANK).startswith(start):
            raise RejectedFileError(f"The file is not {name}.")
        return None
    try:
        end = HEADER_BYTES + json_bytes(head, size=size)
        if len(head) < end:
            raise _TooShortError
        document = check_json(head[HEADER_BYTES:end])
    except GlbError as error:
        raise RejectedFileError(f"The file {error}.") from error
    try:
        return min(count_triangles(document), _MOST_TRIANGLES)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return None  # the render tells what is wrong with it


def _check_picture(upload: Upload, head: bytes) -> tuple[int, int]:
    try:
        found = image_files.peek(head)
    except ApiError as error:
        raise RejectedFileError(error.message) from error
    if found is None:
        raise _TooShortError
    if found.content_type != upload.spec.content_type:
        kinds = {True: "a JPEG", False: "a PNG"}
        actual = kinds[found.content_type == JPEG]
        raise RejectedFileError(f"The file was announced as {upload.spec.content_type} and is {actual}.")
    if found.width * found.height > captures.MAX_PIXELS:
        raise RejectedFileError(
            f"The image has {found.width} x {found.height} pixels; "
            f"at most {captures.MAX_PIXELS // 1_000_000} megapixels are taken."
        )
    if min(found.width, found.height) < captures.MIN_SIDE:
        raise RejectedFileError(
            f"The image has {found.width} x {found.height} pixels; each side must have at least {captures.MIN_SIDE}."
        )
    return found.upright_size
