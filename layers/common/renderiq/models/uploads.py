"""Requests and responses of the upload endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from renderiq.domain.uploads import (
    MAX_PARTS,
    MAX_SIGNED_PARTS,
    ContentEncoding,
    FileSpec,
    Purpose,
    ReceivedPart,
    Upload,
    UploadStatus,
    content_type_of,
)
from renderiq.models.paging import PageQuery
from renderiq.models.wire import Choice, PrintableText, RejectBool, Timestamp, WireModel, read_choice
from renderiq.services.uploads import SignedPart


class ShownStatus(StrEnum):
    """The state of an upload."""

    OPEN = "open"
    READY = "ready"
    FAILED = "failed"


_SHA256 = re.compile("[0-9a-f]{64}")
_PURPOSES = {purpose.lower(): purpose for purpose in Purpose}


def _read_purpose(value: Any) -> Any:
    text = read_choice(value)
    return _PURPOSES.get(text, text) if isinstance(text, str) else text


def _check_sha256(text: str) -> str:
    text = text.strip().lower()
    if not _SHA256.fullmatch(text):
        raise ValueError("must be 64 hexadecimal digits")
    return text


_FileName = Annotated[PrintableText, Field(min_length=1, max_length=255)]
_ContentType = Annotated[
    PrintableText,
    Field(
        min_length=1,
        max_length=255,
        description="`image/png` or `image/jpeg`; for a model `model/gltf-binary`. It is checked against the content.",
    ),
]
_Size = Annotated[int, Field(ge=1), RejectBool]
_PurposeIn = Annotated[Purpose, BeforeValidator(_read_purpose)]
_Sha256 = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9A-Fa-f]{64}$"}), AfterValidator(_check_sha256)]
_PartNumber = Annotated[int, Field(ge=1, le=MAX_PARTS), RejectBool]


class UploadIn(WireModel):
    """A file to upload."""

    file_name: _FileName
    content_type: _ContentType
    size: _Size = Field(description="The number of bytes that will be sent.")
    purpose: _PurposeIn = Field(description="What the file will be used for.")
    sha256: _Sha256 | None = Field(
        None,
        description="The SHA-256 of the bytes that will be sent, in hexadecimal digits. It is checked at completion, "
        "for files up to 1 GB.",
    )
    content_encoding: Annotated[ContentEncoding, Choice] | None = Field(
        None, description="`gzip` if the plugin has compressed the file. It is unpacked where it is used."
    )

    def spec(self) -> FileSpec:
        """Returns the domain's description of the file."""
        return FileSpec(
            file_name=self.file_name,
            content_type=content_type_of(self.content_type, self.file_name),
            size=self.size,
            purpose=self.purpose,
            sha256=self.sha256,
            content_encoding=self.content_encoding,
        )


class ResumableUploadIn(WireModel):
    """A file to upload with one request, as plugins in use announce it."""

    file_name: _FileName
    content_type: _ContentType
    total_size: Annotated[int, Field(ge=1), RejectBool] = Field(
        validation_alias=AliasChoices("totalSize", "size"), description="The number of bytes that will be sent."
    )

    def spec(self) -> FileSpec:
        """Returns the domain's description of the file. Its purpose follows from its type."""
        content_type = content_type_of(self.content_type, self.file_name)
        purpose = Purpose.MODEL if content_type in Purpose.MODEL.content_types else Purpose.CAPTURE
        return FileSpec(self.file_name, content_type, self.total_size, purpose)


class PartsIn(WireModel):
    """The parts to sign."""

    part_numbers: list[_PartNumber] = Field(
        min_length=1, max_length=MAX_SIGNED_PARTS, description="Numbers from 1 to `partCount` of the upload."
    )


class UploadsQuery(PageQuery):
    """A page of the uploads, all of them or those that match."""

    status: Annotated[ShownStatus, Choice] | None = Field(None, description="Only uploads with this status.")
    purpose: _PurposeIn | None = Field(None, description="Only uploads for this purpose.")

    def stored_status(self) -> UploadStatus | None:
        """Returns the status that the uploads must have."""
        return UploadStatus(self.status) if self.status else None


class SignedPartOut(WireModel):
    """A part, and the URL that takes it by PUT."""

    part_number: int
    size: int = Field(description="The exact number of bytes to send.")
    url: str
    expires_at: Timestamp = Field(description="When the URL ends. It can be signed anew as often as you want.")

    @classmethod
    def of(cls, part: SignedPart) -> SignedPartOut:
        """Returns the response for a signed part."""
        return cls(part_number=part.number, size=part.size, url=part.url, expires_at=part.expires_at)


class SignedPartList(WireModel):
    """Signed parts, in the order of the request."""

    parts: list[SignedPartOut]


