"""What a user does with uploads: announce, sign parts, look at what has arrived, complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from renderiq import metrics
from renderiq.domain.consent_needs import consent_for_upload
from renderiq.domain.idempotency import claim_of
from renderiq.domain.retention import Retention, RetentionPeriod
from renderiq.domain.uploads import (
    MAX_HASHED_BYTES,
    MAX_OPEN,
    MAX_PICTURE_BYTES,
    MAX_SIGNED_PARTS,
    MAX_STORED_BYTES,
    OPEN_FOR,
    URL_TTL,
    FileSpec,
    Purpose,
    ReceivedPart,
    Upload,
    UploadStatus,
    part_size_for,
    upload_key,
)
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.services.file_links import FileLinks
from renderiq.services.upload_checks import MissingFileError, RejectedFileError, check_file
from renderiq.stores.idempotency import AlreadyAcceptedError
from renderiq.stores.upload_files import UploadFiles
from renderiq.stores.uploads import UploadQuotaError, UploadStore

if TYPE_CHECKING:
    from renderiq.services.consents import ConsentService

_SHOWN_NUMBERS: Final = 100
"""How many missing parts an error names."""


@dataclass(frozen=True, slots=True)
class SignedPart:
    """A part that may be sent to ``url`` by PUT until ``expires_at``, with exactly ``size`` bytes."""

    number: int
    size: int
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UploadService:
    """Manages the uploads of a user. What S3 has is the truth about parts; nothing is counted here.

    ``consents`` returns the service that only models need.
    """

    uploads: UploadStore
    files: UploadFiles
    links: FileLinks
    consents: Callable[[], ConsentService]
    max_model_bytes: int

    def create(
        self,
        user_id: str,
        spec: FileSpec,
        *,
        retention: Retention,
        in_one_part: bool = False,
        idempotency_key: str | None = None,
        now: datetime,
        created_by: str | None = None,
    ) -> Upload:
        """Announces a file. ``in_one_part`` makes it a single part, however large it is.

        A repeated request with the same idempotency key returns the upload of the first one. Raises
        ``UNSUPPORTED_MEDIA_TYPE``, ``PAYLOAD_TOO_LARGE``, ``INVALID_INPUT`` for a SHA-256 of a file that is too large
        to check, ``CONSENT_REQUIRED``, ``QUOTA_EXCEEDED``, and ``IDEMPOTENCY_KEY_REUSED``.
        """
        self._check(spec)
        self._require_consent(user_id, spec, created_by)
        claim = claim_of(
            idempotency_key,
            fileName=spec.file_name,
            contentType=spec.content_type,
            size=spec.size,
            purpose=spec.purpose,
            sha256=spec.sha256,
            contentEncoding=spec.content_encoding,
        )
        upload_id = uuid7()
        key = upload_key(user_id, upload_id)
        upload = Upload(
            upload_id=upload_id,
            user_id=user_id,
            spec=spec,
            part_size=spec.size if in_one_part else part_size_for(spec.size),
            storage_id=self.files.open(
                key,
                content_type=spec.content_type,
                content_encoding=spec.content_encoding,
                retention=spec.purpose.retention(retention),
            ),
            retention=spec.purpose.retention(retention),
            created_at=now,
            expires_at=now + OPEN_FOR,
            created_by=created_by,
        )
        try:
            self.uploads.add(upload, claim)
        except AlreadyAcceptedError as earlier:
            self.files.delete_parts(upload)
            return self.uploads.get(user_id, earlier.check(claim))
        except UploadQuotaError as error:
            self.files.delete_parts(upload)
            raise _quota_exceeded(error, spec.size) from error
        return upload

    def get(self, user_id: str, upload_id: str) -> tuple[Upload, dict[int, ReceivedPart]]:
        """Returns the upload and the parts that have arrived, by number. S3 is asked only about an open upload.

        Raises ``NOT_FOUND``.
        """
        upload = self.uploads.get(user_id, upload_id)
        if upload.status is not UploadStatus.OPEN:
            return upload, {}
        received = self.files.parts(upload)
        if received is None:
            # Another request has put them together, and checks the file. What has arrived must not become less.
            return upload, upload.all_parts() if self.files.is_put_together(upload) else {}
        return upload, upload.arrived(received)

    def page(
        self, user_id: str, *, limit: int, before: str | None, status: UploadStatus | None, purpose: Purpose | None
    ) -> tuple[list[Upload], str | None]:
        """Returns uploads, newest first, and the cursor of the next page, which is None on the last page."""
        return self.uploads.page(user_id, limit=limit, before=before, status=status, purpose=purpose)

    def link(self, upload: Upload) -> str:
        """Returns a temporary URL of a ready file."""
        return self.links.link(upload.key)

    def sign(self, user_id: str, upload_id: str, numbers: Iterable[int], *, now: datetime) -> list[SignedPart]:
        """Returns URLs for these parts, in the given order. No call to S3 is made.

        Raises ``NOT_FOUND``, ``CONSENT_REQUIRED``, ``INVALID_INPUT`` for a part that the file does not have, and
        ``RESOURCE_CONFLICT`` if the upload is not open.
        """
        upload = self.uploads.get(user_id, upload_id)
        self._require_consent(user_id, upload.spec, upload.created_by)
        if upload.status is not UploadStatus.OPEN or upload.is_over(now):
            raise ApiError(
                ErrorCode.RESOURCE_CONFLICT,
                "The upload is no longer open."
                if upload.status is UploadStatus.OPEN
                else f"The upload is {upload.status} and takes no more parts.",
                status=upload.status,
            )
        wanted = list(numbers)
        if any(not 1 <= number <= upload.part_count for number in wanted):
            raise invalid_field("partNumbers", f"the parts of this file are 1 to {upload.part_count}")
        return self.sign_parts(upload, wanted, now=now)

    def sign_parts(self, upload: Upload, numbers: Iterable[int], *, now: datetime) -> list[SignedPart]:
        """Returns URLs for these parts of an open upload. No call to S3 is made."""
        left = upload.expires_at - now if upload.expires_at else URL_TTL
        valid_for = min(URL_TTL, max(left, timedelta(seconds=1)))
        return [
            SignedPart(
                number,
                upload.size_of_part(number),
                self.files.sign_part(upload, number, valid_for=valid_for),
                now + valid_for,
            )
            for number in numbers
        ]

    def sign_first(self, upload: Upload, *, now: datetime) -> list[SignedPart]:
        """Returns URLs for the first parts of an open upload, at most ``MAX_SIGNED_PARTS``, and none for another."""
        if upload.status is not UploadStatus.OPEN:
            return []
        return self.sign_parts(upload, range(1, min(upload.part_count, MAX_SIGNED_PARTS) + 1), now=now)

    def complete(self, user_id: str, upload_id: str, *, retention: Retention, now: datetime) -> Upload:
        """Makes one file of the parts, checks it, and returns the ready upload. It may be repeated at any time.

        Raises ``NOT_FOUND``, ``CONSENT_REQUIRED``, ``UPLOAD_INCOMPLETE`` with what is missing, and ``UPLOAD_REJECTED``
        if the file is not what was announced; the upload has failed then, and its bytes are deleted.
        """
        upload = self.uploads.get(user_id, upload_id)
        if upload.status is UploadStatus.OPEN:
            self._require_consent(user_id, upload.spec, upload.created_by)
            # None: another request has put the parts together just now, or an earlier one was interrupted after that.
            received = self.files.parts(upload)
            if received is not None:
                if missing := upload.missing(received):
                    raise _incomplete(upload, received, missing)
                self.files.put_together(upload, upload.arrived(received))
            upload = self._check_file(upload, upload.spec.purpose.retention(retention), now)
        if upload.status is UploadStatus.FAILED:
            raise ApiError(ErrorCode.UPLOAD_REJECTED, upload.problem, uploadId=upload.upload_id)
        return upload

    def _check_file(self, upload: Upload, retention: RetentionPeriod, now: datetime) -> Upload:
        """Returns the upload as it is after the check. Raises ``NOT_FOUND`` if it was deleted meanwhile."""
        try:
            found = check_file(upload, self.files)
        except MissingFileError:
            # The other request has decided already, or S3 has dropped the parts at the end of their time.
            if self.uploads.get(upload.user_id, upload.upload_id).status is UploadStatus.OPEN:
                raise _incomplete(upload, [], upload.missing([])) from None
        except RejectedFileError as error:
            if self.uploads.mark_failed(upload, problem=str(error), now=now):
                metrics.upload_ended(upload, "failed")
        else:
            if retention is not upload.retention:  # it was changed after the announcement
                self.files.tag(upload, retention)
            if self.uploads.mark_ready(
                upload, size=found.size, triangles=found.triangles, retention=retention, now=now
            ):
                metrics.upload_ended(upload, "ready")
        return self._after_check(upload, now)

    def _after_check(self, upload: Upload, now: datetime) -> Upload:
        after = self.uploads.find(upload.user_id, upload.upload_id)
        if after is None or after.status is UploadStatus.REMOVED:
            # The parts may have become a file after the deletion had looked for one.
            self.files.delete_file(upload)
            return self.uploads.get(upload.user_id, upload.upload_id)
        if after.status is UploadStatus.FAILED:
            self.files.delete_file(after)
            self.uploads.settle(after, status=after.status, now=now)
        return after

    def _require_consent(self, user_id: str, spec: FileSpec, created_by: str | None) -> None:
        if needed := consent_for_upload(spec.purpose):
            self.consents().require(user_id, needed, member_id=created_by)

    def _check(self, spec: FileSpec) -> None:
        accepted = spec.purpose.content_types
        if spec.content_type not in accepted:
            raise ApiError(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                f"contentType: a file for {spec.purpose} must be {' or '.join(accepted)}.",
                fields=[{"field": "contentType", "problem": f"must be {' or '.join(accepted)}"}],
            )
        limit = self.max_model_bytes if spec.purpose is Purpose.MODEL else MAX_PICTURE_BYTES
        if spec.size > limit:
            raise ApiError(
                ErrorCode.PAYLOAD_TOO_LARGE, f"A file for {spec.purpose} may have {limit:,} bytes.", maxBytes=limit
            )
        if spec.sha256 and spec.size > MAX_HASHED_BYTES:
            raise invalid_field("sha256", f"is checked for files up to {MAX_HASHED_BYTES:,} bytes; leave it out")


def _incomplete(upload: Upload, received: Iterable[ReceivedPart], missing: list[int]) -> ApiError:
    parts = list(received)
    wrong = {part.number: part.size for part in parts if part.number in missing}
    shown = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")
    sentence = f"Part {shown} is missing." if len(missing) == 1 else f"{len(missing)} parts are missing: {shown}."
    if upload.part_count == 1:
        sentence = f"The file has not arrived. Send all {upload.spec.size:,} bytes in one PUT request."
    if wrong:
        number, size = next(iter(wrong.items()))
        sentence += f" Part {number} has {size:,} bytes and must have {upload.size_of_part(number):,}."
    return ApiError(
        ErrorCode.UPLOAD_INCOMPLETE,
        sentence,
        missingParts=missing[:_SHOWN_NUMBERS],
        missingCount=len(missing),
        receivedBytes=sum(part.size for part in upload.arrived(parts).values()),
        size=upload.spec.size,
    )


def _quota_exceeded(error: UploadQuotaError, size: int) -> ApiError:
    if error.open_uploads >= MAX_OPEN:
        return ApiError(
            ErrorCode.QUOTA_EXCEEDED,
            f"An account may have {MAX_OPEN} open uploads. Complete or delete one first.",
            openUploads=error.open_uploads,
        )
    return ApiError(
        ErrorCode.QUOTA_EXCEEDED,
        f"An account may store {MAX_STORED_BYTES:,} bytes of uploads, and has {error.stored_bytes:,}. "
        f"Delete some before you send {size:,} more.",
        storedBytes=error.stored_bytes,
    )
