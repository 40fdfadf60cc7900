"""The calls to AWS are what a request costs. They are counted where botocore sends them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support import pictures
from tests.support.world import PASSWORD, User, World, call, multipart

SERVICES = ("dynamodb", "s3", "sqs", "secretsmanager", "cognito-idp")


@contextmanager
def calls(here: World) -> Iterator[list[str]]:
    made: list[str] = []

    def count(model: Any, **_: Any) -> None:
        made.append(model.name)

    for service in SERVICES:
        here.client(service).meta.events.register("before-call", count, unique_id="count")
    yield made
    for service in SERVICES:
        here.client(service).meta.events.unregister("before-call", unique_id="count")


@pytest.fixture
def user(here: World) -> User:
    """Somebody whose containers are warm: the caller and the signing secret are known."""
    user = here.user()
    call("auth_me", "GET", "/auth/me", headers=user.headers)
    return user


@pytest.mark.parametrize(
    ("function", "path"),
    [
        ("auth_me", "/auth/me"),
        ("credits", "/credits"),
        ("credits_transactions", "/credits/transactions"),
        ("projects", "/projects"),
        ("renders", "/renders"),
        ("settings", "/settings"),
        ("webhooks", "/webhooks"),
    ],
)
def test_an_authenticated_get_costs_two(here: World, user: User, function: str, path: str) -> None:
    with calls(here) as made:
        assert call(function, "GET", path, headers=user.headers).status == 200

    assert len(made) == 2
    assert made[0] == "UpdateItem"


def test_showing_a_render_costs_two(here: World, user: User) -> None:
    body, kind = multipart({}, {"uploadedImageData": pictures.png()})
    posted = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

    with calls(here) as made:
        call("renders_id", "GET", f"/renders/{posted.data['renderId']}", headers=user.headers)

    assert made == ["UpdateItem", "GetItem"]


def test_asking_for_a_render_costs_four(here: World, user: User) -> None:
    body, kind = multipart({"callback_url": "http://127.0.0.1:9/"}, {"uploadedImageData": pictures.png()})
    headers = {**user.headers, "content-type": kind, "idempotency-key": "k"}
    call("renders", "POST", "/renders", body=body, headers={**headers, "idempotency-key": "warm"})

    with calls(here) as made:
        assert call("renders", "POST", "/renders", body=body, headers=headers).status == 202

    assert made == ["UpdateItem", "PutObject", "TransactWriteItems", "SendMessage"]


def register(user: User) -> str:
    body = {"url": "http://127.0.0.1:9/", "events": ["render.completed"]}
    registered = call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body)
    return str(registered.data["webhookId"])


@pytest.mark.parametrize(
    ("function", "method", "path", "expected"),
    [
        ("webhooks_register", "POST", "/register", ["TransactWriteItems"]),
        ("webhooks_id", "GET", "/{webhook}", ["GetItem"]),
        ("webhooks_id", "PATCH", "/{webhook}", ["UpdateItem"]),
        ("webhooks_id", "DELETE", "/{webhook}", ["TransactWriteItems"]),
        ("webhooks_id_rotate_secret", "POST", "/{webhook}/rotate-secret", ["GetItem", "UpdateItem"]),
        ("webhooks_id_test", "POST", "/{webhook}/test", ["TransactWriteItems", "SendMessage"]),
        ("webhooks_id_deliveries", "GET", "/{webhook}/deliveries", ["Query"]),
        (
            "webhooks_id_deliveries_id_redeliver",
            "POST",
            "/{webhook}/deliveries/{delivery}/redeliver",
            ["TransactWriteItems", "SendMessage"],
        ),
    ],
)
def test_minding_an_endpoint_costs_three_at_most(
    here: World, user: User, function: str, method: str, path: str, expected: list[str]
) -> None:
    webhook = register(user)
    delivery = call("webhooks_id_test", "POST", f"/webhooks/{webhook}/test", headers=user.headers).data["deliveryId"]
    body = {"url": "http://127.0.0.1:9/", "events": ["render.failed"]}
    path = f"/webhooks{path.format(webhook=webhook, delivery=delivery)}"

    with calls(here) as made:
        assert call(function, method, path, headers=user.headers, json=body).status < 300

    assert made == ["UpdateItem", *expected]


def test_a_projects_life_costs_three_a_step_and_a_ring_at_its_end(here: World, user: User) -> None:
    image = base64.b64encode(pictures.png()).decode()
    with calls(here) as made:
        created = call("projects", "POST", "/projects", headers=user.headers, json={"name": "Villa", "image": image})
    assert made == ["UpdateItem", "PutObject", "TransactWriteItems"]
    path = f"/projects/{created.data['id']}"

    with calls(here) as made:
        call("projects_id", "GET", path, headers=user.headers)
    assert made == ["UpdateItem", "GetItem"]

    with calls(here) as made:
        call("projects_id", "PATCH", path, headers=user.headers, json={"name": "Chalet", "image": image})
    assert made == ["UpdateItem", "PutObject", "UpdateItem"]

    with calls(here) as made:
        call("projects_id", "DELETE", path, headers=user.headers)
    assert made == ["UpdateItem", "GetItem", "TransactWriteItems", "SendMessage"]


def test_changing_preferences_costs_three(here: World, user: User) -> None:
    with calls(here) as made:
        call("settings", "PUT", "/settings", headers=user.headers, json={"preferences": {"theme": "dark"}})

    assert made == ["UpdateItem", "GetItem", "UpdateItem"]


def test_a_stranger_costs_one(here: World) -> None:
    call("credits", "GET", "/credits")
    with calls(here) as made:
        call("credits", "GET", "/credits")

    assert made == ["UpdateItem"]


def test_health_costs_nothing(here: World) -> None:
    with calls(here) as made:
        answer = call("health", "GET", "/health")

    assert made == []
    assert answer.json["api"] == {"version": "1.0.0", "platform": "unknown", "version_detected": None}
    assert set(answer.json["services"].values()) == {"operational", "unchecked"}


def test_deep_health_asks_at_most_every_ten_seconds(here: World) -> None:
    call("health", "GET", "/health", query={"deep": "1"})
    with calls(here) as made:
        answer = call("health", "GET", "/health", query={"deep": "1"})

    assert made == []
    assert answer.json["status"] == "healthy"
    assert set(answer.json["services"].values()) == {"operational"}


def test_listing_keys_costs_two_and_making_one_three(here: World, user: User) -> None:
    with calls(here) as listing:
        call("keys", "GET", "/keys", headers=user.headers)
    with calls(here) as making:
        call("keys", "POST", "/keys", headers=user.headers, json={"name": "CI", "scopes": ["renders:read"]})

    assert listing == ["UpdateItem", "Query"]
    assert making == ["UpdateItem", "GetItem", "TransactWriteItems"]


def test_a_key_costs_one_call_more_than_a_token(here: World, user: User) -> None:
    made = call("keys", "POST", "/keys", headers=user.headers, json={"name": "CI", "scopes": ["renders:read"]})

    with calls(here) as used:
        call("credits", "GET", "/credits", headers={"x-api-key": made.data["key"]})

    assert used == ["UpdateItem", "UpdateItem", "GetItem"]


def test_what_cannot_be_a_key_is_not_looked_up(here: World) -> None:
    call("credits", "GET", "/credits")
    with calls(here) as made:
        answer = call("credits", "GET", "/credits", headers={"x-api-key": "rk_live_" + "a" * 36})

    assert answer.code == (401, "INVALID_API_KEY")
    assert made == ["UpdateItem"]


def test_listing_sessions_costs_four_and_ending_one_four(here: World, user: User) -> None:
    with calls(here) as listing:
        call("auth_sessions", "GET", "/auth/sessions", headers=user.headers)
    session = call("auth_sessions", "GET", "/auth/sessions", headers=user.headers).data["sessions"][0]["id"]
    with calls(here) as ending:
        call("auth_sessions_id", "DELETE", f"/auth/sessions/{session}", headers=user.headers)

    assert listing == ["UpdateItem", "GetItem", "Query", "BatchGetItem"]
    assert ending == ["UpdateItem", "GetItem", "UpdateItem", "UpdateItem"]


def test_a_forgotten_password_costs_three_and_resetting_it_six(here: World) -> None:
    email = here.user().email
    body = {"email": email, "code": "123456", "newPassword": PASSWORD}
    for function, path in (("auth_password_forgot", "forgot"), ("auth_password_reset", "reset")):
        call(function, "POST", f"/auth/password/{path}", json=body, address="198.51.100.77")

    with calls(here) as forgetting:
        call("auth_password_forgot", "POST", "/auth/password/forgot", json=body, address="198.51.100.77")
    with calls(here) as resetting:
        call("auth_password_reset", "POST", "/auth/password/reset", json=body, address="198.51.100.77")

    assert forgetting == ["UpdateItem", "UpdateItem", "ForgotPassword"]
    assert resetting == [
        *("UpdateItem", "UpdateItem", "ConfirmForgotPassword", "InitiateAuth"),
        *("UpdateItem", "UpdateItem"),
    ]
