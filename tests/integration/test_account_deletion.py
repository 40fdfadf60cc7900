"""An account with many renders is deleted while it orders, by a worker that is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.account_deletion import DELETION_TASK, STREAM_LAG
from renderiq.domain.renders import Render, Status
from renderiq.ids import is_uuid, uuid7
from renderiq.queues import AccountTaskJob
from renderiq.settings import settings
from renderiq.stores.images import capture_key
from renderiq.stores.items import batch_write, to_attributes
from renderiq.stores.renders.items import to_item
from renderiq.workers import account
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import call
from tests.support.orders import order
from tests.support.paths import ROOT
from tests.support.renders import request_render

RENDERS = int(os.environ.get("DELETED_RENDERS", "1000"))
KILLED_AFTER = (0.2, 0.4, 0.6)
"""Seconds of work after which one worker after the other is killed: a part of what the deletion takes."""
KINDS = ("captures", "exports", "projects", "renders", "uploads")


def add_ended_renders(aws: AwsEnvironment, user: User, number: int) -> None:
    """Adds completed renders with a capture each, as if they had been made over the years."""
    now = datetime.now(UTC)
    template = Render("", user.user_id, order(), 5, "", "revit", now, status=Status.COMPLETED)
    ids = [uuid7() for _ in range(number)]
    renders = [replace(template, render_id=each, capture_key=capture_key(user.user_id, each)) for each in ids]
    puts = [{"PutRequest": {"Item": to_attributes(to_item(each))}} for each in renders]
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda at: batch_write(aws.client("dynamodb"), settings().renders_table, puts[at : at + 25]),
                range(0, number, 25),
            )
        )
        list(pool.map(lambda each: wiring.images().put(each.capture_key, b"x", "image/png"), renders))


def everything_left(aws: AwsEnvironment, user: User) -> dict[str, list[Any]]:
    """Returns every item of every table, and every file, that names the user."""
    found: dict[str, list[Any]] = {
        table: [item for item in aws.items(table) if user.user_id in str(item) or user.email in str(item)]
        for table in aws.resources
        if table.endswith("Table")
    }
    found["files"] = [key for kind in KINDS for key in aws.objects(f"{kind}/{user.user_id}/")]
    return {name: items for name, items in found.items() if items}


def start_worker(user: User) -> subprocess.Popen[str]:
    path = os.pathsep.join((str(ROOT), str(ROOT / "layers" / "common")))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.deleting_worker", user.user_id],
        env={**os.environ, "PYTHONPATH": path, "LOG_LEVEL": "CRITICAL"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.long
def test_an_account_with_many_renders_that_orders_leaves_nothing_but_the_receipt(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=100_000)
    add_ended_renders(aws, user, RENDERS)
    answers: list[str] = []
    stop = threading.Event()

    def order_again_and_again() -> None:
        while not stop.is_set():
            answers.append(request_render(user))

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(order_again_and_again)
        while len(answers) < 20:
            time.sleep(0.05)
        answer = call("account", "DELETE", "/account", headers=user.headers)
        closed_with = len(answers)
        killed = 0
        for seconds in KILLED_AFTER:  # while it is still being ordered
            with start_worker(user) as worker:
                assert worker.stdout
                worker.stdout.readline()
                time.sleep(seconds)
                worker.kill()
                killed += worker.wait() < 0
        stop.set()
    begun = time.monotonic()
    with start_worker(user) as last:
        last.communicate(timeout=600)
    print(f"{killed} workers were killed; the last one took {time.monotonic() - begun:.0f} s")
    job, later = AccountTaskJob(DELETION_TASK, user.user_id), datetime.now(UTC) + STREAM_LAG + timedelta(minutes=1)
    account.worker().resume(job, now=later)

    accepted = [each for each in answers if each != "INVALID_TOKEN"]
    assert killed == len(KILLED_AFTER)
    assert all(map(is_uuid, accepted))
    # The four orders in progress may have been accepted before the account was closed, and answered after it.
    assert sum(each != "INVALID_TOKEN" for each in answers[closed_with:]) <= 4
    assert everything_left(aws, user) == {}
    receipt_id = answer.data["receiptId"]
    receipt = call("account_deletions_id", "GET", f"/account/deletions/{receipt_id}").data
    assert (receipt["status"], receipt["counts"]["renders"]) == ("deleted", RENDERS + len(accepted))
    # An order that is refused has stored its capture for a moment, in which the worker may find it.
    files, refused = receipt["counts"]["files"], len(answers) - len(accepted)
    assert RENDERS + len(accepted) <= files <= RENDERS + len(accepted) + refused
