"""Figures for users and operators: periods of time, and their summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from renderiq.domain.figures import (
    DELIVERY_SECONDS,
    EVERYBODY,
    RENDER_SECONDS,
    Bucket,
    grouped,
    histogram,
    merged,
    quantile,
    total,
    user_scope,
)
from renderiq.errors import invalid_field
from renderiq.stores.figures import FigureStore, Overview, Period

LONGEST: Final = {Bucket.HOUR: timedelta(days=31), Bucket.DAY: timedelta(days=731)}
_DEFAULT: Final = {Bucket.HOUR: timedelta(hours=24), Bucket.DAY: timedelta(days=30)}


class GroupBy(StrEnum):
    """By what the renders of a period are divided."""

    PLATFORM = "platform"
    QUALITY = "quality"
    STYLE = "style"
    ENGINE = "engine"
    VERSION = "version"


_ENDED: Final = {
    GroupBy.PLATFORM: ("renders", "?", "*"),
    GroupBy.QUALITY: ("renders", "*", "?"),
    GroupBy.STYLE: ("styles", "?"),
    GroupBy.ENGINE: ("engines", "?"),
}
"""The counts of ended renders by group; the status follows."""
_ORDERED: Final = {
    GroupBy.PLATFORM: ("ordered", "?", "*"),
    GroupBy.QUALITY: ("ordered", "*", "?"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The renders of one platform, quality, style, engine, or version. None means that it is not counted by that."""

    name: str
    ordered: int | None = None
    completed: int | None = None
    failed: int | None = None
    cancelled: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Periods in which something happened, from old to new, and the sum of all. The begin is that of a period."""

    begin: datetime
    end: datetime
    bucket: Bucket
    periods: list[Period]
    all_counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UsageService:
    """Reads figures."""

    figures: FigureStore

    def usage(
        self, user_id: str | None, bucket: Bucket, begin: datetime | None, end: datetime | None, *, now: datetime
    ) -> Usage:
        """Returns the figures of a user, or of everybody if ``user_id`` is None, from ``begin`` until before ``end``.

        The last 24 hours or 30 days without a begin. Raises ``INVALID_INPUT`` for times in the wrong order or too far
        apart.
        """
        end = end or now
        first = bucket.start(begin or end - _DEFAULT[bucket])
        if first >= end:
            raise invalid_field("from", "must be before the end")
        if end - first > LONGEST[bucket] + bucket.length:
            raise invalid_field("from", f"is more than {LONGEST[bucket].days} days before the end")
        scope = user_scope(user_id) if user_id else EVERYBODY
        periods = self.figures.periods(scope, bucket, first, end - timedelta(milliseconds=1))
        return Usage(first, end, bucket, periods, merged(each.counts for each in periods))

    def overview(self, now: datetime) -> Overview:
        """Returns the figures of everybody since the beginning, and of this hour and this day."""
        return self.figures.overview(now)


def groups(counts: Mapping[str, int], by: GroupBy) -> list[Group]:
    """Returns the groups that have renders, sorted by name."""
    if by is GroupBy.VERSION:
        pairs = ((name.split("/"), count) for name, count in sorted(counts.items()) if name.startswith("versions/"))
        return [Group(f"{platform} {version}", ordered=count) for (_, platform, version), count in pairs]
    ends = {status: grouped(counts, *_ENDED[by], status) for status in ("completed", "failed", "cancelled")}
    ordered = grouped(counts, *_ORDERED[by]) if by in _ORDERED else None
    names = sorted({*(ordered or ()), *(name for each in ends.values() for name in each)})
    return [
        Group(
            name,
            ordered=ordered[name] if ordered is not None else None,
            completed=ends["completed"][name],
            failed=ends["failed"][name],
            cancelled=ends["cancelled"][name],
        )
        for name in names
    ]


def render_quantile(fraction: float, counts: Mapping[str, int]) -> float | None:
    """Returns an estimate of the seconds from order to completion that this part of the renders did not exceed."""
    return quantile(fraction, histogram(counts, "seconds", "*", bounds=RENDER_SECONDS))


def delivery_quantile(fraction: float, counts: Mapping[str, int]) -> float | None:
    """Returns an estimate of the seconds that this part of the attempts at webhooks did not exceed."""
    return quantile(fraction, histogram(counts, "latency", bounds=DELIVERY_SECONDS))


def ended(counts: Mapping[str, int], status: str) -> int:
    """Returns how many renders ended with this status."""
    return total(counts, "renders", "*", "*", status)
