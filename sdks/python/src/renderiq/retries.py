"""When a failed request is sent again. Pure rules; the caller waits."""

from __future__ import annotations

from datetime import timezone
from typing import Final

from renderiq.errors import RenderiqError

MAX_RETRIES: Final = 3
MAX_PAUSE: Final = 8.0
MAX_RETRY_AFTER: Final = 60.0
"""A longer ``Retry-After`` is not waited for: the caller gets the error."""


def retry_pause(error: RenderiqError, failures: int, chance: float, *, retries: int = MAX_RETRIES) -> float | None:
    """Returns the seconds to wait before the request is sent again, or None if it is not.

    ``failures`` counts this one. ``chance`` in [0, 1) spreads the pause by a quarter in both directions.
    """
    if not error.retryable or failures > retries or (error.retry_after or 0) > MAX_RETRY_AFTER:
        return None
    return max(backoff(failures, chance, first=0.5, most=MAX_PAUSE), error.retry_after or 0.0)


def backoff(failures: int, chance: float, *, first: float, most: float) -> float:
    """Returns a pause that doubles with each failure, with jitter of a quarter."""
    return float(min(most, first * 2 ** min(failures - 1, 30)) * (0.75 + 0.5 * chance))


def read_retry_after(value: str | None, now: float) -> float | None:
    """Reads ``Retry-After``: seconds, or an HTTP date. None if it is absent or cannot be read."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() - now)
