"""Uploads: files that a plugin sends to S3 itself, in parts. What may be uploaded, how it is divided, and its state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from renderiq.domain.retention import Retention, RetentionPeriod

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
GLB: Final = "model/gltf-binary"
IFC: Final = "application/x-step"
USDZ: Final = "model/vnd.usdz+zip"
ZIP: Final = "application/zip"

MIB: Final = 1 << 20
PART_SIZE: Final = 8 * MIB
"""Bytes of a part. Parts are larger only if a file would otherwise have more than ``MAX_PARTS``."""
MAX_PARTS: Final = 1000
"""The parts that S3 lists in one response."""
MAX_SIGNED_PARTS: Final = 100
"""How many URLs one response has."""
MAX_PICTURE_BYTES: Final = 100_000_000
MAX_MODEL_BYTES: Final = 5_000_000_000
"""The largest 3D model after unpacking, whatever the deployment allows to be sent."""
MAX_HASHED_BYTES: Final = 1_000_000_000
"""The largest file whose SHA-256 is checked: a request has 29 seconds, and reads 1 GB in about half of them."""
MAX_OPEN: Final = 20
"""How many open uploads a user may have."""
MAX_STORED_BYTES: Final = 20_000_000_000
"""The announced bytes of all uploads of a user, open and ready."""
OPEN_FOR: Final = timedelta(hours=24)
FAILURE_KEPT_FOR: Final = timedelta(days=7)
"""How long the record of a failed upload tells why it failed."""
URL_TTL: Final = timedelta(hours=1)
"""How long the URL of a part works."""

_TYPE_ALIASES: Final = {
    "image/jpg": JPEG,
    "image/pjpeg": JPEG,
    "image/x-png": PNG,
    "model/glb": GLB,
    "model/gltf.binary": GLB,
    "model/ifc": IFC,
    "application/ifc": IFC,
    "application/x-ifc": IFC,
    "application/step": IFC,
    "model/step": IFC,
    "model/usdz": USDZ,
    "application/x-zip-compressed": ZIP,
}
_EXTENSIONS: Final = {"png": PNG, "jpg": JPEG, "jpeg": JPEG, "glb": GLB, "ifc": IFC, "usdz": USDZ, "zip": ZIP}
_UNDECLARED: Final = {"", "application/octet-stream", "binary/octet-stream"}


class Purpose(StrEnum):
    """What an upload is used for in a render."""

    CAPTURE = "capture"
    DEPTH = "depth"
    MATERIAL_ID = "materialId"
    NORMAL = "normal"
    MODEL = "model"

    @property
    def content_types(self) -> tuple[str, ...]:
        """The types of file that serve this purpose."""
        return (GLB, IFC, USDZ, ZIP) if self is Purpose.MODEL else (PNG, JPEG)

    def retention(self, retention: Retention) -> RetentionPeriod:
        """Returns how long a ready upload for this purpose is kept."""
        return retention.models if self is Purpose.MODEL else retention.captures


_BYTES_PER_TRIANGLE_OF_IFC: Final = 90
"""As measured of the IFC files of three houses."""
_BYTES_PER_TRIANGLE: Final = 40


class UploadStatus(StrEnum):
    """The state of an upload."""

    OPEN = "open"
    """Parts are awaited."""
    READY = "ready"
    """The file is complete and is what was announced."""
    FAILED = "failed"
    """The file is not what was announced. Its bytes are deleted."""
    REMOVED = "removed"
    """The upload was deleted, or its time is over, and its bytes are being deleted. Nobody sees it any more."""


class ContentEncoding(StrEnum):
    """How a plugin compressed a file. S3 keeps the file as it was sent."""

    GZIP = "gzip"


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """A part that S3 has. ``etag`` is S3's name for its content; it is empty if S3 no longer tells."""

    number: int
    size: int
    etag: str = ""


