"""Requests that wait for a change hold no other request up on the local stack."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from statistics import quantiles

import httpx
import pytest

from local.aws import client
from local.stack import Stack
from local.users import DEMO_USER
from renderiq.domain.renders import Render
from renderiq.ids import uuid7
from renderiq.stores.accounts import AccountStore
from renderiq.stores.images import capture_key
from renderiq.stores.renders import RenderStore
from tests.support.orders import order

WAITING = 50
PROBED = ("credits", "renders", "webhooks")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(parameters={"RateLimits": json.dumps({"unknown": 100_000})}) as running:
        yield running


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=30, limits=httpx.Limits(max_connections=200)) as api:
        body = {"email": DEMO_USER.email, "password": DEMO_USER.password}
        api.headers["authorization"] = f"Bearer {api.post('/auth/signin', json=body).json()['access_token']}"
        yield api


def pending_render(stack: Stack, user_id: str) -> str:
    """Stores a render that no worker knows of, so that it stays pending."""
    dynamodb = client("dynamodb", stack.emulator.url)
    tables = {name: stack.resources[f"{name.capitalize()}Table"].ref for name in ("accounts", "ledger")}
    renders = RenderStore(
        dynamodb,
        renders=stack.resources["RendersTable"].ref,
        projects=stack.resources["ProjectsTable"].ref,
        accounts=AccountStore(dynamodb, **tables),
    )
    render_id, now = uuid7(), datetime.now(UTC)
    key = capture_key(user_id, render_id)
    renders.add([Render(render_id, user_id, order(), 5, key, platform="unknown", created_at=now)], None)
    return render_id


def tail_latency(api: httpx.Client, *, seconds: float) -> float:
    """Makes requests one after another for so long. Returns their 95th percentile in seconds.

    The slowest of them would tell of this machine's other work.
    """
    until, latencies = time.monotonic() + seconds, []
    while time.monotonic() < until:
        for path in PROBED:
            started = time.monotonic()
            assert api.get(f"/{path}").status_code == 200
            latencies.append(time.monotonic() - started)
    return quantiles(latencies, n=20)[-1]


@pytest.mark.long
def test_fifty_waiting_clients_hold_no_other_request_up_for_a_second(stack: Stack, api: httpx.Client) -> None:
    render_id = pending_render(stack, api.get("/auth/me").json()["user"]["id"])
    before = tail_latency(api, seconds=3)

    def wait() -> tuple[float, httpx.Response]:
        started = time.monotonic()
        answer = api.get(f"/renders/{render_id}", headers={"prefer": "wait=20"})
        return time.monotonic() - started, answer

    with ThreadPoolExecutor(WAITING) as clients:
        waiting = [clients.submit(wait) for _ in range(WAITING)]
        meanwhile = tail_latency(api, seconds=18)
        answers = [each.result() for each in waiting]

    assert [answer.status_code for _, answer in answers] == [200] * WAITING
    assert {answer.json()["data"]["status"] for _, answer in answers} == {"pending"}
    assert min(seconds for seconds, _ in answers) > 19
    assert meanwhile < before + 1, (before, meanwhile)


def test_a_waiting_client_gets_the_change(stack: Stack, api: httpx.Client) -> None:
    render_id = pending_render(stack, api.get("/auth/me").json()["user"]["id"])

    with ThreadPoolExecutor(1) as clients:
        started = time.monotonic()
        waiting = clients.submit(api.get, f"/renders/{render_id}", headers={"prefer": "wait=20"})
        time.sleep(2)
        assert api.delete(f"/renders/{render_id}").status_code == 200
        answer = waiting.result()

    assert answer.json()["data"]["status"] == "cancelled"
    assert time.monotonic() - started < 15
