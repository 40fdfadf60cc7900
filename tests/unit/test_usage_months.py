"""``usage.month``: who gets the figures of a month, when, once, and that they are those of ``/analytics/usage``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from admin.usage_months import publish_month
from renderiq.clock import to_iso
from renderiq.domain.figures import Fact, FactChange
from renderiq.domain.months import Month, last_due
from renderiq.domain.organizations import Actor
from renderiq.queues import DeliveryJob
from renderiq.services.usage_months import MonthResult, UsageMonthError
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import wiring
from tests.support.accounts import User
from tests.support.aws import AwsEnvironment
from tests.support.contract import document
from tests.support.deliveries import FakeOutbound, answering, delivery_worker
from tests.support.functions import handler, lambda_context
from tests.support.http import call
from tests.support.organizations import Office
from tests.support.usage_months import (
    EVENT,
    KilledError,
    at_call,
    old_office,
    publisher_at,
    received,
    subscribe,
    webhook_of,
)

NOVEMBER = Month(2026, 11)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DUE = datetime(2026, 12, 1, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TABLES = ("OrganizationsTable", "WebhooksTable", "DeliveriesTable", "FiguresTable")


@pytest.fixture(autouse=True)
def empty(aws: AwsEnvironment) -> Iterator[None]:
    wiring.figures.cache_clear()
    yield
    aws.empty(*TABLES)
    aws.messages(settings().delivery_queue_url)


@pytest.fixture
def office(aws: AwsEnvironment) -> Office:
    return old_office(aws, LONG_AGO)


def run(now: datetime = DUE) -> MonthResult | None:
    return publisher_at(now).run(budget=HOUR)


def happened(office: Office, *moments: datetime) -> None:
    """Counts a render that completed, and its price, at each of these moments."""
    changes = [
        FactChange(
            Fact(
                f"render/{office.organization_id}/{moment.isoformat()}",
                moment,
                office.organization_id,
                {
                    "ordered/rhino/high": 1,
                    "renders/rhino/high/completed": 1,
                    "seconds/rhino/10.0": 1,
                    "milliseconds/rhino": 7000,
                    "used/rhino": 5,
                    "credits/debit": 5,
                    "attempts/succeeded": 1,
                    "latency/0.1": 1,
                },
            )
        )
        for moment in moments
    ]
    wiring.figures().count(changes, now=max(moments))


# ---------------------------------------------------------------- what is sent


def test_the_figures_are_those_of_the_organisation_for_that_month(aws: AwsEnvironment, office: Office) -> None:
    webhook = webhook_of(office)
    happened(office, datetime(2026, 11, 3, 9, tzinfo=UTC), datetime(2026, 11, 17, 12, tzinfo=UTC))
    happened(old_office(aws, LONG_AGO), datetime(2026, 11, 4, tzinfo=UTC))
    query = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "groupBy": "platform"}

    run()

    [(target, body)] = received(aws)
    total = call("analytics_usage", "GET", "/analytics/usage", headers=office.headers, query=query).data["total"]
    assert target == webhook
    assert body["data"] == {"organizationId": office.organization_id, "month": "2026-11", "usage": total}
    assert (total["completed"], total["creditsUsed"], total["groups"][0]["group"]) == (2, 10, "rhino")
    assert (body["event"], body["type"], body["timestamp"]) == (EVENT, EVENT, to_iso(DUE))


@pytest.mark.parametrize("month", [Month(2026, 11), Month(2026, 12), Month(2027, 2), Month(2028, 2)], ids=str)
def test_a_month_has_what_happened_from_its_first_to_its_last_moment(
    aws: AwsEnvironment, office: Office, month: Month
) -> None:
    webhook_of(office)
    tick = timedelta(milliseconds=1)
    happened(office, month.begin - tick, month.begin, month.end - tick, month.end)

    run(month.end + timedelta(hours=6))

    [(_, body)] = received(aws)
    assert (body["data"]["month"], body["data"]["usage"]["completed"]) == (str(month), 2)


def test_a_month_without_renders_is_sent_too(aws: AwsEnvironment, office: Office) -> None:
    webhook_of(office)

    run()

    [(_, body)] = received(aws)
    assert (body["data"]["usage"]["ordered"], body["data"]["usage"]["groups"]) == (0, [])


def test_what_is_sent_is_what_the_contract_says(aws: AwsEnvironment, office: Office) -> None:
    webhook_of(office)
    happened(office, datetime(2026, 11, 3, tzinfo=UTC))
    contract = document()
    strict = {
        "components": contract["components"],
        "$ref": "#/components/schemas/EventOut",
        "properties": {
            "data": {
                "$ref": "#/components/schemas/EventDataOut",
                "required": ["organizationId", "month", "usage"],
                "unevaluatedProperties": False,
            }
        },
        "unevaluatedProperties": False,
    }
    content = contract["webhooks"][EVENT]["post"]["requestBody"]["content"]["application/json"]

    run()

    [(_, body)] = received(aws)
    for sent in (body, content["example"]):
        Draft202012Validator(strict).validate(sent)
    assert body.keys() == content["example"].keys()
    assert body["data"]["usage"].keys() == content["example"]["data"]["usage"].keys()


# ---------------------------------------------------------------- who gets it


def test_only_subscribed_and_enabled_webhooks_get_it(aws: AwsEnvironment, office: Office) -> None:
    pushed, polled = webhook_of(office), webhook_of(office, url=None, type="poll")
    both = webhook_of(office, "render.failed", EVENT)
    webhook_of(office, "render.failed")
    disabled = webhook_of(office)
    path = f"/webhooks/{disabled}"
    call("webhooks_id", "PATCH", path, headers=office.headers, json={"enabled": False})

    result = run()

    assert result == MonthResult(NOVEMBER, organizations=1, subscribed=1, new=2, polled=1, is_complete=True)
    assert [target for target, _ in received(aws)] == sorted([pushed, polled, both])


def test_a_poll_endpoint_is_asked_for_it(office: Office) -> None:
    webhook = webhook_of(office, url=None, type="poll")

    run()

    answer = call("webhooks_id_poll", "GET", f"/webhooks/{webhook}/poll", headers=office.headers).data
    assert [(each["type"], each["data"]["month"]) for each in answer["events"]] == [(EVENT, "2026-11")]


def test_an_organisation_that_is_being_deleted_gets_none(aws: AwsEnvironment, office: Office) -> None:
    webhook_of(office)
    wiring.organization_deletion().request(office.organization_id, Actor(office.owner.user_id), now=DUE)

    assert run() == MonthResult(NOVEMBER, is_complete=True)
    assert received(aws) == []


def test_an_organisation_that_is_deleted_after_the_list_was_read_gets_none(aws: AwsEnvironment, office: Office) -> None:
    webhook_of(office)

    def delete() -> None:
        wiring.organization_deletion().request(office.organization_id, Actor(office.owner.user_id), now=DUE)

    with at_call(aws, 2, "after", delete) as made:  # after the list of organisations
        run()

    assert made[1] == "Scan"
    assert received(aws) == []


def test_an_organisation_of_after_the_month_gets_none(aws: AwsEnvironment) -> None:
    webhook_of(old_office(aws, NOVEMBER.end))
    earlier = webhook_of(old_office(aws, NOVEMBER.end - timedelta(milliseconds=1)))

    run()

    assert [target for target, _ in received(aws)] == [earlier]


def test_an_organisation_without_webhooks_costs_one_read(aws: AwsEnvironment) -> None:
    def reads() -> list[str]:
        aws.empty("FiguresTable")
        with at_call(aws, 0, "before", None) as made:
            run()
        return made

    assert reads() == ["GetItem", "Scan", "GetItem", "UpdateItem"]
    for _ in range(3):
        old_office(aws, LONG_AGO)
    assert reads() == ["GetItem", "Scan", "Query", "Query", "Query", "UpdateItem", "GetItem", "UpdateItem"]


def test_a_webhook_of_a_user_is_refused(user: User, office: Office) -> None:
    answer = subscribe(user.headers, "render.failed", EVENT)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"] == [
        {"field": "events", "problem": "usage.month is sent to webhooks of organizations only"}
    ]
    assert subscribe(office.headers, EVENT).status == 201


def test_a_webhook_of_a_user_cannot_be_changed_to_it(user: User, office: Office) -> None:
    own = subscribe(user.headers, "render.failed").data["webhookId"]
    shared = webhook_of(office, "render.failed")
    change = {"events": [EVENT]}

    refused = call("webhooks_id", "PATCH", f"/webhooks/{own}", headers=user.headers, json=change)
    changed = call("webhooks_id", "PATCH", f"/webhooks/{shared}", headers=office.headers, json=change)

    assert refused.code == (400, "INVALID_INPUT")
    assert changed.data["events"] == [EVENT]


# ---------------------------------------------------------------- when, and once


def test_nothing_is_sent_before_the_month_is_due(aws: AwsEnvironment, office: Office) -> None:
    run(DUE - MINUTE)  # October
    webhook_of(office)

    assert run(DUE - timedelta(seconds=1)) is None
    assert received(aws) == []


def test_a_month_is_published_once_and_the_next_one_after_it(aws: AwsEnvironment, office: Office) -> None:
    webhook_of(office)

    results = [run(DUE + hours * HOUR) for hours in range(31 * 24 + 1)]

    done = [(hours, str(result.month)) for hours, result in enumerate(results) if result]
    assert done == [(0, "2026-11"), (31 * 24, "2026-12")]
    assert [body["data"]["month"] for _, body in received(aws)] == ["2026-11", "2026-12"]


def test_a_stack_that_was_off_catches_up(aws: AwsEnvironment, office: Office) -> None:
    webhook_of(office)

    run(DUE + timedelta(days=20))

    assert [body["data"]["month"] for _, body in received(aws)] == ["2026-11"]


def prepared(aws: AwsEnvironment) -> list[str]:
    """Returns the webhooks of three organisations, of which one has a poll endpoint and one has none."""
    first, second = old_office(aws, LONG_AGO), old_office(aws, LONG_AGO)
    old_office(aws, LONG_AGO)
    return sorted([webhook_of(first), webhook_of(first, url=None, type="poll"), webhook_of(second)])


def check_once(aws: AwsEnvironment, webhooks: list[str], about: object) -> None:
    assert [target for target, _ in received(aws)] == webhooks, about
    pending = [item for item in aws.items("DeliveriesTable") if item.get("state") == "pending"]
    assert all("dueAt" in item for item in pending), about  # a message that was lost is sent by the sweeper
    messages = [json.dumps(message) for message in aws.messages(settings().delivery_queue_url)]
    assert len(messages) == len(set(messages)), about


@pytest.mark.parametrize("moment", ["before", "after"])
def test_each_webhook_gets_it_once_wherever_a_run_is_killed(aws: AwsEnvironment, moment: str) -> None:
    webhooks = prepared(aws)
    calls = number_of_calls(aws)
    assert calls > 12

    for number in range(1, calls + 1):
        aws.empty("DeliveriesTable", "FiguresTable")
        with pytest.raises(KilledError), at_call(aws, number, moment, kill):
            run()

        run(DUE + HOUR)

        check_once(aws, webhooks, number)
        assert run(DUE + 2 * HOUR) is None


@pytest.mark.parametrize("moment", ["before", "after"])
def test_each_webhook_gets_it_once_if_two_runs_overlap(aws: AwsEnvironment, moment: str) -> None:
    webhooks = prepared(aws)

    for number in range(1, number_of_calls(aws) + 1):
        aws.empty("DeliveriesTable", "FiguresTable")
        with at_call(aws, number, moment, run):
            run()

        check_once(aws, webhooks, number)
        assert run(DUE + HOUR) is None


def number_of_calls(aws: AwsEnvironment) -> int:
    with at_call(aws, 0, "before", None) as made:
        run()
    aws.messages(settings().delivery_queue_url)
    aws.empty("DeliveriesTable", "FiguresTable")
    return len(made)


def kill() -> None:
    raise KilledError


def test_a_run_without_time_is_continued_where_it_stopped(aws: AwsEnvironment) -> None:
    webhooks = sorted(webhook_of(old_office(aws, LONG_AGO)) for _ in range(7))
    ticks = iter(range(10_000))
    # Each look at the clock takes a minute, so a run of five minutes ends after a few organisations.
    publisher = replace(publisher_at(DUE), clock=lambda: DUE + next(ticks) * MINUTE)

    results = []
    while (result := publisher.run(budget=5 * MINUTE)) is not None:
        results.append(result)

    assert len(results) > 2
    assert [each.is_complete for each in results] == [False] * (len(results) - 1) + [True]
    assert sum(each.organizations for each in results) == 7
    assert [target for target, _ in received(aws)] == webhooks


class FailingOnce:
    """Describes figures, but fails for the organisations in ``failing``."""

    def __init__(self) -> None:
        self.failing = True

    def __call__(self, usage: Any) -> dict[str, Any]:
        if self.failing and usage.all_counts["ordered/rhino/high"]:
            raise ValueError("no figures")
        return {"ordered": 0}


def test_an_organisation_that_fails_stops_no_other_and_is_tried_again(aws: AwsEnvironment, office: Office) -> None:
    failing, other = webhook_of(office), webhook_of(old_office(aws, LONG_AGO))
    happened(office, datetime(2026, 11, 3, tzinfo=UTC))
    describe = FailingOnce()

    first = replace(publisher_at(DUE), describe=describe).run(budget=HOUR)
    assert first is not None
    assert (first.failures, [target for target, _ in received(aws)]) == (1, [other])
    describe.failing = False
    replace(publisher_at(DUE + HOUR), describe=describe).run(budget=HOUR)

    assert [target for target, _ in received(aws)] == sorted([failing, other])
    assert run(DUE + 2 * HOUR) is None


def test_it_is_given_up_after_three_days(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    webhook_of(office)
    happened(office, datetime(2026, 11, 3, tzinfo=UTC))

    def attempt(now: datetime) -> MonthResult | None:
        return replace(publisher_at(now), describe=FailingOnce()).run(budget=HOUR)

    third_day = NOVEMBER.end + timedelta(days=3)
    assert all(attempt(now) for now in (DUE, third_day - MINUTE, third_day))
    assert attempt(third_day + HOUR) is None
    assert "gave up publishing the figures of a month to some organisations" in caplog.messages


def test_the_function_reports_failures_to_its_alarm(aws: AwsEnvironment, office: Office) -> None:
    aws.client("dynamodb").update_item(
        TableName=settings().webhooks_table,
        Key=to_attributes({"userId": office.organization_id, "webhookId": webhook_of(office)}),
        UpdateExpression="SET createdAt = :unreadable",
        ExpressionAttributeValues=to_attributes({":unreadable": "yesterday"}),
    )

    with pytest.raises(UsageMonthError):
        handler("usage_month_worker")({}, lambda_context())


def test_the_function_says_what_it_did(office: Office) -> None:
    webhook_of(office)

    first, second = (handler("usage_month_worker")({}, lambda_context()) for _ in range(2))

    assert first == {
        "month": str(last_due(datetime.now(UTC))),
        "organizations": 1,
        "subscribed": 1,
        "new": 1,
        "known": 0,
        "polled": 0,
        "failures": 0,
        "isComplete": True,
    }
    assert second == {}


# ---------------------------------------------------------------- a delivery like others


def test_it_is_sent_listed_and_sent_again_as_other_events_are(aws: AwsEnvironment, office: Office) -> None:
    webhook = webhook_of(office)
    run(datetime.now(UTC))

    [message] = aws.messages(settings().delivery_queue_url)
    job = DeliveryJob(message["target"], message["deliveryId"])
    delivery_worker(FakeOutbound(answering(200))).work(job)

    path = f"/webhooks/{webhook}/deliveries"
    [listed] = call("webhooks_id_deliveries", "GET", path, headers=office.headers).data["deliveries"]
    assert (listed["deliveryId"], listed["event"], listed["state"]) == (job.delivery_id, EVENT, "succeeded")
    assert len(listed["attempts"]) == 1
    again = call(
        "webhooks_id_deliveries_id_redeliver", "POST", f"{path}/{job.delivery_id}/redeliver", headers=office.headers
    )
    assert again.status == 202


# ---------------------------------------------------------------- the operator's command


def command(aws: AwsEnvironment, month: str, now: datetime = DUE) -> tuple[int, list[str]]:
    said: list[str] = []
    return publish_month(aws.target, month, said.append, lambda: now), said


def test_an_operator_publishes_to_those_who_have_not_got_it(aws: AwsEnvironment, office: Office) -> None:
    webhook_of(office)
    run()
    webhook_of(office), webhook_of(office, url=None, type="poll"), old_office(aws, LONG_AGO)
    end = "1 poll endpoints have the event; 1 of 2 organizations ask for it"

    assert command(aws, "2026-11") == (0, [f"2026-11: 1 deliveries are new, 1 had been stored before, and {end}"])
    assert command(aws, "2026-11") == (0, [f"2026-11: 0 deliveries are new, 2 had been stored before, and {end}"])
    assert len(received(aws)) == 3


@pytest.mark.parametrize(
    ("month", "problem"),
    [
        ("2026-12", "the figures of 2026-12 are published from 6 hours after its end on"),
        ("2024-10", "the figures of 2024-10 are not kept any more"),
        ("last", "a month is written as 2026-11"),
    ],
)
def test_a_month_that_has_no_figures_is_refused(aws: AwsEnvironment, month: str, problem: str) -> None:
    assert command(aws, month) == (1, [f"✗ {problem}"])
