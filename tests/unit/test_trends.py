"""What the figures of a day tell about this hour: the alarms of CloudWatch for credits and for a platform."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError

from renderiq.domain.trends import Trends, trends
from renderiq.services.gauges import Gauges
from renderiq.stores.figures import FigureStore
from tests.support.aws import AwsEnvironment
from tests.support.functions import handler, lambda_context

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
EIGHT = NOW.replace(hour=8, minute=0)
"""The hour before that of ``NOW``."""


def day_of(counts: Mapping[str, int]) -> dict[datetime, Mapping[str, int]]:
    """Returns the same counts for each of the 24 full hours before ``NOW``, and half of them for the last half hour."""
    full = {EIGHT - n * HOUR: counts for n in range(24)}
    return full | {EIGHT + HOUR: {name: count // 2 for name, count in counts.items()}}


def test_the_same_use_all_day_is_a_ratio_of_one() -> None:
    assert trends(day_of({"used/revit": 600}), NOW).credit_use == pytest.approx(1)


def test_three_times_the_use_of_the_other_hours_is_nearly_three_times_the_mean() -> None:
    hours = day_of({"used/revit": 600}) | {EIGHT: {"used/revit": 1800}, EIGHT + HOUR: {"used/revit": 900}}

    assert trends(hours, NOW).credit_use == pytest.approx(3 * 24.5 / 27.5)


def test_the_use_of_all_platforms_counts() -> None:
    hours = day_of({"used/revit": 600}) | {EIGHT: {"used/revit": 600, "used/rhino": 1200}}

    assert trends(hours, NOW).credit_use > 1.5


def test_a_few_credits_after_a_silent_night_tell_nothing() -> None:
    assert trends({EIGHT: {"used/revit": 99}}, NOW).credit_use == 0


def test_nothing_at_all_tells_nothing() -> None:
    assert trends({}, NOW) == Trends(0, 0)


def test_the_worst_platform_tells_the_error_rate() -> None:
    hours = {
        EIGHT: {"renders/revit/high/failed": 1, "renders/revit/high/completed": 99},
        EIGHT + HOUR: {"renders/rhino/high/failed": 3, "renders/rhino/ultra/completed": 27},
    }

    assert trends(hours, NOW).error_rate == pytest.approx(0.1)


def test_a_cancelled_render_is_no_error() -> None:
    hours = {EIGHT: {"renders/revit/high/cancelled": 50, "renders/revit/high/completed": 50}}

    assert trends(hours, NOW).error_rate == 0


def test_one_failure_of_few_renders_tells_nothing() -> None:
    assert trends({EIGHT: {"renders/revit/high/failed": 19}}, NOW).error_rate == 0


def test_failures_of_the_morning_do_not_count_at_noon() -> None:
    assert trends({EIGHT - HOUR: {"renders/revit/high/failed": 90}}, NOW).error_rate == 0


def test_the_sweeper_emits_both_metrics(aws: AwsEnvironment, capsys: pytest.CaptureFixture[str]) -> None:
    handler("sweeper")({}, lambda_context())

    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "CreditUseRatio" in line]
    [metrics] = line["_aws"]["CloudWatchMetrics"]
    assert metrics["Dimensions"] == [["stage"]]
    assert [each["Name"] for each in metrics["Metrics"]] == ["CreditUseRatio", "WorstPlatformErrorRate"]


class Unreachable(FigureStore):
    """DynamoDB does not answer."""

    def periods(self, *_: object) -> list[object]:  # type: ignore[override]
        raise EndpointConnectionError(endpoint_url="https://dynamodb")


def test_figures_that_cannot_be_read_do_not_stop_the_sweeper(caplog: pytest.LogCaptureFixture) -> None:
    assert Gauges(Unreachable(None, ""), {}).trends(now=NOW) is None
    assert "the figures could not be read" in caplog.messages
