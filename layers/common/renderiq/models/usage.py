"""Requests and responses of the figures."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from renderiq.domain.figures import ACTIVE, Bucket, total
from renderiq.models.wire import Choice, Timestamp, UtcTime, WireModel
from renderiq.services.usage import Group, GroupBy, Usage, delivery_quantile, ended, groups, render_quantile


class Whose(StrEnum):
    """Whose figures they are."""

    OWN = "own"
    EVERYBODY = "everybody"


class UsageQuery(WireModel):
    """Which figures are wanted."""

    begin: Annotated[UtcTime | None, Field(description="The first period is the one with this time.")] = Field(
        None, alias="from"
    )
    end: Annotated[
        UtcTime | None, Field(description="Periods that begin at this time or later are left out; the default is now.")
    ] = Field(None, alias="to")
    bucket: Annotated[Bucket, Choice] = Field(
        Bucket.DAY, description="The length of a period. An hour has at most 31 days before `to`, a day 731."
    )
    group_by: Annotated[GroupBy | None, Choice] = Field(None, description="By what renders are divided in `groups`.")
    whose: Annotated[Whose, Choice] = Field(
        Whose.OWN, description="`everybody` needs the scope `metrics:read`, which only operators have."
    )
    format: Annotated[Literal["json", "csv"], Choice] = Field(
        "json", description="`csv` is a table with one line for each period, or for each group of a period."
    )


class UsageGroup(WireModel):
    """The renders of one group. Orders are counted by platform, quality and version only, versions by orders only."""

    group: str
    ordered: int | None = None
    completed: int | None = None
    failed: int | None = None
    cancelled: int | None = None

    @classmethod
    def of(cls, group: Group) -> UsageGroup:
        """Returns the group as it is sent."""
        return cls(
            group=group.name,
            ordered=group.ordered,
            completed=group.completed,
            failed=group.failed,
            cancelled=group.cancelled,
        )


class UsageFigures(WireModel):
    """What happened in a time.

    ``ordered`` counts renders by when they were ordered, the others by when they ended. ``seconds…`` are those from the
    order to the completion; P50 and P95 are estimates from a histogram. Attempts at webhooks are counted one by one.
    """

    ordered: int
    completed: int
    failed: int
    cancelled: int
    credits_used: Annotated[int, Field(description="Of completed renders.")]
    credits_debited: int
    credits_refunded: int
    seconds_mean: float | None = None
    seconds_p50: float | None = Field(None, alias="secondsP50")
    seconds_p95: float | None = Field(None, alias="secondsP95")
    delivery_attempts: int
    delivery_failures: int
    delivery_seconds_p95: float | None = Field(None, alias="deliverySecondsP95")
    uploads: int
    uploads_failed: int
    active_users: Annotated[
        int | None, Field(description="Users who ordered a render or announced an upload; not in sums of periods.")
    ] = None
    groups: list[UsageGroup] | None = None


class UsagePeriod(UsageFigures):
    """What happened in an hour or a day that begins at ``start``."""

    start: Timestamp


class UsageOut(WireModel):
    """Figures of periods, from old to new. Periods in which nothing happened are left out."""

    begin: Timestamp = Field(alias="from")
    end: Timestamp = Field(alias="to")
    bucket: Bucket
    periods: list[UsagePeriod]
    total: UsageFigures

    @classmethod
    def of(cls, usage: Usage, by: GroupBy | None, *, counts_users: bool) -> UsageOut:
        """Returns the figures as they are sent. ``counts_users`` tells whether they are those of several users."""
        return cls(
            begin=usage.begin,
            end=usage.end,
            bucket=usage.bucket,
            periods=[
                UsagePeriod(
                    start=each.start,
                    active_users=each.counts.get(ACTIVE, 0) if counts_users else None,
                    **_figures(each.counts, by),
                )
                for each in usage.periods
            ],
            total=UsageFigures(**_figures(usage.all_counts, by)),
        )

    def to_csv(self) -> str:
        """Returns a table (RFC 4180) with a line for each period, or for each group of a period."""
        grouped = self.total.groups is not None
        columns = ["start", "group", *GROUP_COLUMNS] if grouped else ["start", *COLUMNS]
        lines = [columns]
        for period in self.periods:
            sent = period.to_json()
            if not grouped:
                lines.append([_cell(sent.get(name)) for name in columns])
            for group in sent.get("groups", ()):
                lines.append([sent["start"], *(_cell(group.get(name)) for name in columns[1:])])
        return "".join(",".join(line) + "\r\n" for line in lines)


def month_figures(usage: Usage) -> dict[str, Any]:
    """Returns the sum of a month, with the renders of each platform, as ``usage.month`` has it."""
    return UsageFigures(**_figures(usage.all_counts, GroupBy.PLATFORM)).to_json()


GROUP_COLUMNS = ("ordered", "completed", "failed", "cancelled")
COLUMNS = (
    *GROUP_COLUMNS,
    "creditsUsed",
    "creditsDebited",
    "creditsRefunded",
    "secondsMean",
    "secondsP50",
    "secondsP95",
    "deliveryAttempts",
    "deliveryFailures",
    "deliverySecondsP95",
    "uploads",
    "uploadsFailed",
    "activeUsers",
)
"""The columns of the table after the begin of the period."""


def _figures(counts: Mapping[str, int], by: GroupBy | None) -> dict[str, Any]:
    completed = ended(counts, "completed")
    return {
        "ordered": total(counts, "ordered", "*", "*"),
        "completed": completed,
        "failed": ended(counts, "failed"),
        "cancelled": ended(counts, "cancelled"),
        "credits_used": total(counts, "used", "*"),
        "credits_debited": counts.get("credits/debit", 0),
        "credits_refunded": counts.get("credits/refund", 0),
        "seconds_mean": _rounded(total(counts, "milliseconds", "*") / 1000 / completed) if completed else None,
        "seconds_p50": _rounded(render_quantile(0.5, counts)),
        "seconds_p95": _rounded(render_quantile(0.95, counts)),
        "delivery_attempts": total(counts, "attempts", "*"),
        "delivery_failures": counts.get("attempts/failed", 0),
        "delivery_seconds_p95": _rounded(delivery_quantile(0.95, counts)),
        "uploads": total(counts, "uploads", "*", "announced"),
        "uploads_failed": total(counts, "uploads", "*", "failed"),
        "groups": [UsageGroup.of(each) for each in groups(counts, by)] if by else None,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _cell(value: object) -> str:
    # Names are of fixed lists, and all other values are numbers: nothing needs quotes.
    return "" if value is None else str(value)
