"""The export of an account: everything that is stored of a user, as ZIP files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

EXPORT_TASK: Final = "export"
EXPORT_KEPT_FOR: Final = timedelta(days=7)
VOLUME_BYTES: Final = 500_000_000
"""A ZIP file takes no further file when it has so many bytes. One larger file is in one by itself."""
_SECRETS: Final = frozenset(
    {"active", "codeHash", "keyHash", "previousHash", "refreshHashes", "retired", "secret", "storageId", "tokenHash"}
)
"""Attributes that are secrets or stand for some. Who has an export must not be able to act as its user."""


class ExportStatus(StrEnum):
    """The state of an export."""

    NONE = "none"
    PREPARING = "preparing"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A ZIP file of an export."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class AccountExportState:
    """An export. ``files`` are those that are ready; ``expires_at`` is when they are deleted."""

    status: ExportStatus
    requested_at: datetime | None = None
    expires_at: datetime | None = None
    files: tuple[ExportFile, ...] = ()


def export_key(user_id: str, export_id: str, volume: int) -> str:
    """Returns the key of a ZIP file in S3."""
    return f"exports/{user_id}/{export_id}/renderiq-export-{volume}.zip"


def without_secrets(value: Any) -> Any:
    """Returns a record as it is exported."""
    if isinstance(value, Mapping):
        return {name: without_secrets(inner) for name, inner in value.items() if name not in _SECRETS}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_secrets(each) for each in value]
    return value