@dataclass(frozen=True, slots=True)
class FileSpec:
    """What a plugin announces. ``size`` is the number of bytes that it will send, ``sha256`` their hash in hex.

    ``content_type`` is one of ``purpose.content_types``, of the file before it was compressed.
    """

    file_name: str
    content_type: str
    size: int
    purpose: Purpose
    sha256: str | None = None
    content_encoding: ContentEncoding | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload. Times are UTC. ``storage_id`` is S3's id of the multipart upload.

    ``expires_at`` is when an open upload ends and when a ready one is deleted; it is None for one that its user has to
    delete. ``retention`` is what its file is tagged with, ``ready_at`` when it was completed. ``width`` and ``height``
    are the pixels of a ready picture, upright, ``triangles`` those of a ready 3D model if they are known. ``uses``
    counts the renders that were created with it. ``problem`` is a sentence that says why it failed.
    """

    upload_id: str
    user_id: str
    spec: FileSpec
    part_size: int
    storage_id: str
    created_at: datetime
    expires_at: datetime | None
    status: UploadStatus = UploadStatus.OPEN
    width: int | None = None
    height: int | None = None
    triangles: int | None = None
    uses: int = 0
    problem: str | None = None
    retention: RetentionPeriod = RetentionPeriod.MONTH
    ready_at: datetime | None = None
    created_by: str | None = None
    """Who has sent it for an organisation, which then is ``user_id``: a user id, or ``key#<key id>``."""

    def is_over(self, now: datetime) -> bool:
        """Returns whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    @property
    def key(self) -> str:
        """The key of the file in S3."""
        return upload_key(self.user_id, self.upload_id)

    @property
    def part_count(self) -> int:
        """The number of parts, at least 1."""
        return max(1, -(-self.spec.size // self.part_size))

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """``(width, height)`` of a ready picture, upright; None for other uploads."""
        return None if self.width is None or self.height is None else (self.width, self.height)

    @property
    def likely_triangles(self) -> int:
        """The triangles of a 3D model; for formats that are not read before the render, a guess from its size."""
        if self.triangles is not None:
            return self.triangles
        return self.spec.size // (_BYTES_PER_TRIANGLE_OF_IFC if self.spec.content_type == IFC else _BYTES_PER_TRIANGLE)

    def size_of_part(self, number: int) -> int:
        """Returns the bytes of the part with this number, which is from 1 to ``part_count``."""
        return min(self.part_size, self.spec.size - (number - 1) * self.part_size)

    def arrived(self, received: Iterable[ReceivedPart]) -> dict[int, ReceivedPart]:
        """Returns the received parts that belong to the file and have the right size, by their numbers."""
        return {
            part.number: part
            for part in received
            if 1 <= part.number <= self.part_count and part.size == self.size_of_part(part.number)
        }

    def all_parts(self) -> dict[int, ReceivedPart]:
        """Returns all parts by their numbers, without their ETags."""
        return {number: ReceivedPart(number, self.size_of_part(number)) for number in range(1, self.part_count + 1)}

    def missing(self, received: Iterable[ReceivedPart]) -> list[int]:
        """Returns the numbers of the parts that have not arrived, in order."""
        arrived = self.arrived(received)
        return [number for number in range(1, self.part_count + 1) if number not in arrived]


def part_size_for(size: int) -> int:
    """Returns the bytes of a part of a file: ``PART_SIZE``, or as many MiB as ``MAX_PARTS`` parts need."""
    return max(PART_SIZE, -(-size // (MAX_PARTS * MIB)) * MIB)


def content_type_of(declared: str, file_name: str) -> str:
    """Returns the content type in its usual spelling, without parameters. An undeclared one follows from the name."""
    media_type = declared.partition(";")[0].strip().lower()
    if media_type in _UNDECLARED:
        return _EXTENSIONS.get(file_name.rpartition(".")[2].lower(), media_type)
    return _TYPE_ALIASES.get(media_type, media_type)


def upload_key(user_id: str, upload_id: str) -> str:
    """Returns the key of an upload in S3."""
    return f"{_KIND}/{user_id}/{upload_id}"


def is_upload_key(key: str) -> bool:
    """Returns whether a key names an upload. Such a file belongs to no render, so no render deletes it."""
    return key.startswith(f"{_KIND}/")


def upload_id_of(key: str, user_id: str) -> str | None:
    """Returns the id of the user's upload with this key, or None if it is not the key of one."""
    prefix = upload_key(user_id, "")
    return key.removeprefix(prefix) if key.startswith(prefix) else None


_KIND: Final = "uploads"
