"""What the figures of the last day tell about this hour. Two alarms of CloudWatch watch it, which cannot compute it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from renderiq.domain.figures import Bucket, grouped, merged, total

DAY: Final = timedelta(days=1)
MIN_CREDITS: Final = 100
MIN_RENDERS: Final = 20
"""Below this, what happened since the last full hour is too little to tell anything."""


@dataclass(frozen=True, slots=True)
class Trends:
    """``credit_use``: how fast credits are used, as a multiple of the mean of the last day.

    ``error_rate``: the part of the renders that failed, from 0 to 1, on the platform where it is largest. Both are
    about this hour and the one before, and 0 if too little happened in them.
    """

    credit_use: float
    error_rate: float


def trends(hours: Mapping[datetime, Mapping[str, int]], now: datetime) -> Trends:
    """Returns the trends by the counts of the hours that begin in the last 25 hours. ``now`` is in UTC."""
    recent = Bucket.HOUR.start(now) - Bucket.HOUR.length
    first = recent + Bucket.HOUR.length - DAY
    counts = merged(each for start, each in hours.items() if start >= recent)
    used = _credits(counts)
    mean = _credits(merged(each for start, each in hours.items() if start >= first)) / (now - first).total_seconds()
    return Trends(
        credit_use=used / (now - recent).total_seconds() / mean if used >= MIN_CREDITS else 0,
        error_rate=max(
            (_error_rate(counts, platform) for platform in grouped(counts, "renders", "?", "*", "*")), default=0
        ),
    )


def _credits(counts: Mapping[str, int]) -> int:
    return total(counts, "used", "*")


def _error_rate(counts: Mapping[str, int], platform: str) -> float:
    failed = total(counts, "renders", platform, "*", "failed")
    ended = failed + total(counts, "renders", platform, "*", "completed")
    return failed / ended if ended >= MIN_RENDERS else 0
