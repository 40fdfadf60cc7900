"""Deleting an account: refused at once, gone in the background, counted, with a receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.account_deletion import DELETION_TASK, FRESH_FOR, STREAM_LAG
from renderiq.domain.account_tasks import SETTLING
from renderiq.domain.renders import Status
from renderiq.ids import uuid7
from renderiq.queues import AccountTaskJob, RenderJob
from renderiq.services import account_removal
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.tokens import issue_access_token
from renderiq.workers import account, sweep
from tests.support import pictures, wiring
from tests.support.accounts import PASSWORD, User, add_project, answer_consents, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call, call_unchecked
from tests.support.renders import post_render, request_render
from tests.support.uploads import announce, left_of, upload_file
from tests.support.webhooks import register_webhook, send_test_event

MINUTE = timedelta(minutes=1)
PNG = pictures.png(64, 64)
KINDS = ("captures", "exports", "projects", "renders", "uploads")


def now() -> datetime:
    return datetime.now(UTC)


def delete(user: User, *, headers: dict[str, str] | None = None, **body: object) -> Response:
    return call("account", "DELETE", "/account", headers=headers or user.headers, json=body)


def receipt(receipt_id: str, *, address: str = "198.51.100.9") -> Any:
    return call("account_deletions_id", "GET", f"/account/deletions/{receipt_id}", address=address).data


def old_session(user: User) -> dict[str, str]:
    """Credentials of a session that was opened an hour ago."""
    keys = wiring.secrets().signing_keys(settings().token_secret_id)
    opened = uuid7_at(now() - timedelta(hours=1))
    return {"authorization": f"Bearer {issue_access_token(user.user_id, opened, keys=keys, now=now())}"}


def uuid7_at(moment: datetime) -> str:
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}{uuid7()[13:]}"


def work(user: User, *, start: datetime | None = None, messages: int = 60) -> int:
    """Works at the deletion until it is done, with a clock that advances by what the worker wants to wait."""
    job, at = AccountTaskJob(DELETION_TASK, user.user_id), start or now() + SETTLING + MINUTE
    for number in range(messages):
        if wiring.account_tasks().find(user.user_id, DELETION_TASK) is None:
            return number
        account.worker().resume(job, now=at)
        task = wiring.account_tasks().find(user.user_id, DELETION_TASK)
        at += STREAM_LAG if task and task.step == "figures" else MINUTE
    raise AssertionError("the deletion does not end")


def everything_left(aws: AwsEnvironment, user: User) -> dict[str, list[Any]]:
    """Returns every item of every table, and every file, that names the user."""
    tables = [name for name in aws.resources if name.endswith("Table")]
    found: dict[str, list[Any]] = {
        table: [item for item in aws.items(table) if user.user_id in str(item) or user.email in str(item)]
        for table in tables
    }
    found["files"] = [key for kind in KINDS for key in aws.objects(f"{kind}/{user.user_id}/")] + left_of(aws, user)
    return {name: items for name, items in found.items() if items}


def fill(aws: AwsEnvironment, user: User) -> None:
    """Stores something of every kind."""
    answer_consents(user)
    project_id = add_project(user)
    hook = register_webhook(user)["webhookId"]
    send_test_event(user, hook)
    call("keys", "POST", "/keys", headers={**user.headers, "idempotency-key": "k"}, json=KEY)
    call("styles", "POST", "/styles", headers=user.headers, json={"title": "Evenings", "base": "golden-hour"})
    call("settings", "PUT", "/settings", headers=user.headers, json={"preferences": {"theme": "dark"}})
    call("settings_retention", "PUT", "/settings/retention", headers=user.headers, json={"renders": "365d"})
    post_render(
        user, {"projectId": project_id, "callback_url": "http://127.0.0.1:9/"}, headers={"idempotency-key": "k"}
    )
    job = RenderJob(user.user_id, post_render(user).data["renderId"])
    from renderiq.workers import render

    assert render.worker().work(job)
    upload_file(aws, user, PNG)
    announce(user, PNG)
    user_figures(aws, user)


KEY = {"name": "CI", "scopes": ["renders:create", "renders:read"]}


def user_figures(aws: AwsEnvironment, user: User) -> None:
    aws.client("dynamodb").put_item(
        TableName=settings().figures_table,
        Item=to_attributes({"scope": f"user#{user.user_id}", "period": "day#2026-11-26", "ordered": 3}),
    )


# ---------------------------------------------------------------- at once


def test_a_fresh_sign_in_needs_no_password(user: User) -> None:
    answer = delete(user)

    assert (answer.status, answer.data["status"], answer.data["counts"]) == (202, "deleting", {})
    requested, by = (datetime.fromisoformat(answer.data[name]) for name in ("requestedAt", "deletedBy"))
    assert by - requested == timedelta(days=30)


def test_an_older_sign_in_needs_the_password(user: User) -> None:
    old = old_session(user)

    refused, wrong = delete(user, headers=old), delete(user, headers=old, password="Wrong-horse-1")

    assert (refused.code, wrong.code) == ((403, "INSUFFICIENT_PERMISSIONS"), (401, "INVALID_CREDENTIALS"))
    assert delete(user, headers=old, password=PASSWORD).status == 202


def test_the_password_of_somebody_else_does_not_help(aws: AwsEnvironment, user: User) -> None:
    """All test users have the same password; the account's own address decides."""
    assert delete(user, headers=old_session(user), password=PASSWORD[::-1]).code == (401, "INVALID_CREDENTIALS")


