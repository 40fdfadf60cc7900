"""The files of uploads in S3: multipart uploads whose parts plugins send themselves to signed URLs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from renderiq.domain.retention import TAG, RetentionPeriod
from renderiq.domain.uploads import ReceivedPart, Upload
from renderiq.stores.tags import tag_object

_CHUNK: Final = 1 << 20
_GONE: Final = frozenset({"NoSuchUpload", "InvalidPart"})
"""S3 no longer has the parts: they were put together, or deleted, or replaced."""
_NO_OBJECT: Final = frozenset({"NoSuchKey", "404", "NotFound", "InvalidRange"})


@dataclass(frozen=True, slots=True)
class UploadFiles:
    """Reads and writes the files of uploads. ``client`` returns the client of S3, which is created when it is needed.

    ``upload.storage_id`` names the multipart upload of every method that takes an upload.
    """

    client: Callable[[], Any]
    bucket: str

    def open(self, key: str, *, content_type: str, content_encoding: str | None, retention: RetentionPeriod) -> str:
        """Starts a multipart upload and returns its id. The file will have the tag of its retention."""
        encoding = {"ContentEncoding": content_encoding} if content_encoding else {}
        answer = self.client().create_multipart_upload(
            Bucket=self.bucket, Key=key, ContentType=content_type, Tagging=f"{TAG}={retention}", **encoding
        )
        return str(answer["UploadId"])

    def sign_part(self, upload: Upload, number: int, *, valid_for: timedelta) -> str:
        """Returns a URL that takes this part by PUT, with exactly its number of bytes. No call to S3 is made."""
        url: str = self.client().generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": self.bucket,
                "Key": upload.key,
                "UploadId": upload.storage_id,
                "PartNumber": number,
                # Signed, so that S3 refuses a part of another size, which nobody would pay for.
                "ContentLength": upload.size_of_part(number),
            },
            ExpiresIn=max(1, int(valid_for.total_seconds())),
        )
        return url

    def parts(self, upload: Upload) -> list[ReceivedPart] | None:
        """Returns the parts that S3 has, or None if it has no such multipart upload any more."""
        try:
            answer = self.client().list_parts(Bucket=self.bucket, Key=upload.key, UploadId=upload.storage_id)
        except ClientError as error:
            if _code(error) == "NoSuchUpload":
                return None
            raise
        return [ReceivedPart(part["PartNumber"], part["Size"], part["ETag"]) for part in answer.get("Parts", [])]

    def put_together(self, upload: Upload, parts: Mapping[int, ReceivedPart]) -> bool:
        """Makes one file of the parts. Returns False if S3 does not have them any more."""
        listed = [{"PartNumber": number, "ETag": part.etag} for number, part in sorted(parts.items())]
        try:
            self.client().complete_multipart_upload(
                Bucket=self.bucket, Key=upload.key, UploadId=upload.storage_id, MultipartUpload={"Parts": listed}
            )
        except ClientError as error:
            if _code(error) in _GONE:
                return False
            raise
        return True

    def is_put_together(self, upload: Upload) -> bool:
        """Returns whether S3 has the file that was made of the parts."""
        try:
            self.client().head_object(Bucket=self.bucket, Key=upload.key)
        except ClientError as error:
            if _code(error) in _NO_OBJECT:
                return False
            raise
        return True

    def read(self, upload: Upload, *, first_bytes: int | None) -> Iterator[bytes]:
        """Yields the file in chunks, or only its first bytes. Yields nothing if there is no file."""
        part = {"Range": f"bytes=0-{first_bytes - 1}"} if first_bytes else {}
        try:
            answer = self.client().get_object(Bucket=self.bucket, Key=upload.key, **part)
        except ClientError as error:
            if _code(error) in _NO_OBJECT:
                return
            raise
        with contextlib.closing(answer["Body"]) as body:
            while chunk := body.read(_CHUNK):
                yield chunk

    def tag(self, upload: Upload, retention: RetentionPeriod) -> None:
        """Changes the retention of the file. It is no error if there is none."""
        tag_object(self.client(), self.bucket, upload.key, retention)

    def delete(self, upload: Upload) -> None:
        """Deletes everything that S3 has of the upload: parts and the file. It is no error if there is nothing."""
        self.delete_parts(upload)
        self.delete_file(upload)

    def delete_parts(self, upload: Upload) -> None:
        """Deletes the parts, and ends the multipart upload. It is no error if there is none."""
        try:
            self.client().abort_multipart_upload(Bucket=self.bucket, Key=upload.key, UploadId=upload.storage_id)
        except ClientError as error:
            if _code(error) != "NoSuchUpload":
                raise

    def delete_file(self, upload: Upload) -> None:
        """Deletes the file. It is no error if there is none."""
        self.client().delete_object(Bucket=self.bucket, Key=upload.key)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
