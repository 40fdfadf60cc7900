"""How long something is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from renderiq.domain.retention import (
    DEFAULT_RETENTION,
    Retention,
    RetentionChoice,
    RetentionPeriod,
    effective_retention,
)
from renderiq.domain.uploads import Purpose

P = RetentionPeriod
NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)


def test_without_a_choice_captures_and_models_are_kept_for_a_month_and_renders_for_good() -> None:
    assert effective_retention(None, None) == Retention(P.MONTH, P.MONTH, P.UNTIL_DELETED)


def test_each_kind_is_the_organizations_over_the_users_over_the_default() -> None:
    organization = RetentionChoice(captures=P.DAY)
    user = RetentionChoice(captures=P.YEAR, models=P.WEEK)

    assert effective_retention(organization, user) == Retention(P.DAY, P.WEEK, P.UNTIL_DELETED)


@pytest.mark.parametrize(("period", "days"), [(P.DAY, 1), (P.WEEK, 7), (P.MONTH, 30), (P.QUARTER, 90), (P.YEAR, 365)])
def test_a_period_ends_after_its_days_and_its_record_a_day_later(period: P, days: int) -> None:
    assert period.end(NOW) == NOW + timedelta(days=days)
    assert period.record_end(NOW, NOW) == NOW + timedelta(days=days + 1)


def test_what_is_kept_until_it_is_deleted_does_not_end() -> None:
    assert (P.UNTIL_DELETED.end(NOW), P.UNTIL_DELETED.record_end(NOW, NOW)) == (None, None)


def test_the_end_of_a_record_is_never_so_long_ago_that_dynamodb_ignores_it() -> None:
    assert P.DAY.record_end(NOW - timedelta(days=4000), NOW) == NOW


@pytest.mark.parametrize("purpose", Purpose)
def test_a_model_is_kept_like_models_and_any_picture_like_captures(purpose: Purpose) -> None:
    retention = Retention(captures=P.DAY, models=P.YEAR)

    assert purpose.retention(retention) is (P.YEAR if purpose is Purpose.MODEL else P.DAY)


def test_a_retention_can_be_written_as_texts() -> None:
    retention = Retention(P.DAY, P.WEEK, P.YEAR)

    assert Retention.of(retention.to_texts()) == retention
    assert Retention.of({}) == DEFAULT_RETENTION
