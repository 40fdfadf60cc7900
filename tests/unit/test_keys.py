"""API keys: shown once, limited to scopes, refused after revocation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.keys import MAX_ACTIVE
from tests.support import pictures
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.forms import multipart
from tests.support.http import Response, call


def make(user: User, **fields: Any) -> Response:
    body = {"name": "CI", "scopes": ["renders:read"], **fields}
    return call("keys", "POST", "/keys", headers=user.headers, json=body)


def listed(user: User) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = call("keys", "GET", "/keys", headers=user.headers).data["keys"]
    return keys


def rotate(user: User, key_id: str, **body: Any) -> Response:
    return call("keys_id_rotate", "POST", f"/keys/{key_id}/rotate", headers=user.headers, json=body)


def revoke(user: User, key_id: str) -> Response:
    return call("keys_id", "DELETE", f"/keys/{key_id}", headers=user.headers)


def use(key: str, header: str = "x-api-key") -> Response:
    headers = {"x-api-key": key} if header == "x-api-key" else {"authorization": f"Bearer {key}"}
    return call("credits", "GET", "/credits", headers=headers)


@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_a_key_authenticates_its_owner(user: User, header: str) -> None:
    key = make(user).data["key"]

    assert use(key, header).data["balance"] == 100


def test_a_key_is_shown_once_and_only_its_hash_is_stored(aws: AwsEnvironment, user: User) -> None:
    made = make(user).data

    [shown] = listed(user)
    assert "key" not in shown
    assert made["key"].startswith(shown["keyPrefix"])
    assert len(shown["keyPrefix"]) == 12
    assert made["key"] not in repr(aws.items("ApiKeysTable"))


def test_a_key_is_limited_to_its_scopes(user: User) -> None:
    key = make(user, scopes=["renders:read"]).data["key"]
    body, kind = multipart({}, {"uploadedImageData": pictures.png()})

    assert call("renders", "GET", "/renders", headers={"x-api-key": key}).status == 200
    refused = call("renders", "POST", "/renders", body=body, headers={"x-api-key": key, "content-type": kind})
    assert refused.code == (403, "INSUFFICIENT_PERMISSIONS")
    assert refused.json["details"] == {"requiredScope": "renders:create"}


def test_a_revoked_key_is_refused_at_once(user: User) -> None:
    made = make(user).data

    assert revoke(user, made["id"]).data == {"id": made["id"], "isActive": False}
    assert use(made["key"]).code == (401, "API_KEY_REVOKED")
    assert [key["isActive"] for key in listed(user)] == [False]


def test_revoking_twice_changes_nothing(user: User) -> None:
    made = make(user).data

    assert (revoke(user, made["id"]).status, revoke(user, made["id"]).status) == (200, 200)


def test_a_key_expires_at_its_time(user: User) -> None:
    ends = datetime.now(UTC) + timedelta(hours=1)
    key = make(user, expiresAt=ends.isoformat()).data["key"]

    assert use(key).status == 200
    with clock_at(ends + timedelta(seconds=1), "credits"):
        assert use(key).code == (401, "API_KEY_EXPIRED")


def test_a_rotated_key_works_until_its_grace_period_ends(user: User) -> None:
    old = make(user, scopes=["renders:read", "webhook:write"]).data

    new = rotate(user, old["id"], gracePeriodSeconds=3600).data

    assert new["scopes"] == old["scopes"]
    assert (use(old["key"]).status, use(new["key"]).status) == (200, 200)
    with clock_at(datetime.now(UTC) + timedelta(seconds=3601), "credits"):
        assert use(old["key"]).code == (401, "API_KEY_REVOKED")
        assert use(new["key"]).status == 200


def test_a_key_in_its_grace_period_can_be_revoked(user: User) -> None:
    old = make(user).data
    rotate(user, old["id"], gracePeriodSeconds=3600)

    revoke(user, old["id"])

    assert use(old["key"]).code == (401, "API_KEY_REVOKED")


def test_without_a_grace_period_the_old_key_expires_at_once(user: User) -> None:
    old = make(user).data

    rotate(user, old["id"])

    assert use(old["key"]).code == (401, "API_KEY_REVOKED")


def test_keys_are_listed_page_by_page_from_new_to_old(user: User) -> None:
    made = [make(user).data["id"] for _ in range(5)]
    for key in made[:3]:
        revoke(user, key)
    seen, query = [], {"limit": "2"}
    while True:
        page = call("keys", "GET", "/keys", headers=user.headers, query=query).data
        seen.append([key["id"] for key in page["keys"]])
        if "nextCursor" not in page:
            break
        query["cursor"] = page["nextCursor"]

    assert seen == [[made[4], made[3]], [made[2], made[1]], [made[0]]]


def test_a_page_has_at_most_a_hundred_keys(user: User) -> None:
    assert call("keys", "GET", "/keys", headers=user.headers, query={"limit": "101"}).code == (400, "INVALID_INPUT")


def test_the_last_use_is_recorded_to_the_minute(user: User) -> None:
    key = make(user).data["key"]
    with clock_at(datetime(2030, 5, 1, 9, 30, 42, tzinfo=UTC), "credits"):
        use(key)

    assert listed(user)[0]["lastUsedAt"] == "2030-05-01T09:30:00.000Z"


def test_an_account_has_at_most_twenty_active_keys_and_a_revoked_one_is_not_counted(user: User) -> None:
    made = [make(user).data["id"] for _ in range(MAX_ACTIVE)]

    assert make(user).code == (429, "QUOTA_EXCEEDED")
    revoke(user, made[0])
    assert make(user).status == 201


def test_an_expired_key_does_not_count_towards_the_limit(user: User) -> None:
    now = datetime.now(UTC)
    with clock_at(now - timedelta(minutes=30), "keys"):
        for _ in range(MAX_ACTIVE):
            make(user, expiresAt=(now - timedelta(minutes=1)).isoformat())

    assert make(user).status == 201


def test_another_users_key_is_not_found(aws: AwsEnvironment, user: User) -> None:
    key_id = make(create_user(aws)).data["id"]

    assert revoke(user, key_id).code == (404, "NOT_FOUND")
    assert rotate(user, key_id).code == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"expiresAt": "2090-01-01T00:00:00"}, "expiresAt"),
    ],
)
def test_a_wrong_body_names_the_field(user: User, body: dict[str, Any], field: str) -> None:
    answer = make(user, **body)

    assert answer.status == 400
    assert answer.json["details"]["fields"][0]["field"] == field


def test_a_grace_period_of_more_than_thirty_days_is_refused(user: User) -> None:
    assert rotate(user, make(user).data["id"], gracePeriodSeconds=2_592_001).code == (400, "INVALID_INPUT")
