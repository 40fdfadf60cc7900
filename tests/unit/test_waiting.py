"""``Prefer: wait``: the response comes when the status of a render changes, or when the time is up."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError

from renderiq.domain.renders import RenderFilters
from renderiq.services.waiting import Waiter
from tests.support import wiring
from tests.support.accounts import User
from tests.support.aws import AwsEnvironment
from tests.support.clock import LEASE
from tests.support.functions import handler
from tests.support.http import Response, call
from tests.support.renders import post_render

START = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


@dataclass
class Time:
    """A clock that only sleeping moves on. ``events`` happen after so many seconds of sleep."""

    now: datetime = START
    slept: list[float] = field(default_factory=list)
    events: dict[int, Callable[[], object]] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.events.pop(len(self.slept), lambda: None)()

    def waiter(self) -> Waiter:
        return Waiter(self.clock, self.sleep)


@pytest.fixture
def time(aws: AwsEnvironment) -> Iterator[Time]:
    """The time of the functions that may wait."""
    time = Time(now=datetime.now(UTC))
    service = replace(wiring.render_service(), waiter=time.waiter())
    apps = [handler(function).app for function in ("renders", "renders_id")]
    for app in apps:
        app.dependency_overrides[wiring.render_service] = lambda: service
        app.dependency_overrides[wiring.time_source] = lambda: time.clock
    yield time
    for app in apps:
        app.dependency_overrides.clear()


@pytest.fixture
def render_id(user: User) -> str:
    return str(post_render(user).data["renderId"])


def show(user: User, render_id: str, prefer: str) -> Response:
    return call("renders_id", "GET", f"/renders/{render_id}", headers={**user.headers, "prefer": prefer})


def start(user: User, render_id: str) -> None:
    now = datetime.now(UTC)
    assert wiring.renders().claim(user.user_id, render_id, lease="its worker's", until=now + LEASE, now=now)


def test_a_request_without_the_header_does_not_wait(time: Time, user: User, render_id: str) -> None:
    answer = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers)

    assert (answer.data["status"], time.slept) == ("pending", [])
    assert "Preference-Applied" not in answer.headers


def test_the_response_comes_when_the_status_changes(time: Time, user: User, render_id: str) -> None:
    time.events[3] = lambda: start(user, render_id)

    answer = show(user, render_id, "wait=20")

    assert (answer.data["status"], time.slept) == ("processing", [1.0] * 3)
    assert answer.headers["Preference-Applied"] == "wait=20"


def test_the_response_comes_when_the_time_is_up(time: Time, user: User, render_id: str) -> None:
    answer = show(user, render_id, "wait=4")

    assert (answer.data["status"], sum(time.slept)) == ("pending", 4)
    assert answer.headers["Retry-After"] == "2"


def test_a_render_that_has_ended_is_not_waited_for(time: Time, user: User, render_id: str) -> None:
    call("renders_id", "DELETE", f"/renders/{render_id}", headers=user.headers)

    answer = show(user, render_id, "wait=20")

    assert (answer.data["status"], time.slept) == ("cancelled", [])


def test_nobody_waits_for_more_than_twenty_seconds(time: Time, user: User, render_id: str) -> None:
    answer = show(user, render_id, "wait=3600")

    assert (sum(time.slept), answer.headers["Preference-Applied"]) == (20, "wait=20")


def test_an_order_waits_for_its_first_change(time: Time, user: User) -> None:
    def start_newest() -> None:
        (newest,), _ = wiring.renders().page(user.user_id, limit=1, before=None, filters=RenderFilters())
        start(user, newest.render_id)

    time.events[2] = start_newest

    answer = post_render(user, headers={"prefer": "wait=10"})

    assert (answer.status, answer.data["status"], time.slept) == (202, "processing", [1.0, 1.0])
    assert answer.headers["Preference-Applied"] == "wait=10"


def test_an_accepted_order_is_answered_although_it_cannot_be_read_again(
    time: Time, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: str) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    monkeypatch.setattr(wiring.renders(), "get", unreadable)

    answer = post_render(user, headers={"prefer": "wait=10"})

    assert (answer.status, answer.data["status"], time.slept) == (202, "pending", [1.0])


def test_an_operator_can_turn_waiting_off(
    time: Time, user: User, render_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring.configuration(), "max_wait_seconds", 0)

    answer = show(user, render_id, "wait=20")

    assert time.slept == []
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=3", 3),
        ("Wait = 3", 3),
        ('wait="3"', 3),
        ("respond-async, wait=3", 3),
        ("wait=3; foo=bar, return=minimal", 3),
        ("wait=3, wait=9", 3),
        ("wait", 0),
        ("wait=", 0),
        ("wait=-3", 0),
        ("wait=3.5", 0),
        ("wait=soon", 0),
        ("await=3", 0),
        ("x; wait=3", 0),
        ("wait=0", 0),
    ],
)
def test_the_header_is_read_as_the_rfc_says(time: Time, user: User, render_id: str, header: str, seconds: int) -> None:
    show(user, render_id, header)

    assert sum(time.slept) == seconds


def test_it_reads_at_most_once_a_second() -> None:
    time, reads = Time(), []

    def read() -> int:
        reads.append(time.now)
        return 0

    time.waiter().wait(read, first=0, is_news=bool, seconds=20, since=START - timedelta(seconds=0.02))

    assert len(reads) == 20
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(reads))


def test_news_in_hand_needs_no_reading() -> None:
    time = Time()

    assert time.waiter().wait(lambda: 2, first=1, is_news=bool, seconds=20, since=START) == 1
    assert time.slept == []


def test_a_clock_that_stands_still_ends_no_request() -> None:
    time = Time()
    waiter = Waiter(lambda: START, time.sleep)

    assert waiter.wait(lambda: 0, first=0, is_news=bool, seconds=20, since=START + timedelta(days=30)) == 0
    assert len(time.slept) == 20
