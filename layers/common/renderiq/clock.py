"""Time, as the rest of the package takes it: a parameter, so that a test can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """ISO 8601 UTC to the millisecond with ``Z``: 2026-11-22T09:30:00.000Z. Sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` asks to wait (RFC 9110, 10.2.3), 0 for the past; None for what is none."""
    from email.utils import parsedate_to_datetime

    text = text.strip()
    if text.isascii() and text.isdigit():  # "²" is a digit too
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def from_iso(text: str) -> datetime:
    return datetime.fromisoformat(text)
