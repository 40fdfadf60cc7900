"""Retention: everything of every age and policy is there or gone as promised, also after the policy has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from renderiq.domain.account_tasks import RETENTION_TASK, SETTLING
from renderiq.domain.retention import Retention, RetentionPeriod
from renderiq.engines import EngineRequest, Output
from renderiq.ids import uuid7
from renderiq.platform import Platform
from renderiq.queues import AccountTaskJob, RenderJob
from renderiq.services import retagging
from renderiq.settings import settings
from renderiq.stores.images import ImageStore
from renderiq.workers import account, sweep
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.http import Response, call
from tests.support.lifecycle import expiry, rules, tags_of
from tests.support.renders import post_render, render_worker, request_render
from tests.support.uploads import announce, complete, glb, send, upload_file

P = RetentionPeriod
PNG = pictures.png(64, 64)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MODEL = {"purpose": "model", "contentType": "model/gltf-binary", "fileName": "house.glb"}
PERIODS = {P.DAY: 1, P.WEEK: 7, P.MONTH: 30, P.QUARTER: 90, P.YEAR: 365, P.UNTIL_DELETED: None}


class CopyingEngine:
    """Returns the capture."""

    name = "preview"

    def render(self, request: EngineRequest, *_: object) -> Output:
        return Output(request.image, "image/png", request.image, *request.size)


@dataclass(frozen=True)
class Stored:
    """What a user has stored at ``at``: keys of a capture with its depth, of an output with its thumbnail, uploads."""

    at: datetime
    captures: list[str]
    outputs: list[str]
    picture_id: str
    model_id: str
    render_id: str


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    """An environment with rate limits that no test reaches."""
    unlimited = json.dumps(dict.fromkeys(Platform, 1_000_000))
    with mock_aws(), aws_environment(None, RateLimits=unlimited) as environment:
        yield environment


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    made = create_user(aws, balance=1000)
    answer_consents(made)
    return made


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retagging, "_PAGE", 1)
    monkeypatch.setattr(retagging, "_PAGES_PER_JOB", 2)


def now() -> datetime:
    return datetime.now(UTC)


def change(user: User, **periods: object) -> Response:
    return call("settings_retention", "PUT", "/settings/retention", headers=user.headers, json=periods)


def shown(user: User) -> Any:
    return call("settings_retention", "GET", "/settings/retention", headers=user.headers).data


def all_to(user: User, period: P) -> None:
    assert change(user, captures=period, models=period, renders=period).status == 200


def apply_it(user: User, *, start: datetime | None = None, messages: int = 50) -> int:
    """Works at the task until it is done. Returns how many messages that took."""
    job, at = AccountTaskJob(RETENTION_TASK, user.user_id), start or now() + SETTLING + MINUTE
    for number in range(messages):
        if wiring.account_tasks().find(user.user_id, RETENTION_TASK) is None:
            return number
        account.worker().resume(job, now=at)
    raise AssertionError("the task does not end")


def store_everything(aws: AwsEnvironment, user: User) -> Stored:
    at = now()
    render_id = post_render(user, files={"uploadedImageData": PNG, "depthImage": PNG}).data["renderId"]
    render = render_worker(CopyingEngine()).work(RenderJob(user.user_id, render_id))
    assert render is not None
    assert render.output is not None
    return Stored(
        at,
        render.input_keys,
        [render.output.key, render.output.thumbnail_key],
        upload_file(aws, user, PNG),
        upload_file(aws, user, glb(), **MODEL),
        render_id,
    )


def check(aws: AwsEnvironment, user: User, stored: Stored, captures: P, models: P, renders: P) -> None:
    """Asserts that everything ends when it was promised to, and not before."""
    for keys, period in ((stored.captures, captures), (stored.outputs, renders)):
        for key in keys:
            assert_ends(expiry(key, tags_of(aws, key), stored.at), stored.at, PERIODS[period])
    record = next(each for each in aws.items_of("RendersTable", user) if each["renderId"] == stored.render_id)
    end = datetime.fromtimestamp(record["expiresAt"], UTC) if "expiresAt" in record else None
    assert (end is None) == (PERIODS[renders] is None)
    if end:
        assert_ends(end, stored.at + DAY, PERIODS[renders])
    for upload_id, period in ((stored.picture_id, captures), (stored.model_id, models)):
        upload = wiring.uploads().get(user.user_id, upload_id)
        assert_ends(upload.expires_at, stored.at, PERIODS[period])
        by_rule = expiry(upload.key, tags_of(aws, upload.key), upload.created_at)
        assert (by_rule is None) == (upload.expires_at is None)
        assert by_rule is None or upload.expires_at is None or by_rule > upload.expires_at


def assert_ends(end: datetime | None, stored_at: datetime, days: int | None) -> None:
    """S3 rounds to the next midnight."""
    if days is None:
        assert end is None
        return
    assert end is not None
    assert timedelta(days=days) - MINUTE <= end - stored_at <= timedelta(days=days + 1) + MINUTE


# ---------------------------------------------------------------- the setting


def test_the_defaults_are_shown(user: User) -> None:
    assert shown(user) == {"captures": "30d", "models": "30d", "renders": "untilDeleted", "isApplied": True}


def test_a_change_leaves_what_it_does_not_name(user: User) -> None:
    change(user, captures="1d")
    answer = change(user, renders="90d", models=None)

    assert {name: answer.data[name] for name in ("captures", "models", "renders")} == {
        "captures": "1d",
        "models": "30d",
        "renders": "90d",
    }


@pytest.mark.parametrize("period", ["2d", 30, True])
def test_a_period_that_there_is_not_is_refused(user: User, period: object) -> None:
    assert change(user, captures=period).code == (400, "INVALID_INPUT")


def test_a_change_is_applied_when_its_task_is_done(user: User) -> None:
    before = change(user, captures="1d").data["isApplied"], shown(user)["isApplied"]

    apply_it(user)

    assert (before, shown(user)["isApplied"]) == ((False, False), True)


# ---------------------------------------------------------------- what is stored after the choice


@pytest.mark.parametrize("period", P)
def test_everything_of_every_policy_ends_when_it_was_promised_to(aws: AwsEnvironment, user: User, period: P) -> None:
    all_to(user, period)

    check(aws, user, store_everything(aws, user), period, period, period)


def test_without_a_choice_everything_ends_by_the_defaults(aws: AwsEnvironment, user: User) -> None:
    check(aws, user, store_everything(aws, user), P.MONTH, P.MONTH, P.UNTIL_DELETED)


def test_each_kind_has_a_period_of_its_own(aws: AwsEnvironment, user: User) -> None:
    change(user, captures="1d", models="90d", renders="365d")

    check(aws, user, store_everything(aws, user), P.DAY, P.QUARTER, P.YEAR)


def test_an_api_key_stores_for_as_long_as_its_user_says(aws: AwsEnvironment, user: User) -> None:
    change(user, captures="1d")
    body = {"name": "CI", "scopes": ["renders:create", "renders:read"]}
    key = call("keys", "POST", "/keys", headers=user.headers, json=body).data["key"]

    answer = post_render(user, headers={"authorization": "", "x-api-key": key})

    assert tags_of(aws, f"captures/{user.user_id}/{answer.data['renderId']}") == {"retention": "1d"}


@pytest.mark.parametrize(("period", "days"), PERIODS.items())
@pytest.mark.parametrize("fields", [{}, MODEL], ids=["picture", "model"])
def test_the_sweeper_deletes_an_upload_at_its_end_and_not_before(
    aws: AwsEnvironment, user: User, period: P, days: int | None, fields: dict[str, Any]
) -> None:
    all_to(user, period)
    upload_id = upload_file(aws, user, glb() if fields else PNG, **fields)

    def sweep_after(age: timedelta) -> bool:
        """Returns whether the upload is still there."""
        late = replace(sweep.sweeper(), clock=lambda: now() + age)
        late.run(budget=timedelta(hours=1))
        return wiring.uploads().find(user.user_id, upload_id) is not None

    assert sweep_after(timedelta(days=days or 4000) - MINUTE)
    assert sweep_after(timedelta(days=days or 4000) + MINUTE) is (days is None)


def test_a_choice_is_remembered_longer_than_a_rate_limit(aws: AwsEnvironment, user: User) -> None:
    change(user, captures="1d")
    shown(user)
    [item] = [each for each in aws.items("PrincipalsTable") if each["principal"] == f"user#{user.user_id}"]

    assert datetime.fromtimestamp(item["expiresAt"], UTC).year == 2500

    change(user, captures="30d")
    shown(user)
    [item] = [each for each in aws.items("PrincipalsTable") if each["principal"] == f"user#{user.user_id}"]
    assert item["expiresAt"] < (now() + DAY).timestamp()


# ---------------------------------------------------------------- what was stored before


@pytest.mark.parametrize("before", P)
def test_a_change_applies_to_what_is_stored_already(aws: AwsEnvironment, user: User, before: P) -> None:
    all_to(user, before)
    stored = store_everything(aws, user)

    for after in P:
        for period in (after, before):
            all_to(user, period)
            apply_it(user)
            check(aws, user, stored, period, period, period)


def test_a_shorter_period_makes_an_old_upload_due_at_once(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)
    all_to(user, P.DAY)

    apply_it(user, start=now() + 20 * DAY)
    replace(sweep.sweeper(), clock=lambda: now() + 20 * DAY + MINUTE).run(budget=timedelta(hours=1))

    assert wiring.uploads().find(user.user_id, upload_id) is None


def test_a_shorter_period_ends_an_old_record_at_once(aws: AwsEnvironment, user: User) -> None:
    stored = store_everything(aws, user)
    all_to(user, P.DAY)

    later = now() + 4000 * DAY
    apply_it(user, start=later)

    [item] = [each for each in aws.items_of("RendersTable", user) if each["renderId"] == stored.render_id]
    assert item["expiresAt"] == int(later.timestamp())


def test_the_task_waits_until_requests_that_had_begun_have_ended(aws: AwsEnvironment, user: User) -> None:
    stored = store_everything(aws, user)
    all_to(user, P.DAY)

    account.worker().resume(AccountTaskJob(RETENTION_TASK, user.user_id), now=now() + SETTLING - MINUTE / 2)

    assert tags_of(aws, stored.captures[0]) == {"retention": "30d"}
    assert not shown(user)["isApplied"]


def test_a_task_whose_request_ended_too_early_tells_the_next_requests_first(aws: AwsEnvironment, user: User) -> None:
    """The request was interrupted between its two writes."""
    stored = store_everything(aws, user)
    all_to(user, P.DAY)
    wiring.principals().set_retention(user.user_id, Retention(P.MONTH, P.MONTH, P.MONTH), now=now())
    job, late = AccountTaskJob(RETENTION_TASK, user.user_id), now() + SETTLING + MINUTE

    account.worker().resume(job, now=late)
    first = tags_of(aws, stored.captures[0])
    account.worker().resume(job, now=late + SETTLING)

    assert (first, tags_of(aws, stored.captures[0])) == ({"retention": "30d"}, {"retention": "1d"})


def test_a_render_that_ends_during_the_task_is_kept_as_long_as_the_new_choice_says(
    aws: AwsEnvironment, user: User
) -> None:
    render_id = post_render(user).data["renderId"]
    job = RenderJob(user.user_id, render_id)

    class ChangingEngine(CopyingEngine):
        def render(self, request: EngineRequest, *_: object) -> Output:
            all_to(user, P.WEEK)
            apply_it(user)
            return super().render(request)

    render = render_worker(ChangingEngine()).work(job)

    assert render is not None
    assert render.output is not None
    assert tags_of(aws, render.output.key) == tags_of(aws, render.output.thumbnail_key) == {"retention": "7d"}


def test_an_upload_that_is_open_during_the_task_is_kept_as_long_as_the_new_choice_says(
    aws: AwsEnvironment, user: User
) -> None:
    upload_id = announce(user, PNG).data["uploadId"]
    all_to(user, P.WEEK)
    apply_it(user)
    send(aws, user, upload_id, {1: PNG})

    complete(user, upload_id)

    upload = wiring.uploads().get(user.user_id, upload_id)
    assert tags_of(aws, upload.key) == {"retention": "7d"}
    assert_ends(upload.expires_at, now(), 7)


class DyingStore(ImageStore):
    """Dies at the third call after every other one."""

    calls = 0

    def tag(self, key: str, retention: P) -> None:
        DyingStore.calls += 1
        if DyingStore.calls % 3 == 0:
            raise KeyboardInterrupt
        super().tag(key, retention)


def test_a_task_that_is_killed_again_and_again_ends_with_everything_changed(
    aws: AwsEnvironment, user: User, small_pages: None
) -> None:
    stored = [store_everything(aws, user) for _ in range(3)]
    all_to(user, P.WEEK)
    dying = DyingStore(aws.client("s3"), settings().images_bucket)
    job, at = AccountTaskJob(RETENTION_TASK, user.user_id), now() + SETTLING + MINUTE
    worker = replace(account.worker(), kinds={RETENTION_TASK: lambda: replace(wiring.retagging(), images=dying)})
    killed = 0
    for _ in range(12):
        try:
            worker.resume(job, now=at)
        except KeyboardInterrupt:
            killed += 1

    apply_it(user)

    assert killed >= 3
    for each in stored:
        check(aws, user, each, P.WEEK, P.WEEK, P.WEEK)


def test_a_long_task_takes_several_messages(aws: AwsEnvironment, user: User, small_pages: None) -> None:
    rendered = [request_render(user) for _ in range(5)]
    all_to(user, P.WEEK)
    aws.messages(settings().account_task_queue_url)

    assert apply_it(user) == 3

    sent = [each for each in aws.messages(settings().account_task_queue_url) if each["userId"] == user.user_id]
    assert [each["taskId"] for each in sent] == ["retention"] * 2
    assert [tags_of(aws, f"captures/{user.user_id}/{each}") for each in rendered] == [{"retention": "7d"}] * 5


def test_a_second_change_begins_the_task_anew(aws: AwsEnvironment, user: User, small_pages: None) -> None:
    rendered = [request_render(user) for _ in range(5)]
    all_to(user, P.WEEK)
    account.worker().resume(AccountTaskJob(RETENTION_TASK, user.user_id), now=now() + SETTLING + MINUTE)
    all_to(user, P.QUARTER)

    apply_it(user)

    assert [tags_of(aws, f"captures/{user.user_id}/{each}") for each in rendered] == [{"retention": "90d"}] * 5


def test_the_sweeper_sends_the_message_of_a_task_again(aws: AwsEnvironment, user: User) -> None:
    change(user, captures="1d")
    aws.messages(settings().account_task_queue_url)
    aws.backdate("AccountTasksTable")

    sweep.sweeper().run(budget=MINUTE)

    assert {"taskId": "retention", "userId": user.user_id} in aws.messages(settings().account_task_queue_url)


def test_a_message_of_a_task_that_is_done_does_nothing(user: User) -> None:
    account.worker().resume(AccountTaskJob(RETENTION_TASK, uuid7()), now=now())


# ---------------------------------------------------------------- the rules of the bucket


def test_every_period_has_a_rule_for_every_kind_and_what_has_no_tag_has_none() -> None:
    created = datetime(2026, 3, 14, 0, tzinfo=UTC)
    for prefix, extra in (("captures", 0), ("renders", 0), ("uploads", 1)):
        for period, days in PERIODS.items():
            end = expiry(f"{prefix}/ada/x", {"retention": period}, created)
            assert end == (None if days is None else created + timedelta(days=days + extra))
        assert expiry(f"{prefix}/ada/x", {}, created) is None


def test_only_exports_are_deleted_by_their_prefix_alone() -> None:
    assert [each["Id"] for each in rules() if "ExpirationInDays" in each and not each.get("TagFilters")] == ["exports"]