def test_every_credential_is_refused_at_once(aws: AwsEnvironment, user: User) -> None:
    key = call("keys", "POST", "/keys", headers=user.headers, json=KEY).data["key"]
    delete(user)

    answers = {
        "token": call("credits", "GET", "/credits", headers=user.headers).code,
        "key": call("credits", "GET", "/credits", headers={"x-api-key": key}).code,
        "refresh": call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": user.refresh_token}).code,
        "password": call("auth_signin", "POST", "/auth/signin", json={"email": user.email, "password": PASSWORD}).code,
    }

    assert answers == {
        "token": (401, "INVALID_TOKEN"),
        "key": (401, "API_KEY_REVOKED"),
        "refresh": (401, "REFRESH_FAILED"),
        "password": (401, "INVALID_CREDENTIALS"),
    }


def test_an_order_that_had_passed_the_guard_already_is_refused_and_stores_nothing(
    aws: AwsEnvironment, user: User
) -> None:
    delete(user)

    assert request_render(user) == "INVALID_TOKEN"
    assert aws.items_of("RendersTable", user) == []
    assert aws.objects(f"captures/{user.user_id}/") == []


def test_an_order_that_ends_after_the_deletion_is_refused_too(aws: AwsEnvironment, user: User) -> None:
    delete(user)
    work(user)

    assert request_render(user) == "INVALID_TOKEN"
    assert everything_left(aws, user) == {}


def test_a_second_deletion_is_refused_like_any_request(user: User) -> None:
    delete(user)

    assert delete(user).code == (401, "INVALID_TOKEN")


def test_an_unknown_receipt_is_not_found(aws: AwsEnvironment) -> None:
    answer = call("account_deletions_id", "GET", f"/account/deletions/{uuid7()}")

    assert answer.code == (404, "NOT_FOUND")


# ---------------------------------------------------------------- in the background


def test_nothing_is_left_but_a_receipt_that_names_nobody(aws: AwsEnvironment, user: User) -> None:
    fill(aws, user)
    receipt_id = delete(user).data["receiptId"]

    work(user)

    assert everything_left(aws, user) == {}
    shown = receipt(receipt_id)
    assert shown["status"] == "deleted"
    assert shown["completedAt"]
    counts = shown["counts"]
    assert {name: counts[name] for name in ("renders", "uploads", "projects", "styles", "webhooks", "apiKeys")} == {
        "renders": 2,
        "uploads": 2,
        "projects": 1,
        "styles": 1,
        "webhooks": 1,
        "apiKeys": 1,
    }
    assert (counts["consents"], counts["sessions"], counts["files"]) == (2, 1, 5)


def test_another_user_keeps_everything(aws: AwsEnvironment, user: User) -> None:
    other = create_user(aws)
    fill(aws, other)
    fill(aws, user)
    before = everything_left(aws, other)
    delete(user)

    work(user)

    assert everything_left(aws, other) == before


def test_the_user_can_sign_in_no_more_and_gets_no_new_account(aws: AwsEnvironment, user: User) -> None:
    delete(user)
    work(user)

    answer = call("auth_signin", "POST", "/auth/signin", json={"email": user.email, "password": PASSWORD})

    assert answer.code == (401, "INVALID_CREDENTIALS")
    assert everything_left(aws, user) == {}


def test_it_begins_when_requests_that_had_begun_have_ended(aws: AwsEnvironment, user: User) -> None:
    fill(aws, user)
    delete(user)
    before = len(aws.items_of("RendersTable", user))

    account.worker().resume(AccountTaskJob(DELETION_TASK, user.user_id), now=now() + SETTLING / 2)

    assert len(aws.items_of("RendersTable", user)) == before


