"""A caller has two large requests at a time on the local stack; others are not held up."""

from __future__ import annotations

import anyio
import pytest

from local.concurrency import LARGE_BODY, LARGE_REQUESTS_PER_CALLER, ConcurrencyLimits, may_wait
from local.http_events import HttpRequest


def request(credential: str, *, size: int = LARGE_BODY, header: str = "Authorization") -> HttpRequest:
    return HttpRequest("POST", "/renders", "", ((header, credential),), bytes(size), "127.0.0.1", "api.example.com")


def most_at_a_time(requests: list[HttpRequest]) -> int:
    """Runs all requests at once and returns how many were served at the same time."""

    async def run() -> int:
        limits, started, ready = ConcurrencyLimits(), 0, anyio.Event()

        async def serve(each: HttpRequest) -> None:
            nonlocal started
            async with limits.of(each):
                started += 1
                await ready.wait()

        async with anyio.create_task_group() as tasks:
            for each in requests:
                tasks.start_soon(serve, each)
            await anyio.wait_all_tasks_blocked()
            most = started
            ready.set()
        assert started == len(requests)  # those that waited are served afterwards
        return most

    return anyio.run(run)


@pytest.mark.parametrize("header", ["Authorization", "authorization", "X-Api-Key"])
def test_further_large_requests_of_a_caller_wait(header: str) -> None:
    assert most_at_a_time([request("ada", header=header)] * 8) == LARGE_REQUESTS_PER_CALLER


def test_another_caller_does_not_wait() -> None:
    assert most_at_a_time([request("ada")] * 8 + [request("bob")]) == LARGE_REQUESTS_PER_CALLER + 1


def test_small_requests_do_not_wait() -> None:
    assert most_at_a_time([request("ada", size=LARGE_BODY - 1)] * 8) == 8


@pytest.mark.parametrize(
    ("headers", "query", "waits"),
    [
        ((("prefer", "wait=20"),), "", True),
        ((("Prefer", "respond-async, wait = 5"),), "", True),
        ((), "cursor=7&wait=20", True),
        ((("prefer", "respond-async"),), "cursor=7", False),
        ((), "", False),
    ],
)
def test_a_request_says_that_it_may_wait(headers: tuple[tuple[str, str], ...], query: str, waits: bool) -> None:
    assert may_wait(HttpRequest("GET", "/", query, headers, b"", "127.0.0.1", "127.0.0.1:3000")) is waits
