"""Deleting an account: what goes in which order, and the receipt that stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

DELETION_TASK: Final = "deletion"
FRESH_FOR: Final = timedelta(minutes=10)
"""How old the sign-in of a session may be that deletes the account without its password."""
DELETED_WITHIN: Final = timedelta(days=30)
"""What is promised."""
STREAM_LAG: Final = timedelta(hours=25)
"""The streams report changes for a day. After that, no figure of the account is counted any more."""
RECEIPT_KEPT_FOR: Final = timedelta(days=365)


class RecordKind(StrEnum):
    """A kind of records, in the order in which they are deleted. The value names it in the receipt and in exports."""

    RENDERS = "renders"
    UPLOADS = "uploads"
    PROJECTS = "projects"
    STYLES = "styles"
    DELIVERIES = "deliveries"
    WEBHOOKS = "webhooks"
    API_KEYS = "apiKeys"
    SESSIONS = "sessions"
    DEVICE_CODES = "deviceCodes"
    CONSENTS = "consents"
    LEDGER = "ledgerEntries"
    TASKS = "tasks"


class DeletionStatus(StrEnum):
    """The state of a deletion."""

    DELETING = "deleting"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class DeletionReceipt:
    """What proves a deletion. It names nobody. ``counts`` has the deleted records by kind, and the deleted files."""

    receipt_id: str
    requested_at: datetime
    status: DeletionStatus = DeletionStatus.DELETING
    completed_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict, hash=False)


def is_fresh(signed_in_at: datetime, now: datetime) -> bool:
    """Returns whether a sign-in is so fresh that no password needs to be asked."""
    return now - signed_in_at <= FRESH_FOR