class UploadPartOut(WireModel):
    """A part of an upload: signed after its creation, and with `received` when it is read."""

    part_number: int
    size: int
    received: bool | None = Field(None, description="Whether S3 has the part.")
    etag: str | None = Field(None, description="The ETag that S3 gave the part.")
    url: str | None = Field(None, description="Takes the part by PUT.")
    expires_at: Timestamp | None = Field(None, description="When the URL ends.")


class UploadOut(WireModel):
    """An upload."""

    upload_id: str
    session_id: str | None = Field(None, description="The same as `uploadId`, for clients of `/uploads/resumable`.")
    status: ShownStatus
    file_name: str
    content_type: str
    content_encoding: ContentEncoding | None = None
    purpose: Purpose
    size: int
    sha256: str | None = None
    part_size: int = Field(description="The bytes of every part but the last.")
    part_count: int
    parts: list[UploadPartOut] | None = Field(
        None, description="After creation the first 100 parts, signed; when an open upload is read, all of them."
    )
    put_url: str | None = Field(
        None, description="Takes the whole file by one PUT. Only after creation, if the file is one part."
    )
    received_bytes: int | None = Field(None, description="The bytes of the parts that S3 has.")
    progress: int | None = Field(None, description="0 to 100.")
    url: str | None = Field(None, description="A link to the ready file, which `imageUrl` of a render takes too.")
    width: int | None = Field(None, description="Of a ready picture, upright.")
    height: int | None = None
    triangles: int | None = Field(None, description="Of a ready GLB. `POST /renders/estimate` takes them into account.")
    error: str | None = Field(None, description="Why the upload has failed.")
    created_at: Timestamp
    expires_at: Timestamp | None = Field(
        None,
        description="When an open upload ends, and when a ready one is deleted. Absent if you have to delete it.",
    )

    @classmethod
    def of(
        cls,
        upload: Upload,
        *,
        link: Callable[[Upload], str],
        signed: Sequence[SignedPart] = (),
        arrived: Mapping[int, ReceivedPart] | None = None,
        with_session_id: bool = False,
    ) -> UploadOut:
        """Returns the response for an upload. ``link`` makes the URL of a ready one.

        ``signed`` are its first parts after it was created. ``arrived`` are the parts that S3 has, if it was asked.
        """
        spec, is_ready = upload.spec, upload.status is UploadStatus.READY
        received = spec.size if is_ready else None
        if arrived is not None and not is_ready:
            received = sum(part.size for part in arrived.values())
        shows_parts = arrived is not None and upload.status is UploadStatus.OPEN
        return cls(
            upload_id=upload.upload_id,
            session_id=upload.upload_id if with_session_id else None,
            status=ShownStatus(upload.status),
            file_name=spec.file_name,
            content_type=spec.content_type,
            content_encoding=spec.content_encoding,
            purpose=spec.purpose,
            size=spec.size,
            sha256=spec.sha256,
            part_size=upload.part_size,
            part_count=upload.part_count,
            parts=_received_parts(upload, arrived or {}) if shows_parts else _signed_parts(signed) or None,
            put_url=signed[0].url if signed and upload.part_count == 1 else None,
            received_bytes=received,
            progress=None if received is None else received * 100 // spec.size,
            url=link(upload) if is_ready else None,
            width=upload.width,
            height=upload.height,
            triangles=upload.triangles,
            error=upload.problem,
            created_at=upload.created_at,
            expires_at=upload.expires_at,
        )


class UploadPage(WireModel):
    """A page of uploads, from new to old. ``nextCursor`` is absent on the last page."""

    uploads: list[UploadOut]
    next_cursor: str | None = None


class UploadDeleted(WireModel):
    """The upload was deleted."""

    upload_id: str


class ResumableUploadCreated(WireModel):
    """The upload, as plugins in use read it. `sessionId` is the id of the upload."""

    session_id: str
    upload_url: str = Field(description="Takes the whole file by one PUT request.")
    expires_at: Timestamp = Field(description="When `uploadUrl` ends.")


class ResumableUploadAnswer(WireModel):
    """The ready file, as plugins in use read it."""

    url: str = Field(description="A link to the file, which `imageUrl` of a render takes.")
    upload_id: str


def _signed_parts(signed: Sequence[SignedPart]) -> list[UploadPartOut]:
    return [
        UploadPartOut(part_number=part.number, size=part.size, url=part.url, expires_at=part.expires_at)
        for part in signed
    ]


def _received_parts(upload: Upload, arrived: Mapping[int, ReceivedPart]) -> list[UploadPartOut]:
    return [
        UploadPartOut(
            part_number=number,
            size=upload.size_of_part(number),
            received=number in arrived,
            etag=(arrived[number].etag or None) if number in arrived else None,
        )
        for number in range(1, upload.part_count + 1)
    ]
