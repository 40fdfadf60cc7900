"""Each AWS service refuses calls for a while: clients get success or a clear error, and the records agree."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.emulator import Emulator
from local.faults import no_faults, proxy, random_faults
from renderiq.ids import uuid7
from renderiq.settings import settings
from tests.support import pictures
from tests.support.accounts import User, balance_of, create_user
from tests.support.api import ParallelApi, parallel_api
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.crashing_workers import crashing_workers
from tests.support.forms import multipart
from tests.support.http import Response
from tests.support.recovery import records_agree, renders, running_sweeper, sweep_until_settled

PNG = pictures.png(64, 64)
CLIENTS = 8
UNLIMITED = '{"unknown": 1000000}'
RETRYABLE = {429, 500, 503, 504}
OUTAGE_SECONDS = 2.5
LONGEST_OUTAGE_SECONDS = 20


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    with Emulator() as emulator, aws_environment(emulator.url, WelcomeCredits="500", RateLimits=UNLIMITED) as made:
        yield made


def post(api: ParallelApi, user: User, key: str | None = None) -> Response:
    body, kind = multipart({"quality": "standard"}, {"uploadedImageData": PNG})
    headers = {**user.headers, "content-type": kind, **({"idempotency-key": key} if key else {})}
    return api.call("RendersFunction", "POST", "/renders", body=body, headers=headers)


def refused(faults: Counter[str]) -> set[str]:
    """Returns the services that refused a call."""
    return {fault.split()[0] for fault in faults}


@pytest.mark.long
def test_an_outage_loses_no_render_no_credit_and_no_webhook(aws: AwsEnvironment, tmp_path: Path) -> None:
    users = [create_user(aws) for _ in range(CLIENTS)]
    rng = random.Random(5)
    accepted: dict[str, set[str]] = {}
    answers: Counter[tuple[int, str]] = Counter()
    over = threading.Event()

    def client(number: int) -> None:
        """Requests one render after the other and repeats each until it is accepted, as a plugin does."""
        while not over.is_set():
            key, last = uuid7(), None
            while (last is None or last.status in RETRYABLE) and not over.is_set():
                last = post(api, users[number], key)
                answers[last.status, last.json.get("errorCode", "")] += 1
                if last.status == 202:
                    accepted.setdefault(key, set()).add(last.data["renderId"])
            if last and last.status == 202 and rng.random() < 0.3:
                again = post(api, users[number], key)
                if again.status == 202:
                    accepted[key].add(again.data["renderId"])
                path = f"/renders/{last.data['renderId']}"
                api.call("RendersIdFunction", "DELETE", path, headers=users[number].headers)
            time.sleep(0.5)

    with (
        proxy(settings().emulator_url) as way,
        parallel_api(tmp_path / "api", EMULATOR_URL=way.url) as api,
        crashing_workers(tmp_path / "a worker", EMULATOR_URL=way.url),
        crashing_workers(tmp_path / "another", EMULATOR_URL=way.url),
    ):
        with running_sweeper(aws), ThreadPoolExecutor(CLIENTS) as pool:
            at_work = [pool.submit(client, number) for number in range(CLIENTS)]
            try:
                for services in ({"sqs"}, {"s3"}, {"dynamodb"}, {"sqs", "s3", "dynamodb"}):
                    met = Counter(way.injected)
                    way.plan = random_faults(services, 0.4, rng)
                    time.sleep(OUTAGE_SECONDS)
                    # On a slow machine a service may not have been called yet.
                    patience = time.monotonic() + LONGEST_OUTAGE_SECONDS
                    while not services <= refused(way.injected - met) and time.monotonic() < patience:
                        time.sleep(0.1)
                way.plan = no_faults
                time.sleep(1)
            finally:
                over.set()
            for each in at_work:
                each.result()
        outcomes = sweep_until_settled(aws)

    assert set(answers) <= {(202, ""), (503, "SERVICE_UNAVAILABLE")}, answers
    assert answers[202, ""] > CLIENTS
    assert refused(way.injected) == {"sqs", "s3", "dynamodb"}
    assert [ids for ids in accepted.values() if len(ids) != 1] == []
    assert {each for ids in accepted.values() for each in ids} <= {item["renderId"] for item in renders(aws)}
    assert outcomes.keys() <= {"completed", "failed", "cancelled"}
    assert records_agree()


def test_of_five_hundred_requests_exactly_the_hundred_that_can_be_paid_succeed(
    aws: AwsEnvironment, tmp_path: Path
) -> None:
    user = create_user(aws)
    with parallel_api(tmp_path / "api") as api, ThreadPoolExecutor(32) as pool:
        answers = Counter(pool.map(lambda _: post(api, user).status, range(500)))

    assert answers == {202: 100, 402: 400}
    assert balance_of(user) == 0
    assert len(aws.items_of("RendersTable", user)) == 100
    assert len(aws.objects(f"captures/{user.user_id}/")) == 100
    assert records_agree()
