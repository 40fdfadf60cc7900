"""The deliveries of a webhook: listing, test events and redelivery."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from renderiq.domain.webhooks import Attempt, Delivery, DeliveryState, Event
from renderiq.ids import uuid8
from renderiq.settings import settings
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import Response, call
from tests.unit.test_webhooks import change, delete, register

NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    aws.messages(settings().delivery_queue_url)
    return create_user(aws)


@pytest.fixture
def webhook_id(user: User) -> str:
    return str(register(user)["webhookId"])


def index(user: User, webhook_id: str, **query: Any) -> Response:
    path = f"/webhooks/{webhook_id}/deliveries"
    return call("webhooks_id_deliveries", "GET", path, headers=user.headers, query=query)


def send_test(user: User, webhook_id: str) -> Response:
    return call("webhooks_id_test", "POST", f"/webhooks/{webhook_id}/test", headers=user.headers)


def redeliver(user: User, webhook_id: str, delivery_id: str) -> Response:
    path = f"/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"
    return call("webhooks_id_deliveries_id_redeliver", "POST", path, headers=user.headers)


def add_delivery(user: User, webhook_id: str, at: datetime = NOW) -> str:
    delivery_id = uuid8(at, str(uuid4()))
    delivery = Delivery(webhook_id, delivery_id, user.user_id, Event.RENDER_FAILED, "{}", at)
    wiring.deliveries().add(delivery, due_at=at)
    return delivery_id


def attempt(webhook_id: str, delivery_id: str, made: Attempt, *, state: DeliveryState = DeliveryState.FAILED) -> None:
    """Records an attempt as a worker does."""
    lease, now = str(uuid4()), datetime.now(UTC)
    claimed = wiring.deliveries().claim(webhook_id, delivery_id, lease=lease, until=now, now=now)
    assert claimed is not None
    later = made.at + timedelta(hours=2) if state is DeliveryState.PENDING else None
    wiring.deliveries().record_attempt(claimed, made, lease=lease, state=state, next_at=later, due_at=later)


def ids(answer: Response) -> list[str]:
    return [each["deliveryId"] for each in answer.data["deliveries"]]


def test_the_newest_delivery_is_first_in_whatever_order_they_were_stored(user: User, webhook_id: str) -> None:
    second, third, first = (add_delivery(user, webhook_id, NOW + timedelta(seconds=at)) for at in (2, 3, 1))

    assert ids(index(user, webhook_id)) == [third, second, first]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_have_no_gap_and_no_duplicate(user: User, webhook_id: str, limit: int) -> None:
    owed = [add_delivery(user, webhook_id, NOW + timedelta(seconds=at)) for at in range(7)]
    page = index(user, webhook_id, limit=limit)
    seen = ids(page)
    while cursor := page.data.get("nextCursor"):
        page = index(user, webhook_id, limit=limit, cursor=cursor)
        assert ids(page)
        seen += ids(page)

    assert seen == owed[::-1]


def test_large_deliveries_come_in_shorter_pages(user: User, webhook_id: str) -> None:
    owed = []
    for number in range(60):
        at = NOW + timedelta(seconds=number)
        owed.append(uuid8(at, "large"))
        large = Delivery(webhook_id, owed[-1], user.user_id, Event.RENDER_FAILED, "x" * 20_000, at)
        wiring.deliveries().add(large, due_at=at)

    page = index(user, webhook_id, limit=100)
    seen = ids(page)
    while cursor := page.data.get("nextCursor"):
        page = index(user, webhook_id, limit=100, cursor=cursor)
        seen += ids(page)

    assert seen == owed[::-1]


def test_a_delivery_shows_its_attempts_and_the_time_of_the_next(user: User, webhook_id: str) -> None:
    delivery_id = add_delivery(user, webhook_id)
    attempt(webhook_id, delivery_id, Attempt(NOW, 31, 503, "busy"), state=DeliveryState.PENDING)

    [shown] = index(user, webhook_id).data["deliveries"]

    assert shown == {
        "deliveryId": delivery_id,
        "event": "render.failed",
        "state": "pending",
        "createdAt": "2026-05-01T12:00:00.000Z",
        "nextAttemptAt": "2026-05-01T14:00:00.000Z",
        "attempts": [{"at": "2026-05-01T12:00:00.000Z", "durationMs": 31, "status": 503, "answer": "busy"}],
    }


def test_the_last_attempt_without_an_answer_shows_its_problem_and_no_next_attempt(user: User, webhook_id: str) -> None:
    attempt(webhook_id, add_delivery(user, webhook_id), Attempt(NOW, 15_000, None, problem="no answer within 15 s"))

    [shown] = index(user, webhook_id).data["deliveries"]

    assert (shown["state"], "nextAttemptAt" in shown) == ("failed", False)
    assert [(each.get("status"), each["problem"]) for each in shown["attempts"]] == [(None, "no answer within 15 s")]


def test_a_webhook_without_deliveries_has_an_empty_page(user: User, webhook_id: str) -> None:
    assert index(user, webhook_id).data == {"deliveries": []}


def test_deliveries_are_still_listed_after_the_webhook_is_deleted(user: User, webhook_id: str) -> None:
    delivery_id = add_delivery(user, webhook_id)
    delete(user, webhook_id)

    assert ids(index(user, webhook_id)) == [delivery_id]


def test_another_users_deliveries_are_not_found(aws: AwsEnvironment, user: User, webhook_id: str) -> None:
    delivery_id, stranger = add_delivery(user, webhook_id), create_user(aws)

    assert index(stranger, webhook_id).code == (404, "NOT_FOUND")
    assert redeliver(stranger, webhook_id, delivery_id).code == (404, "NOT_FOUND")
    assert redeliver(stranger, register(stranger)["webhookId"], delivery_id).code == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "field"), [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"cursor": "newest"}, "cursor")]
)
def test_a_wrong_query_names_the_parameter(user: User, webhook_id: str, query: dict[str, Any], field: str) -> None:
    answer = index(user, webhook_id, **query)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == field


def test_a_test_event_is_a_delivery_and_is_enqueued(aws: AwsEnvironment, user: User, webhook_id: str) -> None:
    answer = send_test(user, webhook_id)

    delivery_id = answer.data["deliveryId"]
    assert (answer.status, answer.data["state"]) == (202, "pending")
    assert aws.messages(settings().delivery_queue_url) == [{"target": webhook_id, "deliveryId": delivery_id}]
    assert [(each["deliveryId"], each["event"]) for each in index(user, webhook_id).data["deliveries"]] == [
        (delivery_id, "webhook.test")
    ]


def test_a_failed_test_event_is_listed(aws: AwsEnvironment, user: User, webhook_id: str) -> None:
    send_test(user, webhook_id)
    [message] = aws.messages(settings().delivery_queue_url)
    handler("webhook_delivery_worker")(sqs_event(json.dumps(message)), lambda_context())

    [shown] = index(user, webhook_id).data["deliveries"]

    assert (shown["state"], len(shown["attempts"])) == ("pending", 1)
    assert shown["attempts"][0]["problem"]


def test_a_disabled_webhook_refuses_test_events_and_redeliveries(
    aws: AwsEnvironment, user: User, webhook_id: str
) -> None:
    delivery_id = add_delivery(user, webhook_id)
    change(user, webhook_id, enabled=False)

    assert send_test(user, webhook_id).code == (409, "RESOURCE_CONFLICT")
    assert redeliver(user, webhook_id, delivery_id).code == (409, "RESOURCE_CONFLICT")
    assert aws.messages(settings().delivery_queue_url) == []


@pytest.mark.parametrize("state", DeliveryState)
def test_a_redelivery_keeps_the_id(aws: AwsEnvironment, user: User, webhook_id: str, state: DeliveryState) -> None:
    delivery_id = add_delivery(user, webhook_id)
    for _ in range(9):
        attempt(webhook_id, delivery_id, Attempt(NOW, 5, 500), state=DeliveryState.PENDING)
    attempt(webhook_id, delivery_id, Attempt(NOW, 5, 200), state=state)

    answer = redeliver(user, webhook_id, delivery_id)

    now = datetime.now(UTC)
    again = wiring.deliveries().claim(webhook_id, delivery_id, lease="l", until=now, now=now)
    assert (answer.status, answer.data) == (202, {"deliveryId": delivery_id, "state": "pending"})
    # on a slow machine, a retry of an earlier test may be in the queue too
    assert {"target": webhook_id, "deliveryId": delivery_id} in aws.messages(settings().delivery_queue_url)
    assert again is not None
    assert (again.tries, len(again.attempts)) == (0, 10)


def test_a_redelivery_is_due_at_once(aws: AwsEnvironment, user: User, webhook_id: str) -> None:
    delivery_id = add_delivery(user, webhook_id)
    attempt(webhook_id, delivery_id, Attempt(NOW, 5, 200), state=DeliveryState.SUCCEEDED)
    redeliver(user, webhook_id, delivery_id)

    [item] = aws.items_of("DeliveriesTable", user)
    assert item["dueShard"].startswith("due#")
    assert item["dueAt"] > "2026-05-01T12:01"


def test_a_delivery_in_flight_is_not_redelivered(user: User, webhook_id: str) -> None:
    delivery_id, now = add_delivery(user, webhook_id), datetime.now(UTC)
    wiring.deliveries().claim(webhook_id, delivery_id, lease="l", until=now + timedelta(minutes=1), now=now)

    assert redeliver(user, webhook_id, delivery_id).code == (409, "RESOURCE_CONFLICT")


def test_a_delivery_of_a_dead_worker_can_be_redelivered(user: User, webhook_id: str) -> None:
    delivery_id, then = add_delivery(user, webhook_id), datetime.now(UTC) - timedelta(hours=1)
    wiring.deliveries().claim(webhook_id, delivery_id, lease="l", until=then, now=then)

    assert redeliver(user, webhook_id, delivery_id).status == 202


def test_an_unknown_delivery_is_not_found(user: User, webhook_id: str) -> None:
    assert redeliver(user, webhook_id, str(uuid4())).code == (404, "NOT_FOUND")


def test_a_delivery_of_a_deleted_webhook_cannot_be_redelivered(user: User, webhook_id: str) -> None:
    delivery_id = add_delivery(user, webhook_id)
    delete(user, webhook_id)

    assert redeliver(user, webhook_id, delivery_id).code == (404, "NOT_FOUND")


def test_a_malformed_delivery_id_names_the_parameter(user: User, webhook_id: str) -> None:
    answer = redeliver(user, webhook_id, "first")

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "deliveryId"
