"""/settings: preferences, which plugins on several machines change; changes are merged and the size is limited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.http import Response, call


def put(user: User, preferences: Any) -> Response:
    return call("settings", "PUT", "/settings", headers=user.headers, json={"preferences": preferences})


def show(user: User) -> Any:
    return call("settings", "GET", "/settings", headers=user.headers).data


def test_a_new_user_has_no_preferences(user: User) -> None:
    found = show(user)

    assert found["preferences"] == {}
    assert found["updatedAt"] == found["createdAt"]


def test_preferences_are_returned_as_they_were_set(user: User) -> None:
    given = {
        "quality": "high",
        "ratio": 1.1,
        "large": 1e300,
        "empty": "",
        "list": [1, None, {"a": None}],
        "名前": "ü\n",
    }

    assert put(user, given).data["preferences"] == given
    assert show(user)["preferences"] == given


def test_a_change_keeps_the_other_keys(user: User) -> None:
    put(user, {"theme": "dark", "camera": {"lens": 35, "height": 1.6}})

    assert put(user, {"camera": {"lens": 50}}).data["preferences"] == {"theme": "dark", "camera": {"lens": 50}}


def test_null_removes_a_key(user: User) -> None:
    put(user, {"theme": "dark", "quality": "high"})
    put(user, {"theme": None, "never": None})

    assert show(user)["preferences"] == {"quality": "high"}


def test_a_change_returns_its_time(user: User) -> None:
    created_at = show(user)["createdAt"]
    with clock_at(datetime.now(UTC).replace(microsecond=123_000), "settings"):
        changed = put(user, {"theme": "dark"}).data

    assert changed["createdAt"] == created_at
    assert changed["updatedAt"].endswith(".123Z")


def test_sixteen_kilobytes_are_accepted_and_one_byte_more_is_refused(user: User) -> None:
    empty = len('{"a":""}')

    assert put(user, {"a": "x" * (16 * 1024 - empty)}).status == 200
    assert put(user, {"a": "x" * (16 * 1024 - empty + 1)}).code == (413, "PAYLOAD_TOO_LARGE")
    assert put(user, {"b": 1}).code == (413, "PAYLOAD_TOO_LARGE")
    assert put(user, {"a": None, "b": 1}).data["preferences"] == {"b": 1}


@pytest.mark.parametrize("given", [[], "dark", 7])
def test_preferences_must_be_an_object(user: User, given: Any) -> None:
    assert put(user, given).code == (400, "INVALID_INPUT")


@pytest.mark.parametrize("body", ['{"preferences": {"a": NaN}}', '{"preferences": {"a": "\\ud800"}}'])
def test_values_outside_of_json_are_refused(user: User, body: str) -> None:
    assert call("settings", "PUT", "/settings", headers=user.headers, body=body).code == (400, "INVALID_INPUT")


def test_a_body_without_preferences_names_the_missing_field(user: User) -> None:
    answer = call("settings", "PUT", "/settings", headers=user.headers, json={})

    assert answer.code == (400, "MISSING_REQUIRED_FIELD")
    assert answer.json["details"]["fields"][0]["field"] == "preferences"


def test_a_user_sees_only_their_own_preferences(aws: AwsEnvironment, user: User) -> None:
    put(user, {"theme": "dark"})

    assert show(create_user(aws))["preferences"] == {}
