"""A request that is repeated with its Idempotency-Key is done once, wherever something is created."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.idempotency import IDEMPOTENCY_KEY_TTL
from renderiq.domain.keys import MAX_ACTIVE, ApiKey, Scope, derive_key, is_well_formed
from renderiq.domain.projects import MAX_PROJECTS
from renderiq.domain.webhooks import MAX_WEBHOOKS
from renderiq.errors import ApiError
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.http import Response, call

IMAGE = base64.b64encode(pictures.png()).decode()
HOOK = {"url": "http://127.0.0.1:9/", "events": ["render.completed"]}

CREATING: dict[str, tuple[str, dict[str, Any], dict[str, Any], str, int]] = {
    "/renders": ("renders", {"uploadedImageData": IMAGE}, {"seed": 7, "style": "soft"}, "renderId", 202),
    "/projects": ("projects", {"name": "Villa", "image": IMAGE}, {"name": "Villa 2"}, "id", 201),
    "/keys": ("keys", {"name": "CI", "scopes": ["renders:read"]}, {"scopes": ["renders:create"]}, "id", 201),
    "/webhooks/register": ("webhooks_register", HOOK, {"description": "another"}, "webhookId", 201),
}


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws)


def post(user: User, path: str, key: str | None = "k", **changes: Any) -> Response:
    function, body, *_ = CREATING[path]
    headers = user.headers if key is None else {**user.headers, "idempotency-key": key}
    return call(function, "POST", path, headers=headers, json={**body, **changes})


@pytest.mark.parametrize("path", CREATING)
def test_a_repeated_request_is_done_once_and_answered_alike(user: User, path: str) -> None:
    first, again = post(user, path), post(user, path)

    assert first.status == again.status == CREATING[path][4]
    assert first.data == again.data or path == "/projects"  # a link to its image is signed anew
    assert first.data[CREATING[path][3]] == again.data[CREATING[path][3]]


@pytest.mark.parametrize("path", CREATING)
def test_another_key_no_key_and_another_user_are_other_requests(aws: AwsEnvironment, user: User, path: str) -> None:
    other = create_user(aws)
    answers = [post(user, path), post(user, path, "other"), post(user, path, None), post(user, path, " ")]
    answers.append(post(other, path))

    assert len({answer.data[CREATING[path][3]] for answer in answers}) == 5


@pytest.mark.parametrize("path", CREATING)
def test_the_key_with_another_request_is_refused(user: User, path: str) -> None:
    post(user, path)

    assert post(user, path, **CREATING[path][2]).code == (422, "IDEMPOTENCY_KEY_REUSED")


def test_one_key_may_be_used_once_at_each_path(user: User) -> None:
    assert [post(user, path).status for path in CREATING] == [202, 201, 201, 201]


@pytest.mark.parametrize("path", CREATING)
def test_a_key_is_kept_for_thirty_days(aws: AwsEnvironment, path: str) -> None:
    user, function = create_user(aws), CREATING[path][0]
    first = post(user, path).data[CREATING[path][3]]
    tokens = wiring.session_service()
    ids = []
    for later in (IDEMPOTENCY_KEY_TTL - timedelta(minutes=5), IDEMPOTENCY_KEY_TTL + timedelta(minutes=5)):
        moment = datetime.now(UTC) + later
        fresh = tokens.open(wiring.accounts().get(user.user_id, moment), platform="unknown", now=moment)
        with clock_at(moment, function):
            given = {"authorization": f"Bearer {fresh.access_token}", "idempotency-key": "k"}
            answer = call(function, "POST", path, headers=given, json=CREATING[path][1])
        ids.append(answer.data[CREATING[path][3]])

    assert timedelta(days=30) == IDEMPOTENCY_KEY_TTL
    assert ids[0] == first != ids[1]


def test_a_rejected_request_claims_nothing(user: User) -> None:
    assert post(user, "/projects", name="").status == 400
    assert post(user, "/projects").status == 201


def test_a_repeated_project_leaves_one_project_and_one_image(aws: AwsEnvironment, user: User) -> None:
    post(user, "/projects")
    post(user, "/projects")

    listed = call("projects", "GET", "/projects", headers=user.headers).data
    assert (listed["total"], len(listed["projects"])) == (1, 1)
    assert len(aws.objects(f"projects/{user.user_id}")) == 1


def test_what_was_created_and_deleted_is_not_created_again(user: User) -> None:
    project_id = post(user, "/projects").data["id"]
    call("projects_id", "DELETE", f"/projects/{project_id}", headers=user.headers)

    assert post(user, "/projects").code == (404, "NOT_FOUND")
    webhook_id = post(user, "/webhooks/register").data["webhookId"]
    call("webhooks_id", "DELETE", f"/webhooks/{webhook_id}", headers=user.headers)

    assert post(user, "/webhooks/register").code == (404, "NOT_FOUND")


def test_keys_of_requests_are_in_no_list(user: User) -> None:
    for path in CREATING:
        post(user, path)

    assert len(call("keys", "GET", "/keys", headers=user.headers).data["keys"]) == 1
    assert len(call("webhooks", "GET", "/webhooks", headers=user.headers).data["webhooks"]) == 1
    assert len(call("renders", "GET", "/renders", headers=user.headers).data["renders"]) == 1
    for query in ({"limit": "1"}, {"platform": "unknown"}, {}):
        assert len(call("projects", "GET", "/projects", headers=user.headers, query=query).data["projects"]) == 1


def test_a_repeated_key_works_and_is_stored_only_as_a_hash(aws: AwsEnvironment, user: User) -> None:
    first, again = post(user, "/keys").data, post(user, "/keys").data

    assert first["key"] == again["key"]
    assert call("auth_me", "GET", "/auth/me", headers={"x-api-key": again["key"]}).status == 200
    assert first["key"] not in str(aws.items("ApiKeysTable"))


def create_key(user: User, *masters: str) -> tuple[ApiKey, str]:
    now = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    scopes = frozenset({Scope.READ_RENDERS})
    return wiring.key_service().create(user.user_id, "a", scopes, None, idempotency_key="x", masters=masters, now=now)


def test_a_key_that_cannot_be_shown_again_is_a_conflict(user: User) -> None:
    create_key(user, "old")

    with pytest.raises(ApiError, match="Rotate that key"):
        create_key(user, "new", "newer")


def test_after_a_rotation_of_the_signing_secret_a_repeated_key_is_the_same(user: User) -> None:
    first = create_key(user, "old")

    assert create_key(user, "new", "old") == first


def test_derived_keys_are_well_formed_and_all_different() -> None:
    keys = {derive_key(master, fact) for master in "ab" for fact in map(str, range(500))}

    assert len(keys) == 1000
    assert all(is_well_formed(key) for key in keys)


@pytest.mark.parametrize(("path", "most"), [("/keys", MAX_ACTIVE), ("/webhooks/register", MAX_WEBHOOKS)])
def test_a_repeated_request_is_answered_also_at_the_quota(
    aws: AwsEnvironment, user: User, path: str, most: int
) -> None:
    first = post(user, path).data
    for number in range(most - 1):
        post(user, path, f"other {number}")
    aws.empty("PrincipalsTable")

    assert post(user, path, "beyond").code == (429, "QUOTA_EXCEEDED")
    assert post(user, path).data == first
    assert post(user, path, **CREATING[path][2]).code == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_repeated_project_is_answered_also_at_the_quota(aws: AwsEnvironment, user: User) -> None:
    first = post(user, "/projects").data
    aws.client("dynamodb").update_item(
        TableName=settings().projects_table,
        Key=to_attributes({"userId": user.user_id, "projectId": "number"}),
        UpdateExpression="SET projects = :most",
        ExpressionAttributeValues=to_attributes({":most": MAX_PROJECTS}),
    )

    assert post(user, "/projects", "beyond").code == (429, "QUOTA_EXCEEDED")
    assert post(user, "/projects").data["id"] == first["id"]


@pytest.mark.parametrize("key", ["x" * 256, "a\tb", "é" * 128, "日" * 100])
def test_a_key_that_the_store_cannot_hold_is_refused_by_name(user: User, key: str) -> None:
    for path in CREATING:
        answer = post(user, path, key)
        assert answer.code == (400, "INVALID_INPUT")
        assert answer.json["details"]["fields"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("key", ["x" * 255, "é" * 127, "日" * 85, "a b#c/d"])
def test_a_key_of_255_bytes_is_taken(user: User, key: str) -> None:
    assert [post(user, path, key).status for path in CREATING] == [202, 201, 201, 201]
