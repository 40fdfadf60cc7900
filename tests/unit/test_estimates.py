"""POST /renders/estimate tells what an order would cost, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render


def estimate(user: User, **fields: Any) -> Response:
    return call("renders_estimate", "POST", "/renders/estimate", headers=user.headers, json=fields)


@pytest.mark.parametrize(("quality", "cost"), [("standard", 5), ("high", 10), ("ultra", 15)])
def test_the_price_is_that_of_the_quality(user: User, quality: str, cost: int) -> None:
    assert estimate(user, quality=quality).data["creditsCost"] == cost


@pytest.mark.parametrize(("balance", "sufficient"), [(9, False), (10, True)])
def test_it_tells_whether_the_balance_suffices(aws: AwsEnvironment, balance: int, sufficient: bool) -> None:
    data = estimate(create_user(aws, balance=balance), quality="high").data

    assert (data["balance"], data["sufficient"]) == (balance, sufficient)


def test_price_and_time_are_those_of_the_order(user: User) -> None:
    asked = {"quality": "standard", "aspectRatio": "1:1"}
    ordered = post_render(user, asked).data

    estimated = estimate(user, **asked).data

    assert (estimated["creditsCost"], estimated["estimatedTime"]) == (ordered["creditsCost"], ordered["estimatedTime"])


def test_nothing_is_stored(aws: AwsEnvironment, user: User) -> None:
    estimate(user, quality="ultra")

    assert aws.items_of("RendersTable", user) == []
    assert len(aws.items_of("LedgerTable", user)) == 1  # the welcome credits


def test_a_wrong_value_is_named(user: User) -> None:
    answer = estimate(user, quality="8k")

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "quality"


def test_a_callback_that_is_no_url_is_named(user: User) -> None:
    answer = estimate(user, callbackUrl="AAA")

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "callbackUrl"
    assert estimate(user, callbackUrl="https://büro.example/hook").status == 200


def test_a_project_that_is_no_id_is_refused(user: User) -> None:
    assert estimate(user, projectId="AAA").code == (400, "INVALID_PROJECT_ID")
    assert estimate(user, projectId="").status == 200


def test_an_unknown_model_is_estimated_as_the_default(user: User) -> None:
    assert estimate(user, model="nobody-knows-it", quality="high").data == estimate(user, quality="high").data


def test_a_form_is_read_too(user: User) -> None:
    answer = call(
        "renders_estimate",
        "POST",
        "/renders/estimate",
        headers={**user.headers, "content-type": "application/x-www-form-urlencoded"},
        body=b"quality=standard",
    )

    assert answer.data["creditsCost"] == 5
