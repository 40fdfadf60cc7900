"""The export of an account opens, holds everything, and expires."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.account_export import EXPORT_TASK, without_secrets
from renderiq.domain.account_tasks import SETTLING
from renderiq.queues import AccountTaskJob, RenderJob
from renderiq.settings import settings
from renderiq.workers import account, render
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, answer_consents, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import call
from tests.support.lifecycle import expiry
from tests.support.renders import post_render, request_render
from tests.support.uploads import upload_file
from tests.support.webhooks import register_webhook, send_test_event

PNG = pictures.png(64, 64)
DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def start(user: User) -> Any:
    return call("account_export", "POST", "/account/export", headers=user.headers)


def shown(user: User) -> Any:
    return call("account_export", "GET", "/account/export", headers=user.headers).data


def prepare(user: User, *, messages: int = 30) -> int:
    """Works at the export until it is ready. Returns how many messages that took."""
    job, at = AccountTaskJob(EXPORT_TASK, user.user_id), now() + SETTLING + timedelta(seconds=1)
    for number in range(messages):
        if wiring.account_tasks().find(user.user_id, EXPORT_TASK) is None:
            return number
        account.worker().resume(job, now=at)
    raise AssertionError("the export does not end")


def download(aws: AwsEnvironment, url: str) -> zipfile.ZipFile:
    location = call("files_id_id", "GET", url.partition("/api/plugins")[2]).headers["Location"]
    key = location.split("?")[0].partition(".amazonaws.com/")[2]
    body = aws.client("s3").get_object(Bucket=settings().images_bucket, Key=key)["Body"].read()
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert archive.testzip() is None
    return archive


def lines(archive: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in archive.read(name).decode().splitlines()]


def fill(aws: AwsEnvironment, user: User) -> None:
    answer_consents(user)
    add_project(user)
    send_test_event(user, str(register_webhook(user)["webhookId"]))
    body = {"name": "CI", "scopes": ["renders:read"]}
    call("keys", "POST", "/keys", headers=user.headers, json=body)
    call("styles", "POST", "/styles", headers=user.headers, json={"title": "Evenings", "base": "golden-hour"})
    post_render(user)
    assert render.worker().work(RenderJob(user.user_id, post_render(user, {"prompt": "Eine Hütte"}).data["renderId"]))
    upload_file(aws, user, PNG)


def test_there_is_none_at_first(user: User) -> None:
    assert shown(user) == {"status": "none", "files": []}


def test_it_is_prepared_in_the_background(user: User) -> None:
    answer = start(user)

    assert (answer.status, answer.data["status"], shown(user)["status"]) == (202, "preparing", "preparing")
    prepare(user)
    assert shown(user)["status"] == "ready"


def test_a_request_while_one_is_prepared_begins_no_other(aws: AwsEnvironment, user: User) -> None:
    first = start(user).data["requestedAt"]

    assert start(user).data["requestedAt"] == first


def test_it_opens_and_holds_everything(aws: AwsEnvironment, user: User) -> None:
    fill(aws, user)
    start(user)
    prepare(user)

    [file] = shown(user)["files"]
    archive = download(aws, file["url"])

    stored = [key for kind in ("captures", "projects", "renders", "uploads") for key in keys_of(aws, kind, user)]
    expected = {f"files/{key.split('/')[0]}/{key.split('/', 2)[2]}": key for key in stored}
    names = set(archive.namelist())
    assert {name for name in names if name.startswith("files/")} == set(expected)
    for name, key in expected.items():
        body = aws.client("s3").get_object(Bucket=settings().images_bucket, Key=key)["Body"].read()
        assert archive.read(name) == body
    assert json.loads(archive.read("account.json"))["email"] == user.email
    assert [each["order"]["prompt"] for each in lines(archive, "records/renders.jsonl")][-1] == "Eine Hütte"
    for kind, number in (("projects", 1), ("uploads", 1), ("consents", 4), ("webhooks", 1), ("apiKeys", 1)):
        found = [each for each in lines(archive, f"records/{kind}.jsonl") if is_a_record(each)]
        assert len(found) >= number, kind
    assert len(lines(archive, "records/ledgerEntries.jsonl")) == 3
    assert file["size"] > sum(len(archive.read(name)) for name in expected)


def keys_of(aws: AwsEnvironment, kind: str, user: User) -> list[str]:
    return aws.objects(f"{kind}/{user.user_id}/")


def is_a_record(item: dict[str, Any]) -> bool:
    return bool(item)


def test_it_holds_no_secret(aws: AwsEnvironment, user: User) -> None:
    fill(aws, user)
    secrets = {each["secret"] for each in aws.items_of("WebhooksTable", user) if "secret" in each}
    hashes = {each["keyHash"] for each in aws.items("ApiKeysTable") if each.get("userId") == user.user_id}
    hashes |= {mark for each in aws.items_of("SessionsTable", user) for mark in each["refreshHashes"]}
    start(user)
    prepare(user)

    archive = download(aws, shown(user)["files"][0]["url"])

    text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(("l", "n")))
    assert secrets
    assert len(hashes) >= 2
    assert [each for each in secrets | hashes if each in text] == []


def test_it_holds_nothing_of_another_user(aws: AwsEnvironment, user: User) -> None:
    other = create_user(aws)
    fill(aws, other)
    start(user)
    prepare(user)

    archive = download(aws, shown(user)["files"][0]["url"])

    assert [name for name in archive.namelist() if other.user_id in archive.read(name).decode(errors="replace")] == []


def test_a_large_account_has_several_files_each_of_which_opens(
    aws: AwsEnvironment, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = {request_render(user) for _ in range(7)}
    small = replace(wiring.account_archive(), volume_bytes=3 * len(pictures.png(64, 64)))
    worker = replace(account.worker(), kinds={EXPORT_TASK: lambda: small})
    start(user)
    job, at = AccountTaskJob(EXPORT_TASK, user.user_id), now() + SETTLING + timedelta(seconds=1)
    while wiring.account_tasks().find(user.user_id, EXPORT_TASK):
        worker.resume(job, now=at)
        worker.resume(AccountTaskJob(EXPORT_TASK, "nobody"), now=at)

    archives = [download(aws, each["url"]) for each in shown(user)["files"]]

    captures = [name for archive in archives for name in archive.namelist() if name.startswith("files/captures/")]
    assert len(archives) > 1
    assert sorted(captures) == sorted(f"files/captures/{each}" for each in rendered)
    assert ["account.json" in archive.namelist() for archive in archives] == [True] + [False] * (len(archives) - 1)


def test_an_export_that_was_killed_goes_on(aws: AwsEnvironment, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(aws, user)
    start(user)
    job, at = AccountTaskJob(EXPORT_TASK, user.user_id), now() + SETTLING + timedelta(seconds=1)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("renderiq.stores.exports.ExportStore.add_file", die)
        with pytest.raises(KeyboardInterrupt):
            account.worker().resume(job, now=at)
    prepare(user)

    [file] = shown(user)["files"]
    assert "account.json" in download(aws, file["url"]).namelist()


def test_an_export_is_not_part_of_the_next_one(aws: AwsEnvironment, user: User) -> None:
    for _ in range(2):
        start(user)
        prepare(user)

    archive = download(aws, shown(user)["files"][0]["url"])

    assert [name for name in archive.namelist() if "export" in name] == []


def test_its_files_and_its_record_are_deleted_after_seven_days(aws: AwsEnvironment, user: User) -> None:
    start(user)
    prepare(user)
    ready = shown(user)
    [record] = [each for each in aws.items_of("AccountTasksTable", user) if each["taskId"].startswith("exported#")]
    [key] = keys_of(aws, "exports", user)

    end = expiry(key, {}, now())
    assert end is not None
    assert 7 * DAY <= end - now() + timedelta(seconds=9) <= 8 * DAY
    assert abs(datetime.fromisoformat(ready["expiresAt"]).timestamp() - record["expiresAt"]) <= 1
    late = wiring.exports().newest(user.user_id, now=now() + 8 * DAY)
    assert (late.status, late.files) == ("none", ())


def test_secrets_are_left_out_at_any_depth() -> None:
    record = {"url": "x", "secret": "s", "list": [{"secret": "s", "at": 1}], "set": {"a"}}

    assert without_secrets(record) == {"url": "x", "list": [{"at": 1}], "set": ["a"]}
