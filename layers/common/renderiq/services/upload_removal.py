"""Removing uploads: at their user's request, and when their time is over. Their bytes go, then their records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from renderiq import metrics
from renderiq.domain.access import Check, anybody
from renderiq.domain.recovery import MAX_WAIT
from renderiq.domain.uploads import Upload, UploadStatus
from renderiq.errors import ApiError, ErrorCode
from renderiq.stores.renders import RenderReader
from renderiq.stores.upload_files import UploadFiles
from renderiq.stores.uploads import UploadStore

_LONGEST_RENDER: Final = MAX_WAIT + timedelta(hours=1)
"""A render that was created earlier has ended: the sweeper sees to that."""
_MAX_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class UploadRemoval:
    """Removes uploads. Every step can be interrupted: the record stays in the due index until the bytes are deleted."""

    uploads: UploadStore
    files: UploadFiles
    renders: RenderReader

    def delete(self, user_id: str, upload_id: str, *, now: datetime, check: Check = anybody) -> None:
        """Deletes an upload with its bytes.

        Raises ``NOT_FOUND``, the error of ``check`` about who has sent it, and ``RESOURCE_CONFLICT`` while a render
        that has not ended needs it.
        """
        # A render may be created, or the upload completed, between our read and our write.
        for _ in range(_MAX_ATTEMPTS):
            upload = self.uploads.get(user_id, upload_id)
            check(upload.created_by)
            if self._is_needed(upload, now):
                break
            if self.uploads.mark_removed(upload, now=now):
                self._delete_bytes(upload, UploadStatus.REMOVED, now)
                return
        raise ApiError(ErrorCode.RESOURCE_CONFLICT, "A render that has not ended needs the upload.")

    def resume(self, user_id: str, upload_id: str, *, now: datetime) -> bool:
        """Removes an upload whose time is over, or goes on with a removal that was interrupted.

        Returns False if it is too early, or if a render needs it.
        """
        upload = self.uploads.find(user_id, upload_id)
        if upload is None:
            return False
        is_pending = upload.status in {UploadStatus.OPEN, UploadStatus.READY}
        if is_pending:
            if not upload.is_over(now) or self._is_needed(upload, now):
                return False
            if not self.uploads.mark_removed(upload, now=now):
                return False
            if upload.status is UploadStatus.OPEN:
                metrics.upload_ended(upload, "abandoned")
        self._delete_bytes(upload, UploadStatus.REMOVED if is_pending else upload.status, now)
        return True

    def _delete_bytes(self, upload: Upload, status: UploadStatus, now: datetime) -> None:
        self.files.delete(upload)
        self.uploads.settle(upload, status=status, now=now)

    def _is_needed(self, upload: Upload, now: datetime) -> bool:
        return bool(upload.uses) and self.renders.is_needed(upload.user_id, upload.key, since=now - _LONGEST_RENDER)
