"""Uploads: files that are too large for an order go to storage in parts, and may be interrupted."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from renderiq.api import Api
from renderiq.bodies import content_type_of
from renderiq.errors import CancelledError, ConflictError, NotFoundError, PermissionDeniedError, RenderiqError
from renderiq.models import UploadOut

PARALLEL: Final = 4
_MAX_HASHED_BYTES: Final = 1_000_000_000
_MAX_SIGNED_PARTS: Final = 100
_MAX_SIGNATURES: Final = 3
"""How often a part is signed anew after storage has refused it."""
_MAX_COMPLETIONS: Final = 4

Progress = Callable[[int, int], object]
"""Is called with the bytes that have arrived and the bytes of the file, from several threads but never at once."""


@dataclass(frozen=True)
class LocalFile:
    """A file to upload. ``sha256`` is in hexadecimal."""

    path: Path
    size: int
    content_type: str
    sha256: str

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> LocalFile:
        """Reads the file once, for its hash."""
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            head = file.read(16)
            digest.update(head)
            while chunk := file.read(1 << 20):
                digest.update(chunk)
            size = file.tell()
        return cls(Path(path), size, content_type_of(os.fspath(path), head), digest.hexdigest())

    def part(self, number: int, part_size: int, size: int) -> bytes:
        """Returns the bytes of a part. Parts count from 1."""
        with open(self.path, "rb") as file:
            file.seek((number - 1) * part_size)
            return file.read(size)


class Uploads:
    """``client.uploads``."""

    def __init__(self, api: Api, *, parallel: int = PARALLEL) -> None:
        self._api = api
        self._parallel = parallel

    def send(
        self,
        path: str | os.PathLike[str],
        *,
        purpose: str = "capture",
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> UploadOut:
        """Uploads a file and returns the upload, which is ready.

        The same file for the same purpose is the same upload: a call that was interrupted, also by the end of its
        process, goes on where it stopped. Set ``cancel`` to stop it: ``CancelledError`` is raised then, and the
        upload deleted. Raises ``RenderiqError``.
        """
        file = LocalFile.read(path)
        key = f"{file.sha256}-{purpose}"
        for each in (key, f"{key}-{uuid4().hex}"):  # the first one is used up if its upload was deleted or has failed
            sending = Sending(self._api, file, purpose, each, self._parallel, on_progress, cancel)
            with suppress(NotFoundError):
                upload = sending.begin()
                if upload.status != "failed":
                    return sending.finish(upload)
        raise NotFoundError("NOT_FOUND", "The upload was deleted while it was begun.", status=404)

    def get(self, upload_id: str) -> UploadOut:
        """Returns an upload. Raises ``NotFoundError``."""
        return UploadOut.read(self._api.call("GET", f"/uploads/{upload_id}").data)

    def delete(self, upload_id: str) -> None:
        """Deletes an upload. Raises ``ConflictError`` while a render needs it."""
        self._api.call("DELETE", f"/uploads/{upload_id}")


@dataclass
class Sending:
    """One upload while it is sent. ``key`` is the ``Idempotency-Key`` of its announcement."""

    api: Api
    file: LocalFile
    purpose: str
    key: str
    parallel: int = PARALLEL
    on_progress: Progress | None = None
    cancel: threading.Event | None = None
    _urls: dict[int, str] = field(default_factory=dict)
    _arrived: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> UploadOut:
        """Announces the file. The same key gives the same upload."""
        body: dict[str, Any] = {
            "fileName": self.file.path.name,
            "contentType": self.file.content_type,
            "size": self.file.size,
            "purpose": self.purpose,
        }
        if self.file.size <= _MAX_HASHED_BYTES:
            body["sha256"] = self.file.sha256
        upload = UploadOut.read(self.api.call("POST", "/uploads", json=body, key=self.key).data)
        self._urls = {part.part_number: part.url for part in upload.parts or [] if part.url}
        return upload

    def find(self, upload_id: str) -> UploadOut:
        """Returns what has become of an upload that was begun earlier. Raises ``NotFoundError``."""
        return UploadOut.read(self.api.call("GET", f"/uploads/{upload_id}").data)

    def finish(self, upload: UploadOut) -> UploadOut:
        """Sends what is missing and completes the upload."""
        if upload.status != "ready":
            upload = self.find(upload.upload_id)  # which tells what storage has
        return self.send_missing(upload)

    def send_missing(self, upload: UploadOut) -> UploadOut:
        """Does the same for an upload that was looked at just now."""
        if upload.status == "ready":
            self._report(self.file.size)
            return upload
        parts = {part.part_number: part.size for part in upload.parts or []}
        missing = [part.part_number for part in upload.parts or [] if not part.received]
        if len(missing) < len(parts):
            self._report(sum(size for number, size in parts.items() if number not in missing))
        for _ in range(_MAX_COMPLETIONS):
            self._send_parts(upload, {number: parts[number] for number in missing})
            try:
                return UploadOut.read(self.api.call("POST", f"/uploads/{upload.upload_id}/complete", json={}).data)
            except ConflictError as error:
                missing = [number for number in error.details.get("missingParts") or [] if number in parts]
                if error.code != "UPLOAD_INCOMPLETE" or not missing:
                    raise
                self._arrived -= sum(parts[number] for number in missing)
        raise ConflictError("UPLOAD_INCOMPLETE", "Parts of the upload do not arrive.", status=409, retryable=True)

    def _send_parts(self, upload: UploadOut, sizes: dict[int, int]) -> None:
        unsigned = [number for number in sizes if number not in self._urls]
        for first in range(0, len(unsigned), _MAX_SIGNED_PARTS):
            self._sign(upload, unsigned[first : first + _MAX_SIGNED_PARTS])
        try:
            for _ in self._together(lambda number: self._send_part(upload, number, sizes[number]), list(sizes)):
                self._stop_if_cancelled()
        except CancelledError:
            with suppress(RenderiqError):  # an upload that cannot be deleted now ends by itself after a day
                self.api.call("DELETE", f"/uploads/{upload.upload_id}")
            raise

    def _together(self, work: Callable[[int], None], numbers: list[int]) -> Iterator[None]:
        """Does the work for all numbers, several at a time.

        Ends at the first error, when those under way have ended.
        """
        from concurrent.futures import ThreadPoolExecutor

        self._stop_if_cancelled()
        if self.parallel == 1:
            for number in numbers:
                work(number)
                yield
            return
        with ThreadPoolExecutor(self.parallel, thread_name_prefix="renderiq-upload") as threads:
            running = [threads.submit(work, number) for number in numbers]
            try:
                for each in running:
                    yield each.result()
            finally:
                for each in running:
                    each.cancel()

    def _send_part(self, upload: UploadOut, number: int, size: int) -> None:
        content = self.file.part(number, upload.part_size, size)
        checksum = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        for signatures in range(_MAX_SIGNATURES + 1):
            self._stop_if_cancelled()
            try:
                self.api.put(self._urls[number], content, {"Content-MD5": checksum})
                break
            except PermissionDeniedError:  # the URL has expired
                if signatures == _MAX_SIGNATURES:
                    raise
                self._sign(upload, [number])
        self._report(size)

    def _sign(self, upload: UploadOut, numbers: list[int]) -> None:
        answer = self.api.call("POST", f"/uploads/{upload.upload_id}/parts", json={"partNumbers": numbers}).data
        self._urls.update({part["partNumber"]: part["url"] for part in answer["parts"]})

    def _report(self, more: int) -> None:
        with self._lock:
            self._arrived += more
            if self.on_progress:
                self.on_progress(self._arrived, self.file.size)

    def _stop_if_cancelled(self) -> None:
        if self.cancel and self.cancel.is_set():
            raise CancelledError("CANCELLED", "The upload was cancelled.")
