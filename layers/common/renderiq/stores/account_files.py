"""All files of one user in S3, whatever records say: for the deletion and the export of an account."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from botocore.exceptions import ClientError

from renderiq.errors import ApiError, ErrorCode

_KINDS: Final = ("captures", "exports", "projects", "renders", "uploads")
"""The first parts of keys, in the order of S3's listing."""
_EXPORTS: Final = "exports"
_CHUNK: Final = 8 << 20


class AccountFiles:
    """Lists, deletes and writes files of a user."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keys(self, user_id: str, *, after: str = "", with_exports: bool = True) -> Iterator[tuple[str, int]]:
        """Yields the key and the size of every file, by key, behind the key ``after``."""
        for kind in _KINDS:
            prefix = f"{kind}/{user_id}/"
            if (kind == _EXPORTS and not with_exports) or (after and after > f"{prefix}\uffff"):
                continue
            start = {"StartAfter": after} if after.startswith(prefix) else {}
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix, **start)
            for page in pages:
                for found in page.get("Contents", []):
                    yield found["Key"], found["Size"]

    def abort_uploads(self, user_id: str) -> None:
        """Ends every multipart upload, so that its parts go."""
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=f"uploads/{user_id}/"
        )
        for page in pages:
            for found in page.get("Uploads", []):
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=found["Key"], UploadId=found["UploadId"])

    def delete(self, keys: list[str]) -> None:
        """Deletes at most 1,000 files. Raises ``SERVICE_UNAVAILABLE`` if S3 did not delete all of them."""
        response = self._client.delete_objects(
            Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
        if response.get("Errors"):
            raise ApiError(ErrorCode.SERVICE_UNAVAILABLE)

    def copy(self, key: str, target: IO[bytes]) -> None:
        """Writes a file to ``target`` as it is stored, and nothing if it is gone."""
        try:
            response = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                return
            raise
        with contextlib.closing(response["Body"]) as body:
            while chunk := body.read(_CHUNK):
                target.write(chunk)

    def put(self, key: str, file: Path, content_type: str) -> None:
        """Stores a file of at most 5 GB."""
        with file.open("rb") as body:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