def test_a_render_that_a_worker_holds_is_waited_for(aws: AwsEnvironment, user: User) -> None:
    job = RenderJob(user.user_id, post_render(user).data["renderId"])
    render = wiring.renders().claim(job.user_id, job.render_id, lease="l", until=now() + 5 * MINUTE, now=now())
    assert render
    receipt_id = delete(user).data["receiptId"]
    deletion = AccountTaskJob(DELETION_TASK, user.user_id)

    for _ in range(3):
        account.worker().resume(deletion, now=now() + SETTLING + MINUTE)
    held = wiring.renders().get(job.user_id, job.render_id)
    stopped = wiring.renders().cancel(held, lease="l", now=now())
    work(user)

    assert (held.status, held.cancel_requested) == (Status.PROCESSING, True)
    assert stopped
    assert everything_left(aws, user) == {}
    assert receipt(receipt_id)["counts"]["renders"] == 1


def test_the_figures_go_when_no_stream_reports_the_user_any_more(aws: AwsEnvironment, user: User) -> None:
    delete(user)
    job = AccountTaskJob(DELETION_TASK, user.user_id)
    for _ in range(3):
        account.worker().resume(job, now=now() + SETTLING + MINUTE)
    user_figures(aws, user)  # a late record of a stream

    assert [*everything_left(aws, user)] == ["PrincipalsTable", "AccountTasksTable", "FiguresTable"] or {
        *everything_left(aws, user)
    } == {"PrincipalsTable", "AccountTasksTable", "FiguresTable"}
    account.worker().resume(job, now=now() + STREAM_LAG + MINUTE)
    assert everything_left(aws, user) == {}


def test_an_unreadable_render_is_deleted_too(aws: AwsEnvironment, user: User) -> None:
    render_id = post_render(user).data["renderId"]
    aws.client("dynamodb").update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": user.user_id, "renderId": render_id}),
        UpdateExpression="REMOVE #order",
        ExpressionAttributeNames={"#order": "order"},
    )
    delete(user)

    work(user)

    assert everything_left(aws, user) == {}


def test_the_sweeper_goes_on_with_a_deletion_whose_message_is_lost(aws: AwsEnvironment, user: User) -> None:
    delete(user)
    aws.messages(settings().account_task_queue_url)
    aws.backdate("AccountTasksTable", by=2 * timedelta(days=1))

    sweep.sweeper().run(budget=MINUTE)

    assert {"taskId": "deletion", "userId": user.user_id} in aws.messages(settings().account_task_queue_url)


class Killed(BaseException):
    """The function was killed."""


@pytest.mark.parametrize("every", [2, 3, 5])
def test_a_deletion_that_is_killed_again_and_again_counts_everything_once(
    aws: AwsEnvironment, user: User, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(account_removal, "MOST_TOGETHER", 2)
    monkeypatch.setattr(account_removal, "_FILES_PER_BATCH", 2)
    fill(aws, user)
    for _ in range(4):
        request_render(user)
    files = sum(len(aws.objects(f"{kind}/{user.user_id}/")) for kind in KINDS)
    receipt_id = delete(user).data["receiptId"]
    calls = 0

    def kill(**_: object) -> None:
        nonlocal calls
        calls += 1
        if calls % every == 0:
            raise Killed

    clients = [aws.client("dynamodb"), aws.client("s3")]
    events = ("after-call.dynamodb.TransactWriteItems", "after-call.s3.DeleteObjects")
    job, at, killed = AccountTaskJob(DELETION_TASK, user.user_id), now() + SETTLING + MINUTE, 0
    for made, event in zip(clients, events, strict=True):
        made.meta.events.register(event, kill, unique_id="kill")
    try:
        for _ in range(20):
            try:
                account.worker().resume(job, now=at)
            except Killed:
                killed += 1
    finally:
        for made, event in zip(clients, events, strict=True):
            made.meta.events.unregister(event, unique_id="kill")

    work(user)

    assert killed >= 3
    counts = receipt(receipt_id)["counts"]
    assert (counts["renders"], counts["uploads"], counts["files"]) == (6, 2, files)
    assert everything_left(aws, user) == {}


def test_fresh_means_ten_minutes() -> None:
    assert timedelta(minutes=10) == FRESH_FOR


def test_refused_requests_are_counted_all_the_same(user: User) -> None:
    delete(user)

    answer = call_unchecked("credits", "GET", "/credits", headers=user.headers)

    assert answer.headers["X-RateLimit-Limit"]


def test_a_message_of_another_kind_of_task_is_a_failure(aws: AwsEnvironment, user: User) -> None:
    delete(user)
    task = wiring.account_tasks().find(user.user_id, DELETION_TASK)
    assert task
    put = wiring.account_tasks().put_action(replace(task, task_id="unknown"), due_at=now())["Put"]
    aws.client("dynamodb").put_item(**put)

    with pytest.raises(KeyError):
        account.worker().resume(AccountTaskJob("unknown", user.user_id), now=now())
