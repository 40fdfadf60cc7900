"""Poll endpoints: webhooks without a URL, whose events are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.webhooks import Event, Webhook
from renderiq.ids import uuid7
from renderiq.models.webhooks import PolledEventOut
from renderiq.queues import RenderJob
from renderiq.services.waiting import Waiter
from renderiq.settings import settings
from renderiq.stores.event_streams import EVENT_TTL
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import Response, call
from tests.support.renders import post_render
from tests.support.webhooks import register_webhook, send_test_event

BODY = json.dumps({"type": Event.TEST, "timestamp": "2026-03-14T09:00:00.000Z", "data": {}})
ENDED = ("render.completed", "render.cancelled", "render.failed")


def register(user: User, *events: str, **more: Any) -> str:
    return str(register_webhook(user, events=events or ENDED, type="poll", url="", **more)["webhookId"])


def poll(user: User, webhook_id: str, **query: Any) -> Response:
    return call("webhooks_id_poll", "GET", f"/webhooks/{webhook_id}/poll", headers=user.headers, query=query)


def cancelled_render(user: User) -> str:
    render_id = str(post_render(user).data["renderId"])
    call("renders_id", "DELETE", f"/renders/{render_id}", headers=user.headers)
    return render_id


@pytest.fixture
def webhook_id(user: User) -> str:
    return register(user)


# ---------------------------------------------------------------- registration


def test_a_poll_endpoint_has_neither_url_nor_secret(user: User) -> None:
    registered = register_webhook(user, type="poll", url="")
    shown = call("webhooks_id", "GET", f"/webhooks/{registered['webhookId']}", headers=user.headers).data

    assert registered["type"] == shown["type"] == "poll"
    assert not {"url", "secret"} & {*registered, *shown}


def test_a_webhook_that_is_sent_needs_a_url(user: User) -> None:
    answer = call(
        "webhooks_register", "POST", "/webhooks/register", headers=user.headers, json={"events": ["render.completed"]}
    )

    assert answer.code == (400, "MISSING_REQUIRED_FIELD")
    assert answer.json["details"]["fields"] == [{"field": "url", "problem": "Field required"}]


def test_a_webhook_without_a_type_is_sent(user: User) -> None:
    assert register_webhook(user)["type"] == "push"


def test_a_repeated_registration_returns_the_same_endpoint(user: User) -> None:
    body = {"type": "poll", "events": ["render.completed"]}
    headers = {**user.headers, "idempotency-key": "k"}

    first, second = (
        call("webhooks_register", "POST", "/webhooks/register", headers=headers, json=body) for _ in range(2)
    )

    assert first.data["webhookId"] == second.data["webhookId"]


def test_a_poll_endpoint_gets_no_url(user: User, webhook_id: str) -> None:
    answer = call(
        "webhooks_id", "PATCH", f"/webhooks/{webhook_id}", headers=user.headers, json={"url": "http://127.0.0.1:9/"}
    )

    assert answer.code == (400, "INVALID_INPUT")


def test_a_poll_endpoint_gets_no_secret(user: User, webhook_id: str) -> None:
    answer = call("webhooks_id_rotate_secret", "POST", f"/webhooks/{webhook_id}/rotate-secret", headers=user.headers)

    assert answer.code == (409, "RESOURCE_CONFLICT")


def test_a_webhook_that_is_sent_is_not_polled(user: User) -> None:
    assert poll(user, register_webhook(user)["webhookId"]).code == (409, "RESOURCE_CONFLICT")


def test_an_endpoint_of_another_user_is_not_found(aws: AwsEnvironment, webhook_id: str) -> None:
    assert poll(create_user(aws), webhook_id).code == (404, "NOT_FOUND")


# ---------------------------------------------------------------- events


def test_an_event_is_returned_with_what_a_webhook_receives(user: User, webhook_id: str) -> None:
    render_id = cancelled_render(user)

    (event,) = poll(user, webhook_id).data["events"]

    assert (event["type"], event["data"]["renderId"], event["data"]["status"]) == (
        "render.cancelled",
        render_id,
        "cancelled",
    )


def test_nothing_is_sent_for_a_poll_endpoint(aws: AwsEnvironment, user: User, webhook_id: str) -> None:
    aws.messages(settings().delivery_queue_url)

    cancelled_render(user)
    send_test_event(user, webhook_id)

    assert aws.messages(settings().delivery_queue_url) == []
    assert [item for item in aws.items_of("DeliveriesTable", user) if "dueAt" in item] == []
    listed = call("webhooks_id_deliveries", "GET", f"/webhooks/{webhook_id}/deliveries", headers=user.headers)
    assert listed.data["deliveries"] == []


def test_a_test_event_is_returned_too(user: User, webhook_id: str) -> None:
    event_id = send_test_event(user, webhook_id)

    assert [(each["id"], each["type"]) for each in poll(user, webhook_id).data["events"]] == [
        (event_id, "webhook.test")
    ]


def test_an_event_of_a_poll_endpoint_is_not_sent_again(user: User, webhook_id: str) -> None:
    event_id = send_test_event(user, webhook_id)

    answer = call(
        "webhooks_id_deliveries_id_redeliver",
        "POST",
        f"/webhooks/{webhook_id}/deliveries/{event_id}/redeliver",
        headers=user.headers,
    )

    assert answer.code == (404, "NOT_FOUND")


def test_a_worker_publishes_to_poll_endpoints(user: User) -> None:
    webhook_id = register(user, "render.processing", "render.completed")
    job = RenderJob(user.user_id, post_render(user).data["renderId"])

    handler("render_worker")(sqs_event(job), lambda_context())

    events = poll(user, webhook_id).data["events"]
    assert [each["type"] for each in events] == ["render.processing", "render.completed"]


def test_only_subscribed_events_are_kept(user: User) -> None:
    webhook_id = register(user, "render.completed")

    cancelled_render(user)

    assert poll(user, webhook_id).data["events"] == []


def test_a_disabled_endpoint_keeps_no_more_events(user: User, webhook_id: str) -> None:
    cancelled_render(user)
    call("webhooks_id", "PATCH", f"/webhooks/{webhook_id}", headers=user.headers, json={"enabled": False})

    cancelled_render(user)

    assert len(poll(user, webhook_id).data["events"]) == 1
    tested = call("webhooks_id_test", "POST", f"/webhooks/{webhook_id}/test", headers=user.headers)
    assert tested.code == (409, "RESOURCE_CONFLICT")


def test_an_event_that_is_published_twice_is_returned_once(user: User, webhook_id: str) -> None:
    render = wiring.renders().get(user.user_id, cancelled_render(user))

    wiring.event_publisher().publish(replace(render, pending_events=frozenset({"render.cancelled"})), now=now())

    assert len(poll(user, webhook_id).data["events"]) == 1


def test_a_link_that_is_days_old_is_renewed(user: User) -> None:
    webhook_id = register(user, "render.completed")
    job = RenderJob(user.user_id, post_render(user).data["renderId"])
    handler("render_worker")(sqs_event(job), lambda_context())
    later = now() + timedelta(days=6)
    endpoint = wiring.webhooks().get(user.user_id, webhook_id)
    (event,) = wiring.event_streams().read(endpoint.webhook_id, after=0, limit=1).events

    links = replace(wiring.file_links(), clock=lambda: later)
    shown = PolledEventOut.of(event, renew=links.renew, now=later).data

    assert shown["outputUrl"] != json.loads(event.body)["data"]["outputUrl"]
    *_, token, name = shown["outputUrl"].split("/")
    assert links.open(token, name, now=later + timedelta(hours=23)).endswith("/output.png")


# ---------------------------------------------------------------- the cursor


def now() -> datetime:
    return datetime.now(UTC)


def endpoint_of(user: User, webhook_id: str) -> Webhook:
    return wiring.webhooks().get(user.user_id, webhook_id)


def append(user: User, webhook_id: str, count: int) -> list[str]:
    """Appends test events and returns their ids."""
    ids = [uuid7() for _ in range(count)]
    for each in ids:
        assert wiring.event_streams().append(endpoint_of(user, webhook_id), each, BODY, now=now())
    return ids


def test_a_reader_continues_behind_its_cursor(user: User, webhook_id: str) -> None:
    ids = append(user, webhook_id, 5)

    first = poll(user, webhook_id, limit=2).data
    second = poll(user, webhook_id, cursor=first["cursor"]).data

    assert [each["id"] for each in first["events"] + second["events"]] == ids
    assert (first["done"], second["done"]) == (False, True)


def test_a_reader_that_forgot_its_cursor_gets_everything_again(user: User, webhook_id: str) -> None:
    ids = append(user, webhook_id, 3)
    poll(user, webhook_id)

    assert [each["id"] for each in poll(user, webhook_id).data["events"]] == ids


def test_the_cursor_stays_when_there_is_nothing_new(user: User, webhook_id: str) -> None:
    append(user, webhook_id, 1)

    assert poll(user, webhook_id, cursor="1").data == {"events": [], "cursor": "1", "done": True}


@pytest.mark.parametrize("cursor", ["-1", "one", "1.5", "9" * 16, "٣"])
def test_a_cursor_that_is_none_is_refused(user: User, webhook_id: str, cursor: str) -> None:
    assert poll(user, webhook_id, cursor=cursor).code == (400, "INVALID_INPUT")


def test_a_late_event_comes_behind_those_that_were_returned(user: User, webhook_id: str) -> None:
    """The id of an event begins with the time when it happened, and it may be published much later."""
    (newer,) = append(user, webhook_id, 1)
    cursor = poll(user, webhook_id).data["cursor"]
    older = newer.replace(newer[:8], "00000000", 1)

    wiring.event_streams().append(endpoint_of(user, webhook_id), older, BODY, now=now())

    assert [each["id"] for each in poll(user, webhook_id, cursor=cursor).data["events"]] == [older]


def test_a_writer_that_knows_an_old_number_appends_behind_the_last(user: User, webhook_id: str) -> None:
    stale = endpoint_of(user, webhook_id)
    append(user, webhook_id, 3)

    assert wiring.event_streams().append(stale, uuid7(), "{}", now=now())

    assert endpoint_of(user, webhook_id).sequence == 4


def test_a_deleted_endpoint_gets_no_events(user: User, webhook_id: str) -> None:
    webhook = endpoint_of(user, webhook_id)
    wiring.webhooks().remove(user.user_id, webhook_id)

    assert not wiring.event_streams().append(webhook, uuid7(), "{}", now=now())


def test_events_are_kept_for_seven_days(aws: AwsEnvironment, user: User, webhook_id: str) -> None:
    append(user, webhook_id, 1)

    (item,) = [each for each in aws.items_of("DeliveriesTable", user) if "eventId" in each]

    kept = datetime.fromtimestamp(item["expiresAt"], UTC) - now()
    assert timedelta(days=6, hours=23) < kept <= EVENT_TTL == timedelta(days=7)


# ---------------------------------------------------------------- waiting


@pytest.fixture
def slept(user: User, webhook_id: str) -> Iterator[list[float]]:
    """The sleeps of the poll function. After the third one an event is appended."""
    slept: list[float] = []
    moment = now()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            append(user, webhook_id, 1)

    app = handler("webhooks_id_poll").app
    waiter = Waiter(lambda: moment + timedelta(seconds=sum(slept)), sleep)
    service = replace(wiring.webhook_service(), waiter=waiter)
    app.dependency_overrides[wiring.webhook_service] = lambda: service
    with clock_at(moment, "webhooks_id_poll"):
        yield slept
    app.dependency_overrides.clear()


def test_a_reader_waits_for_the_next_event(user: User, webhook_id: str, slept: list[float]) -> None:
    data = poll(user, webhook_id, wait=20).data

    assert (len(data["events"]), slept) == (1, [1.0] * 3)


def test_a_reader_waits_until_the_time_is_up(user: User, webhook_id: str, slept: list[float]) -> None:
    assert poll(user, webhook_id, wait=2).data == {"events": [], "cursor": "0", "done": True}
    assert slept == [1.0] * 2


def test_nobody_waits_for_more_than_twenty_seconds(user: User, webhook_id: str, slept: list[float]) -> None:
    poll(user, webhook_id, cursor="9", wait=3600)

    assert sum(slept) == 20


def test_a_reader_who_does_not_ask_to_wait_does_not(user: User, webhook_id: str, slept: list[float]) -> None:
    poll(user, webhook_id)

    assert slept == []
