"""The calls to AWS are what a request costs. They are counted where botocore sends them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support import pictures
from tests.support.world import User, World, call, multipart

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
    assert set(answer.json["services"].values()) == {"operational", "unchecked"}


def test_deep_health_asks_at_most_every_ten_seconds(here: World) -> None:
    call("health", "GET", "/health", query={"deep": "1"})
    with calls(here) as made:
        answer = call("health", "GET", "/health", query={"deep": "1"})

    assert made == []
    assert answer.json["status"] == "healthy"
    assert set(answer.json["services"].values()) == {"operational"}
