"""Requests and responses of the endpoints that delete and export an account."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from renderiq.domain.account_deletion import DELETED_WITHIN, DeletionReceipt, DeletionStatus
from renderiq.domain.account_export import AccountExportState, ExportFile, ExportStatus
from renderiq.models.wire import Timestamp, WireModel


class AccountDeletionIn(WireModel):
    """What confirms the deletion. The password is not needed within ten minutes of the sign-in."""

    password: str | None = Field(None, max_length=256)


class DeletionReceiptOut(WireModel):
    """The receipt of a deletion. It names nobody; who has its id can read it."""

    receipt_id: str
    status: DeletionStatus
    requested_at: Timestamp
    deleted_by: Timestamp = Field(description="When everything is deleted at the latest.")
    completed_at: Timestamp | None = Field(None, description="When everything was deleted.")
    counts: dict[str, int] = Field(description="How many records of each kind, and `files`, were deleted so far.")

    @classmethod
    def of(cls, receipt: DeletionReceipt) -> DeletionReceiptOut:
        """Returns the response for a receipt."""
        return cls(
            receipt_id=receipt.receipt_id,
            status=receipt.status,
            requested_at=receipt.requested_at,
            deleted_by=receipt.requested_at + DELETED_WITHIN,
            completed_at=receipt.completed_at,
            counts=dict(receipt.counts),
        )


class ExportFileOut(WireModel):
    """A ZIP file."""

    url: str = Field(description="A link to the file, which is valid for 24 hours.")
    size: int = Field(description="In bytes.")


class AccountExportOut(WireModel):
    """The export that is being prepared, or else the last one."""

    status: ExportStatus
    requested_at: Timestamp | None = None
    expires_at: Timestamp | None = Field(None, description="When the files are deleted.")
    files: list[ExportFileOut] = Field(description="The files of an export that is ready.")

    @classmethod
    def of(cls, state: AccountExportState, *, link: Callable[[ExportFile], str]) -> AccountExportOut:
        """Returns the response for an export. ``link`` makes the URL of a file."""
        return cls(
            status=state.status,
            requested_at=state.requested_at,
            expires_at=state.expires_at,
            files=[ExportFileOut(url=link(each), size=each.size) for each in state.files],
        )
