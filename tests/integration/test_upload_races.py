"""Uploads while several clients, the sweeper and renders act at the same time, and abandoned ones.

``ABANDONED_UPLOADS`` makes it more of them (`make resume`: a thousand).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from renderiq.domain.retention import Retention
from renderiq.domain.uploads import MAX_OPEN, FileSpec, Purpose, Upload, UploadStatus
from renderiq.errors import ApiError
from renderiq.platform import Client
from renderiq.services.renders import Capture
from renderiq.workers import sweep as sweep_worker
from tests.support import pictures, wiring
from tests.support.accounts import User, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.orders import order
from tests.support.uploads import left_of, send, upload_file

PNG = pictures.png()
TOGETHER = 8
ABANDONED = int(os.environ.get("ABANDONED_UPLOADS", "60"))
DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def announced(aws: AwsEnvironment, user: User, data: bytes = PNG) -> Upload:
    """Announces a PNG and sends it."""
    spec = FileSpec("a.png", "image/png", len(data), Purpose.CAPTURE)
    upload = wiring.upload_service().create(user.user_id, spec, retention=Retention(), now=now())
    send(aws, user, upload.upload_id, {1: data})
    return upload


def together(*acts: Callable[[], Any]) -> list[str]:
    """Does everything at the same moment. Returns ``ok``, or the code of the error, of each."""
    start = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> str:
        start.wait()
        try:
            act()
        except ApiError as error:
            return error.code.name
        return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def usage(aws: AwsEnvironment, user: User) -> tuple[int, int]:
    [item] = [each for each in aws.items_of("UploadsTable", user) if each["uploadId"] == "usage"]
    return item["openUploads"], item["storedBytes"]


def completion(user: User, upload: Upload) -> Callable[[], Any]:
    return lambda: wiring.upload_service().complete(user.user_id, upload.upload_id, retention=Retention(), now=now())


def deletion(user: User, upload: Upload) -> Callable[[], Any]:
    return lambda: wiring.upload_removal().delete(user.user_id, upload.upload_id, now=now())


def rendering(user: User, upload_id: str) -> Callable[[], Any]:
    return lambda: wiring.render_service().create(
        user.user_id,
        order(),
        Capture(upload_id=upload_id),
        idempotency_key=None,
        client=Client(),
        retention=Retention(),
        now=now(),
    )


def test_clients_that_complete_at_once_all_get_the_ready_upload(aws: AwsEnvironment, user: User) -> None:
    upload = announced(aws, user)

    assert together(*[completion(user, upload)] * TOGETHER) == ["ok"] * TOGETHER
    assert left_of(aws, user) == [upload.key]
    assert usage(aws, user) == (0, len(PNG))


def test_clients_that_complete_a_lie_at_once_are_all_refused(aws: AwsEnvironment, user: User) -> None:
    upload = announced(aws, user, b"no picture")

    answers = together(*[completion(user, upload)] * TOGETHER)

    assert set(answers) == {"UPLOAD_REJECTED"}
    assert left_of(aws, user) == []
    assert usage(aws, user) == (0, 0)


@pytest.mark.parametrize("attempt", range(10))
def test_an_upload_that_is_deleted_while_it_is_completed_leaves_nothing(
    aws: AwsEnvironment, user: User, attempt: int
) -> None:
    upload = announced(aws, user)

    acts = [completion(user, upload), deletion(user, upload)]
    answers = together(*acts, *[completion(user, upload)] * 2)

    if answers[1] != "ok":  # the completion was faster each time
        assert together(deletion(user, upload)) == ["ok"]
    assert set(answers) <= {"ok", "NOT_FOUND", "UPLOAD_INCOMPLETE", "RESOURCE_CONFLICT"}
    assert left_of(aws, user) == []
    assert usage(aws, user) == (0, 0)


@pytest.mark.parametrize("attempt", range(10))
def test_an_upload_that_ends_while_it_is_completed_is_either_ready_or_gone(
    aws: AwsEnvironment, user: User, attempt: int
) -> None:
    upload = announced(aws, user)

    together(
        completion(user, upload),
        lambda: wiring.upload_removal().resume(user.user_id, upload.upload_id, now=now() + DAY + DAY),
    )

    after = wiring.uploads().find(user.user_id, upload.upload_id)
    assert after is None or after.status is UploadStatus.READY
    assert left_of(aws, user) == ([upload.key] if after else [])
    assert usage(aws, user) == ((0, len(PNG)) if after else (0, 0))


@pytest.mark.parametrize("attempt", range(10))
def test_an_upload_is_deleted_or_rendered_but_never_both(aws: AwsEnvironment, user: User, attempt: int) -> None:
    upload_id = upload_file(aws, user, PNG)
    upload = wiring.uploads().get(user.user_id, upload_id)

    rendered, deleted = together(rendering(user, upload_id), deletion(user, upload))

    assert (rendered, deleted) in {("ok", "RESOURCE_CONFLICT"), ("NOT_FOUND", "ok")}
    assert left_of(aws, user) == ([upload.key] if rendered == "ok" else [])
    assert balance_of(user) == (90 if rendered == "ok" else 100)


def test_one_upload_serves_many_renders_at_once(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)

    assert together(*[rendering(user, upload_id)] * TOGETHER) == ["ok"] * TOGETHER
    assert wiring.uploads().get(user.user_id, upload_id).uses == TOGETHER


def test_the_quota_holds_for_announcements_at_once(aws: AwsEnvironment, user: User) -> None:
    spec = FileSpec("a.png", "image/png", 9, Purpose.CAPTURE)

    def announce() -> None:
        wiring.upload_service().create(user.user_id, spec, retention=Retention(), now=now())

    answers = Counter(code for _ in range(3) for code in together(*[announce] * TOGETHER))

    assert answers == {"ok": MAX_OPEN, "QUOTA_EXCEEDED": 3 * TOGETHER - MAX_OPEN}
    assert len(left_of(aws, user)) == MAX_OPEN


def test_abandoned_uploads_leave_nothing(aws: AwsEnvironment) -> None:
    aws.empty("UploadsTable")
    users = [create_user(aws) for _ in range(ABANDONED // MAX_OPEN)]
    for user in users:
        for _ in range(MAX_OPEN):
            upload = wiring.upload_service().create(
                user.user_id, FileSpec("a.png", "image/png", 9, Purpose.CAPTURE), retention=Retention(), now=now()
            )
    send(aws, users[-1], upload.upload_id, {1: b"123456789"})
    late = replace(sweep_worker.sweeper(), clock=lambda: now() + DAY + timedelta(minutes=1))
    early = replace(sweep_worker.sweeper(), clock=lambda: now() + DAY - timedelta(minutes=5))

    assert early.run(budget=timedelta(minutes=9)).done["uploads removed"] == 0
    result = late.run(budget=timedelta(minutes=9))

    assert (result.done["uploads removed"], result.failures) == (ABANDONED, 0)
    assert {tuple(left_of(aws, user)) for user in users} == {()}
    left = [item for item in aws.items("UploadsTable") if item["uploadId"] != "usage"]
    assert left == []
    assert {usage(aws, user) for user in users} == {(0, 0)}
