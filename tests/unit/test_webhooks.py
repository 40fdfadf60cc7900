"""/webhooks: listed, shown, changed, deleted, and secrets rotated."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from renderiq.clock import to_iso
from renderiq.domain.webhooks import DisabledReason, Result, Webhook
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.http import Response, call

UNKNOWN_ID = "01a2045f-da96-7a5e-ab86-15a988b167dd"
URL = "http://127.0.0.1:9/hook"
DELIVERY = "01a2045f-e858-8d3c-b7a4-19f0c6e2d583"


def register(user: User, **fields: Any) -> Any:
    body = {"url": URL, "events": ["render.completed"], **fields}
    return call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body).data


def show(user: User, webhook_id: str) -> Response:
    return call("webhooks_id", "GET", f"/webhooks/{webhook_id}", headers=user.headers)


def change(user: User, webhook_id: str, **fields: Any) -> Response:
    return call("webhooks_id", "PATCH", f"/webhooks/{webhook_id}", headers=user.headers, json=fields)


def delete(user: User, webhook_id: str) -> Response:
    return call("webhooks_id", "DELETE", f"/webhooks/{webhook_id}", headers=user.headers)


def rotate(user: User, webhook_id: str, **fields: Any) -> Response:
    path = f"/webhooks/{webhook_id}/rotate-secret"
    return call("webhooks_id_rotate_secret", "POST", path, headers=user.headers, json=fields)


def index(user: User) -> Any:
    return call("webhooks", "GET", "/webhooks", headers=user.headers).data["webhooks"]


def stored(user: User, webhook_id: str) -> Webhook:
    return wiring.webhooks().get(user.user_id, webhook_id)


def fail_until_disabled(user: User, webhook_id: str) -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    entered = wiring.webhooks().acquire_slot(user.user_id, webhook_id, until=at, now=at)
    assert entered is not None
    slot, webhook = entered
    noted = wiring.webhooks().record_result(webhook, Result(at, DELIVERY, False, 410), slot=slot)
    assert noted is not None
    wiring.webhooks().disable(noted, DisabledReason.GONE)


@pytest.fixture
def webhook_id(user: User) -> str:
    return str(register(user, description="studio", headers={"x-tenant": "7"})["webhookId"])


def test_the_list_shows_every_webhook_without_its_secret(user: User) -> None:
    registered = [register(user) for _ in range(3)]

    listed = index(user)

    assert [each["webhookId"] for each in listed] == sorted(each["webhookId"] for each in registered)
    assert {each["secret"] for each in listed} == {f"whsec_…{each['secret'][-4:]}" for each in registered}


def test_a_secret_chosen_by_the_user_is_masked_completely(user: User) -> None:
    registered = register(user, secret="correct horse battery")

    assert index(user)[0]["secret"] == f"whsec_…{registered['secret'][-4:]}"


def test_a_user_without_webhooks_gets_an_empty_list(user: User) -> None:
    assert index(user) == []


def test_a_webhook_is_shown_completely_except_for_its_secret(user: User, webhook_id: str) -> None:
    shown = show(user, webhook_id).data

    assert shown.pop("secret").startswith("whsec_…")
    assert shown.pop("createdAt").endswith("Z")
    assert shown == {
        "webhookId": webhook_id,
        "type": "push",
        "url": URL,
        "events": ["render.completed"],
        "description": "studio",
        "headers": {"x-tenant": "7"},
        "retiredSecrets": [],
        "state": "enabled",
    }


def test_a_webhook_shows_its_last_result_and_why_it_is_disabled(user: User, webhook_id: str) -> None:
    fail_until_disabled(user, webhook_id)

    shown = show(user, webhook_id).data

    assert (shown["state"], shown["disabledReason"]) == ("disabled", "The endpoint answered 410 Gone.")
    assert shown["failingSince"] == "2026-05-01T00:00:00.000Z"
    assert shown["lastResult"] == {
        "at": "2026-05-01T00:00:00.000Z",
        "deliveryId": DELIVERY,
        "succeeded": False,
        "status": 410,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://127.0.0.1:9/elsewhere"),
        ("events", ["render.cancelled", "render.failed"]),
        ("description", "another"),
        ("description", ""),
        ("headers", {"x-tenant": "8"}),
        ("headers", {"Tenant-Id": "7", "Team": "north wing", "Hostname": "", "x": "a"}),
        ("headers", {}),
    ],
)
def test_a_change_affects_only_the_fields_that_it_names(user: User, webhook_id: str, field: str, value: Any) -> None:
    before = show(user, webhook_id).data

    answer = change(user, webhook_id, **{field: value})

    assert answer.status == 200
    assert answer.data == {**before, field: value} == show(user, webhook_id).data


def test_an_empty_change_changes_nothing(user: User, webhook_id: str) -> None:
    assert change(user, webhook_id, url=None).data == show(user, webhook_id).data


def test_a_webhook_can_be_disabled_and_enabled_again(user: User, webhook_id: str) -> None:
    disabled = change(user, webhook_id, enabled=False).data
    enabled = change(user, webhook_id, enabled=True).data

    assert (disabled["state"], disabled["disabledReason"]) == ("disabled", "Its owner disabled it.")
    assert (enabled["state"], enabled.get("disabledReason")) == ("enabled", None)


@pytest.mark.parametrize("fresh", [{"enabled": True}, {"enabled": True, "url": "http://127.0.0.1:9/elsewhere"}])
def test_enabling_a_webhook_clears_its_failure_history(user: User, webhook_id: str, fresh: dict[str, Any]) -> None:
    fail_until_disabled(user, webhook_id)

    assert "failingSince" not in change(user, webhook_id, **fresh).data


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://192.168.0.1/hook"),
        ("url", "https://169.254.169.254/latest/meta-data"),
        ("url", "https://user:secret@example.com/"),
        ("url", ""),
        ("events", []),
        ("events", ["webhook.test"]),
        ("description", "x" * 257),
        ("headers", {"webhook-id": "mine"}),
        ("headers", {"Host": "inside"}),
        ("headers", {"x-tenant": "7 "}),
        ("headers", {"x-tenant": " 7"}),
        ("enabled", "perhaps"),
    ],
)
def test_an_invalid_change_names_its_field_and_changes_nothing(
    user: User, webhook_id: str, field: str, value: Any
) -> None:
    before = show(user, webhook_id).data

    answer = change(user, webhook_id, **{field: value})

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"].startswith(field)
    assert show(user, webhook_id).data == before


def test_a_deleted_webhook_is_not_found(user: User, webhook_id: str) -> None:
    deleted = delete(user, webhook_id)

    assert (deleted.status, deleted.data) == (200, {"webhookId": webhook_id, "deleted": True})
    assert show(user, webhook_id).code == (404, "NOT_FOUND")
    assert delete(user, webhook_id).code == (404, "NOT_FOUND")
    assert change(user, webhook_id, enabled=True).code == (404, "NOT_FOUND")
    assert index(user) == []


def test_a_user_has_at_most_twenty_webhooks_and_deleting_one_frees_its_place(user: User) -> None:
    registered = [register(user)["webhookId"] for _ in range(20)]
    body = {"url": URL, "events": ["render.completed"]}
    full = call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body)
    delete(user, registered[7])
    delete(user, registered[7])

    assert full.code == (429, "QUOTA_EXCEEDED")
    assert register(user)["webhookId"]
    assert call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body).status == 429


def test_a_rotation_shows_the_new_secret_once(user: User, webhook_id: str) -> None:
    answer = rotate(user, webhook_id)

    assert answer.data["secret"] == stored(user, webhook_id).secret
    assert answer.headers["Cache-Control"] == "no-store"
    assert show(user, webhook_id).data["secret"] == f"whsec_…{answer.data['secret'][-4:]}"


def test_a_user_may_choose_the_next_secret(user: User, webhook_id: str) -> None:
    rotated = rotate(user, webhook_id, secret="correct horse battery").data

    assert base64.b64decode(rotated["secret"].removeprefix("whsec_")) == b"correct horse battery"


def test_the_former_secret_is_shown_masked_until_it_expires(user: User, webhook_id: str) -> None:
    now, old = datetime.now(UTC), stored(user, webhook_id).secret
    with clock_at(now, "webhooks_id_rotate_secret"):
        retired = rotate(user, webhook_id).data["retiredSecrets"]
    with clock_at(now + timedelta(minutes=59), "webhooks_id"):
        shown = show(user, webhook_id).data["retiredSecrets"]

    assert retired == shown
    assert [each["secret"] for each in shown] == [f"whsec_…{old[-4:]}"]
    assert retired[0]["expiresAt"] == to_iso(now + timedelta(hours=24))


def test_an_expired_secret_is_not_shown(user: User, webhook_id: str) -> None:
    webhook, yesterday = stored(user, webhook_id), datetime.now(UTC) - timedelta(hours=24)
    wiring.webhooks().replace_secret(webhook, webhook.with_new_secret("correct horse battery", yesterday))

    assert index(user)[0]["retiredSecrets"] == []


@pytest.mark.parametrize("secret", ["too short", "x" * 257, 7])
def test_an_invalid_secret_is_refused(user: User, webhook_id: str, secret: Any) -> None:
    answer = rotate(user, webhook_id, secret=secret)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "secret"


def test_a_rotation_to_the_current_secret_is_refused(user: User, webhook_id: str) -> None:
    rotate(user, webhook_id, secret="correct horse battery")

    assert rotate(user, webhook_id, secret="correct horse battery").code == (400, "INVALID_INPUT")


PATHS = [
    ("webhooks_id", "GET", "/webhooks/{}"),
    ("webhooks_id", "PATCH", "/webhooks/{}"),
    ("webhooks_id", "DELETE", "/webhooks/{}"),
    ("webhooks_id_test", "POST", "/webhooks/{}/test"),
    ("webhooks_id_rotate_secret", "POST", "/webhooks/{}/rotate-secret"),
    ("webhooks_id_deliveries", "GET", "/webhooks/{}/deliveries"),
    ("webhooks_id_deliveries_id_redeliver", "POST", f"/webhooks/{{}}/deliveries/{UNKNOWN_ID}/redeliver"),
]


@pytest.mark.parametrize(("function", "method", "path"), PATHS)
def test_a_webhook_of_another_user_is_not_found_and_does_not_change(
    aws: AwsEnvironment, user: User, webhook_id: str, function: str, method: str, path: str
) -> None:
    before = stored(user, webhook_id)

    answer = call(function, method, path.format(webhook_id), headers=create_user(aws).headers, json={"enabled": False})

    assert answer.code == (404, "NOT_FOUND")
    assert stored(user, webhook_id) == before


@pytest.mark.parametrize(("function", "method", "path"), PATHS)
@pytest.mark.parametrize("given", ["seven", "#count", "%23count", "00000000-0000"])
def test_a_malformed_id_names_the_parameter(user: User, function: str, method: str, path: str, given: str) -> None:
    answer = call(function, method, path.format(given.replace("#", "%23")), headers=user.headers)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"] == [{"field": "webhookId", "problem": "must be a UUID"}]


@pytest.mark.parametrize(("function", "method", "path"), [("webhooks", "GET", "/webhooks"), *PATHS])
def test_an_anonymous_caller_is_refused(function: str, method: str, path: str) -> None:
    answer = call(function, method, path.format("seven"), address=f"2001:db8::{uuid4().hex[:4]}")

    assert answer.code == (401, "AUTH_REQUIRED")


@pytest.mark.parametrize(("function", "method", "path"), [("webhooks", "GET", "/webhooks"), *PATHS])
def test_every_webhook_operation_needs_the_webhook_scope(
    user: User, webhook_id: str, function: str, method: str, path: str
) -> None:
    scopes = ["renders:create", "renders:read", "projects:read"]
    key = call("keys", "POST", "/keys", headers=user.headers, json={"name": "CI", "scopes": scopes}).data["key"]

    answer = call(function, method, path.format(webhook_id), headers={"x-api-key": key})

    assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")
    assert answer.json["details"] == {"requiredScope": "webhook:write"}
