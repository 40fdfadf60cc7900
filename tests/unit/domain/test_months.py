"""Months in UTC: where they begin and end, and when their figures are published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from renderiq.domain.months import Month, last_due, usage_delivery_id

TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "days", "following"),
    [("2026-11", 30, "2026-12"), ("2026-12", 31, "2027-01"), ("2027-02", 28, "2027-03"), ("2028-02", 29, "2028-03")],
)
def test_a_month_ends_where_the_next_one_begins(text: str, days: int, following: str) -> None:
    month = Month.parse(text)

    assert str(month) == text
    assert month.end - month.begin == timedelta(days=days)
    assert month.end == Month.parse(following).begin
    assert Month.parse(following).previous == month
    assert (Month.of(month.begin), Month.of(month.end - TICK)) == (month, month)


def test_a_moment_is_in_the_month_of_utc() -> None:
    in_tokyo = datetime(2027, 1, 1, 8, 59, tzinfo=timezone(timedelta(hours=9)))

    assert str(Month.of(in_tokyo)) == "2026-12"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "november", "2026-11-01", "", "2026-11\n"])
def test_another_text_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="a month is written as 2026-11"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 12, 1, 5, 59, 59, 999999, tzinfo=UTC), "2026-10"),
        (datetime(2026, 12, 1, 6, tzinfo=UTC), "2026-11"),
        (datetime(2027, 1, 1, 5, 59, tzinfo=UTC), "2026-11"),
        (datetime(2027, 1, 1, 6, tzinfo=UTC), "2026-12"),
        (datetime(2028, 3, 1, 6, tzinfo=UTC), "2028-02"),
        (datetime(2028, 2, 29, 23, 59, tzinfo=UTC), "2028-01"),
    ],
)
def test_a_month_is_due_six_hours_after_its_end(now: datetime, due: str) -> None:
    month = last_due(now)

    assert str(month) == due
    assert month.is_due(now)
    assert not Month.of(month.end).is_due(now)


def test_the_id_of_a_delivery_differs_by_organisation_month_and_webhook_only() -> None:
    november, december = Month(2026, 11), Month(2026, 12)
    ids = [
        usage_delivery_id(organization, month, webhook)
        for organization in ("a", "b")
        for month in (november, december)
        for webhook in ("v", "w")
    ]

    assert len(set(ids)) == 8
    assert usage_delivery_id("a", november, "v") == ids[0]
    assert ids[0] < usage_delivery_id("a", december, "v")  # ids sort by the end of the month
