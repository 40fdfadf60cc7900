"""Figures: counts of what happened, by hour and by day, for everybody and for each user.

A record of the tables states facts: a render that was ordered, a render that ended, an attempt at a webhook. The facts
follow from the record alone. So the change of a record adds the facts that its new state has and its old state had not,
and counting all records again gives the same figures.

A count has a name of parts that are joined by ``/``, such as ``renders/sketchup/standard/completed``. Each part is one
of a fixed list or ``other``: nobody can make names by sending values.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from renderiq.clock import to_iso
from renderiq.domain.credits import LedgerEntry
from renderiq.domain.renders import EMBEDDED_ENGINE, PATH_TRACER, Quality, Status
from renderiq.domain.uploads import Purpose
from renderiq.errors import ErrorCode
from renderiq.platform import Platform

OTHER: Final = "other"
PLATFORMS: Final = tuple(Platform)
QUALITIES: Final = tuple(Quality)
ENGINES: Final = (EMBEDDED_ENGINE, PATH_TRACER, "gemini", "bedrock")
ENDS: Final = tuple(status for status in Status if status.is_terminal)
PURPOSES: Final = tuple(Purpose)
ERRORS: Final = tuple(ErrorCode.__members__)
_VERSION: Final = re.compile(r"([0-5])\.(1?\d)(?!\d)")
"""Versions that are counted by their own name: 0.0 to 5.19."""

RENDER_SECONDS: Final = (2.5, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800)
DELIVERY_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)
"""Upper bounds of the histograms' buckets, inclusive. A last bucket has no bound."""
INFINITE: Final = "+Inf"

ACTIVE: Final = "active"
"""The name of the count of users who ordered a render or announced an upload."""
EVERYBODY: Final = "all"
"""The scope of the figures of all users together."""


class Bucket(StrEnum):
    """A period of time for which figures are kept."""

    HOUR = "hour"
    DAY = "day"

    def start(self, moment: datetime) -> datetime:
        """Returns the begin of the period that ``moment``, which is in UTC, is in."""
        day = moment.replace(minute=0, second=0, microsecond=0)
        return day if self is Bucket.HOUR else day.replace(hour=0)

    @property
    def length(self) -> timedelta:
        """The length of a period."""
        return timedelta(hours=1) if self is Bucket.HOUR else timedelta(days=1)

    @property
    def retention(self) -> timedelta:
        """How long the figures of a period are kept."""
        return timedelta(days=90) if self is Bucket.HOUR else timedelta(days=731)


