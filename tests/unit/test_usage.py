"""/analytics/usage and /metrics: what is shown of the figures, to whom, and as what."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from renderiq.clock import to_iso
from renderiq.domain.figures import Bucket, Fact, FactChange
from renderiq.domain.keys import Scope
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.figures import life, work
from tests.support.functions import handler, lambda_context
from tests.support.http import Response, call, call_unchecked
from tests.unit.test_round_trips import calls

NOW = datetime.now(UTC)
PATH = "/analytics/usage"


@pytest.fixture(autouse=True)
def empty(aws: AwsEnvironment) -> Iterator[None]:
    wiring.figures.cache_clear()
    yield
    aws.empty("FiguresTable", "RendersTable")


@pytest.fixture(scope="module")
def operator(aws: AwsEnvironment) -> User:
    return create_user(aws, operator=True)


def usage(user: User, **query: str) -> Response:
    return call("analytics_usage", "GET", PATH, headers=user.headers, query=query)


def ordered(number: int, user: str, at: datetime, platform: str = "rhino") -> FactChange:
    counts = {f"ordered/{platform}/high": 1, "versions/rhino/1.0": 1}
    return FactChange(Fact(f"render/{number}/ordered", at, user, counts, shows_activity=True))


def metrics(headers: dict[str, str], accept: str = "application/openmetrics-text") -> str:
    answer = call_unchecked("metrics", "GET", "/metrics", headers={**headers, "accept": accept})
    assert answer.status == 200
    return answer.body


def test_a_user_sees_its_own_figures(user: User) -> None:
    work(*life(1, user.user_id), *life(4, user.user_id, status="failed"), *life(7, "somebody else"))

    found = usage(user).data

    assert found["total"] | {"ordered": 2, "completed": 1, "failed": 1, "cancelled": 0} == found["total"]
    assert found["total"]["creditsUsed"] == 5
    assert len(found["periods"]) in {1, 2}  # the renders may end after midnight


def test_nothing_of_another_user_is_shown_whatever_is_asked(user: User) -> None:
    """Every combination of the parameters of a user gives zeros and no groups."""
    work(*life(1, "somebody else"))

    for bucket in ("hour", "day"):
        for by in ("", "platform", "quality", "style", "engine", "version"):
            found = usage(user, bucket=bucket, groupBy=by).data
            assert (found["periods"], found["total"].get("groups", [])) == ([], [])
            assert not any(value for value in found["total"].values())


def test_an_operator_sees_the_figures_of_everybody(operator: User) -> None:
    work(*life(1, "ada"), *life(4, "bea"))

    found = usage(operator, whose="everybody").data

    assert found["total"]["completed"] == 2
    assert found["periods"][0]["activeUsers"] == 2
    assert usage(operator).data["total"]["completed"] == 0  # its own


@pytest.mark.parametrize(
    ("by", "name"), [("platform", "rhino"), ("quality", "high"), ("style", "soft"), ("engine", "preview")]
)
def test_renders_are_divided_into_groups(user: User, by: str, name: str) -> None:
    work(*life(1, user.user_id), *life(4, user.user_id, status="cancelled"))

    [group] = usage(user, groupBy=by).data["total"]["groups"]

    assert group | {"group": name, "completed": 1, "failed": 0, "cancelled": 1} == group


def test_versions_are_groups_of_orders(user: User) -> None:
    work(*life(1, user.user_id))

    assert usage(user, groupBy="version").data["total"]["groups"] == [{"group": "rhino 2.1", "ordered": 1}]


def test_times_are_whole_periods(user: User) -> None:
    begin = Bucket.HOUR.start(NOW) - timedelta(hours=5)
    for hours in range(4):
        at = begin + timedelta(hours=hours, minutes=30)
        wiring.figures().count([ordered(hours, user.user_id, at)], now=NOW)
    asked = {"from": to_iso(begin + timedelta(hours=1, minutes=50)), "to": to_iso(begin + timedelta(hours=3))}

    found = usage(user, bucket="hour", **asked).data

    assert [each["start"] for each in found["periods"]] == [to_iso(begin + timedelta(hours=n)) for n in (1, 2)]
    assert found["from"] == to_iso(begin + timedelta(hours=1))


def test_the_default_is_the_last_thirty_days(user: User) -> None:
    found = usage(user).data

    assert datetime.fromisoformat(found["to"]) - datetime.fromisoformat(found["from"]) >= timedelta(days=30)
    assert found["bucket"] == "day"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "from"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z", "bucket": "hour"}, "from"),
        ({"from": "2020-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"to": "0.5"}, "to"),
        ({"to": "1795654101"}, "to"),
        ({"to": "2026-01-01"}, "to"),
        ({"bucket": "week"}, "bucket"),
        ({"groupBy": "userId"}, "groupBy"),
        ({"whose": "ada"}, "whose"),
    ],
)
def test_what_cannot_be_shown_is_refused(user: User, query: dict[str, str], field: str) -> None:
    answer = usage(user, **query)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == field


def table(user: User, *, accept: str = "", **query: str) -> tuple[Response, list[dict[str, str]]]:
    headers = {**user.headers, **({"accept": accept} if accept else {})}
    answer = call("analytics_usage", "GET", PATH, headers=headers, query=query)
    return answer, list(csv.DictReader(StringIO(answer.body)))


@pytest.mark.parametrize("given", [{"format": "csv"}, {"accept": "text/csv, */*"}])
def test_a_table_has_a_line_for_each_period(user: User, given: dict[str, str]) -> None:
    work(*life(1, user.user_id))

    answer, lines = table(user, **given)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (lines[0]["ordered"], lines[0]["activeUsers"], lines[0]["start"][-9:]) == ("1", "", "0:00.000Z")


def test_a_table_of_groups_has_a_line_for_each_group_of_a_period(user: User) -> None:
    at = datetime(NOW.year, NOW.month, NOW.day, tzinfo=UTC)
    changes = [ordered(number, user.user_id, at, each) for number, each in enumerate(("rhino", "revit"))]
    wiring.figures().count(changes, now=NOW)

    _, lines = table(user, format="csv", groupBy="platform")

    assert [(line["group"], line["ordered"], line["completed"]) for line in lines] == [
        ("revit", "1", "0"),
        ("rhino", "1", "0"),
    ]


def test_an_empty_table_has_its_header(user: User) -> None:
    assert table(user, format="csv")[0].body.startswith("start,ordered,completed,failed,cancelled,creditsUsed")


def test_metrics_are_openmetrics(operator: User) -> None:
    work(*life(1), *life(4, status="failed"))

    lines = metrics(operator.headers).splitlines()

    assert lines[-1] == "# EOF"
    assert "# TYPE renderiq_plugin_renders counter" in lines
    assert 'renderiq_plugin_renders_total{platform="rhino",quality="high",status="completed"} 1' in lines
    assert 'renderiq_plugin_render_duration_seconds_bucket{platform="rhino",le="10.0"} 1' in lines
    assert 'renderiq_plugin_render_duration_seconds_sum{platform="rhino"} 7.0' in lines
    assert 'renderiq_plugin_render_errors_total{code="TIMEOUT"} 1' in lines
    assert 'renderiq_plugin_active_users{period="day"} 1' in lines


def test_what_has_not_happened_is_zero_for_every_platform_that_is_known(operator: User) -> None:
    lines = metrics(operator.headers).splitlines()

    assert 'renderiq_plugin_renders_total{platform="blender",quality="ultra",status="failed"} 0' in lines
    assert 'renderiq_plugin_webhook_deliveries_total{result="failed"} 0' in lines


def test_older_clients_get_the_text_format(operator: User) -> None:
    lines = metrics(operator.headers, accept="*/*").splitlines()

    assert "# TYPE renderiq_plugin_renders_total counter" in lines
    assert "# EOF" not in lines


def test_the_sweeper_measures_the_queues(aws: AwsEnvironment, operator: User) -> None:
    assert "\nrenderiq_plugin_oldest_due_seconds " not in metrics(operator.headers)

    handler("sweeper")({}, lambda_context())

    found = metrics(operator.headers)
    assert 'renderiq_plugin_queue_depth{queue="delivery_dead_letters"} ' in found
    assert "\nrenderiq_plugin_oldest_due_seconds 0" in found


def test_metrics_cost_one_read_beside_authentication_however_much_is_stored(
    aws: AwsEnvironment, operator: User
) -> None:
    key = wiring.key_service().create(
        operator.user_id, "prometheus", frozenset({Scope.READ_METRICS}), None, now=datetime.now(UTC)
    )[1]
    changes = [ordered(number, f"user {number % 50}", NOW - timedelta(hours=number % 70)) for number in range(300)]
    wiring.figures().count(changes, now=NOW)

    with calls(aws) as made:
        metrics({"x-api-key": key})

    assert made == ["UpdateItem", "UpdateItem", "BatchGetItem"]


def test_the_number_of_series_is_bounded_whatever_clients_send(operator: User) -> None:
    """Strange values of every kind: the series are those of the known values and ``other``."""
    strange: list[dict[str, Any]] = []
    for number in range(40):
        for record in life(number * 3, f"user {number}", status="failed"):
            image = record["dynamodb"]["NewImage"]
            image["platform"] = {"S": f"platform-{number}"}
            image["pluginVersion"] = {"S": f"{number}.{number}.x"}
            image["order"] = {"M": {"style": {"S": f"s{number}"}, "quality": {"S": "q"}, "engine": {"S": "e"}}}
            if "errorCode" in image:
                image["errorCode"] = {"S": f"E{number}"}
            strange.append(record)
    before = len(metrics(operator.headers).splitlines())
    work(*strange)

    after = metrics(operator.headers).splitlines()

    assert len(after) - before < 40
    assert 'renderiq_plugin_renders_total{platform="other",quality="other",status="failed"} 40' in after
