"""Time. Services get the clock as a parameter, so that a test can set the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time."""


def utc_now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """Returns ISO 8601 in UTC with milliseconds, such as ``2026-11-22T09:30:00.000Z``. Such texts sort by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def retry_after(text: str, now: datetime) -> float | None:
    """Returns the seconds to wait according to a ``Retry-After`` header (RFC 9110, 10.2.3), 0 for a time in the past.

    Returns None if the text is not a valid header.
    """
    from email.utils import parsedate_to_datetime

    text = text.strip()
    if text.isascii() and text.isdigit():  # isdigit() alone accepts "²"
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def from_iso(text: str) -> datetime:
    """Reads ISO 8601. Raises ValueError or TypeError."""
    return datetime.fromisoformat(text)