def user_scope(user_id: str) -> str:
    """Returns the scope of the figures of one user."""
    return f"user#{user_id}"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened at ``at``, and what it adds to the counts. ``fact_id`` names it in all tables.

    ``shows_activity`` tells whether the user did it, so that the user was active.
    """

    fact_id: str
    at: datetime
    user_id: str
    counts: Mapping[str, int]
    shows_activity: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes in whose figures the fact is counted."""
        return EVERYBODY, user_scope(self.user_id)


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that a change of a record has added, or, if ``gone``, one that no record states any more.

    A fact that has gone stays in the figures. It is counted apart as well, so that a rebuild from the tables knows it.
    """

    fact: Fact
    gone: bool = False

    @property
    def change_id(self) -> str:
        """Names the change. It is the same for the same change, however often it is reported."""
        return f"gone/{self.fact.fact_id}" if self.gone else self.fact.fact_id


def changes(old: Sequence[Fact], new: Sequence[Fact]) -> list[FactChange]:
    """Returns what the change of a record, which stated the facts ``old`` and states ``new``, adds to the figures."""
    before, after = {each.fact_id for each in old}, {each.fact_id for each in new}
    added = [FactChange(each) for each in new if each.fact_id not in before]
    return added + [FactChange(each, gone=True) for each in old if each.fact_id not in after]


@dataclass(frozen=True, slots=True)
class RenderRecord:
    """What the figures need to know of a render. ``completed_at`` is None until it has ended.

    ``style`` is the name of a style of the registry, ``own`` for a style of a user, or ``other``.
    """

    render_id: str
    user_id: str
    platform: str
    plugin_version: str | None
    quality: str
    style: str
    engine: str
    cost: int
    created_at: datetime
    status: str
    completed_at: datetime | None = None
    error_code: str | None = None

    def facts(self) -> tuple[Fact, ...]:
        """Returns that it was ordered and, if it has, that it ended."""
        platform, quality = _one_of(PLATFORMS, self.platform), _one_of(QUALITIES, self.quality)
        ordered = Fact(
            f"render/{self.render_id}/ordered",
            self.created_at,
            self.user_id,
            {f"ordered/{platform}/{quality}": 1, f"versions/{platform}/{known_version(self.plugin_version)}": 1},
            shows_activity=True,
        )
        if self.completed_at is None or self.status not in ENDS:
            return (ordered,)
        counts = {
            f"renders/{platform}/{quality}/{self.status}": 1,
            f"styles/{self.style}/{self.status}": 1,
            f"engines/{_one_of(ENGINES, self.engine)}/{self.status}": 1,
        }
        if self.status == "completed":
            took = max(timedelta(), self.completed_at - self.created_at)
            milliseconds = round(took / timedelta(milliseconds=1))
            counts[f"seconds/{platform}/{_bucket_of(milliseconds, RENDER_SECONDS)}"] = 1
            counts[f"milliseconds/{platform}"] = milliseconds
            counts[f"used/{platform}"] = self.cost
        if self.status == "failed":
            counts[f"errors/{self.error_code if self.error_code in ERRORS else OTHER}"] = 1
        return ordered, Fact(f"render/{self.render_id}/ended", self.completed_at, self.user_id, counts)


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt at a webhook. ``milliseconds`` is how long it took."""

    at: datetime
    milliseconds: int
    succeeded: bool


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What the figures need to know of a delivery. ``given_up`` tells that its attempts are used up."""

    delivery_id: str
    user_id: str
    attempts: tuple[AttemptRecord, ...]
    given_up: bool

    def facts(self) -> tuple[Fact, ...]:
        """Returns every attempt that the record still has, and that it was given up."""
        facts = []
        for each in self.attempts:
            counts = {
                f"attempts/{'succeeded' if each.succeeded else 'failed'}": 1,
                f"latency/{_bucket_of(each.milliseconds, DELIVERY_SECONDS)}": 1,
                "latency_milliseconds": each.milliseconds,
            }
            facts.append(Fact(f"attempt/{self.delivery_id}/{to_iso(each.at)}", each.at, self.user_id, counts))
        if self.given_up and self.attempts:
            # A delivery that is sent again by hand can be given up again, after another attempt.
            at = self.attempts[-1].at
            fact_id = f"attempt/{self.delivery_id}/{to_iso(at)}/given-up"
            facts.append(Fact(fact_id, at, self.user_id, {"given_up": 1}))
        return tuple(facts)


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """What the figures need to know of an upload. ``size`` is in bytes. ``ended_at`` is when it was ready or failed."""

    upload_id: str
    user_id: str
    purpose: str
    status: str
    size: int
    created_at: datetime
    ended_at: datetime | None = None

    def facts(self) -> tuple[Fact, ...]:
        """Returns that it was announced and, if it has, that it is ready or failed."""
        purpose = _one_of(PURPOSES, self.purpose)
        announced = Fact(
            f"upload/{self.upload_id}/announced",
            self.created_at,
            self.user_id,
            {f"uploads/{purpose}/announced": 1},
            shows_activity=True,
        )
        if self.status not in {"ready", "failed"}:
            return (announced,)
        counts = {f"uploads/{purpose}/{self.status}": 1}
        if self.status == "ready":
            counts["upload_bytes"] = self.size
        ended = Fact(f"upload/{self.upload_id}/ended", self.ended_at or self.created_at, self.user_id, counts)
        return announced, ended


def ledger_facts(entry: LedgerEntry) -> tuple[Fact, ...]:
    """Returns that credits moved. Debits and refunds are counted by their absolute amount."""
    counts = {f"credits/{entry.type}": abs(entry.amount)}
    return (Fact(f"ledger/{entry.entry_id}", entry.at, entry.user_id, counts),)


def known_version(version: str | None) -> str:
    """Returns major and minor version, such as ``1.4`` for ``1.4.2-beta``, or ``other`` for what is no version."""
    found = _VERSION.match(version or "")
    return f"{found[1]}.{found[2]}" if found else OTHER


def total(counts: Mapping[str, int], *pattern: str) -> int:
    """Returns the sum of the counts whose name has these parts; ``*`` stands for any part."""
    return sum(count for name, count in counts.items() if _matches(name, pattern))


def grouped(counts: Mapping[str, int], *pattern: str) -> Counter[str]:
    """Returns the sums of the counts whose name has these parts, by the part where the pattern has ``?``."""
    position, sums = pattern.index("?"), Counter[str]()
    for name, count in counts.items():
        if _matches(name, pattern):
            sums[name.split("/")[position]] += count
    return sums


def merged(every: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Returns the sum of several sets of counts."""
    sums = Counter[str]()
    for counts in every:
        sums.update(counts)
    return sums


def histogram(counts: Mapping[str, int], *pattern: str, bounds: Sequence[float]) -> list[tuple[str, int]]:
    """Returns the upper bound of each bucket and how many values are not above it, as OpenMetrics has them.

    The last part of the names is the bound.
    """
    by_bound, cumulated, found = grouped(counts, *pattern, "?"), 0, []
    for bound in (*map(_bound, bounds), INFINITE):
        cumulated += by_bound[bound]
        found.append((bound, cumulated))
    return found


def quantile(fraction: float, buckets: Sequence[tuple[str, int]]) -> float | None:
    """Returns an estimate of a quantile, by linear interpolation inside its bucket; None without values.

    It is the rule of Prometheus' ``histogram_quantile``: a value above the highest bound counts as that bound.
    """
    wanted, lower, below = fraction * buckets[-1][1], 0.0, 0
    if buckets[-1][1] == 0:
        return None
    for bound, cumulated in buckets[:-1]:
        upper = float(bound)
        if cumulated >= wanted and cumulated > below:
            return lower + (upper - lower) * (wanted - below) / (cumulated - below)
        lower, below = upper, cumulated
    return lower


def _bucket_of(milliseconds: int, bounds: Sequence[float]) -> str:
    at = bisect_left(bounds, milliseconds / 1000)
    return _bound(bounds[at]) if at < len(bounds) else INFINITE


def _bound(seconds: float) -> str:
    return f"{float(seconds)}"


def _one_of(known: Sequence[str], value: str) -> str:
    return str(value) if value in known else OTHER


def _matches(name: str, pattern: Sequence[str]) -> bool:
    parts = name.split("/")
    return len(parts) == len(pattern) and all(
        wanted in {"*", "?", part} for part, wanted in zip(parts, pattern, strict=True)
    )
