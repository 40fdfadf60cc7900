"""The window admits exactly the limit, and its Retry-After is right."""

from __future__ import annotations

import random

import pytest

from renderiq.domain.rate_limits import (
    BUCKET_SECONDS,
    BUDGET,
    WINDOW_SECONDS,
    RateLimitStatus,
    Window,
    bucket_of,
    cost,
    live_buckets,
    status,
)


class Counter:
    """An in-memory counter with the conditional write of the store."""

    def __init__(self) -> None:
        self.spent = 0
        self.ceilings: dict[int, int] = {}

    def request(self, limit: int, now: float) -> tuple[bool, RateLimitStatus]:
        live = live_buckets(now)
        admitted = all(self.spent < self.ceilings[b] for b in live if b in self.ceilings)
        if admitted:
            self.ceilings.setdefault(bucket_of(now), self.spent + BUDGET)
            self.spent += cost(limit)
        return admitted, status(Window(self.spent, self.ceilings), limit, now, admitted=admitted)


@pytest.mark.parametrize("limit", [1, 7, 30, 50, 100, 999])
def test_a_window_admits_exactly_the_limit(limit: int) -> None:
    counter = Counter()

    admitted = [counter.request(limit, 1_000_000.0)[0] for _ in range(limit + 5)]

    assert admitted == [True] * limit + [False] * 5


@pytest.mark.parametrize("limit", [7, 30, 100])
def test_the_remaining_requests_count_down_to_zero(limit: int) -> None:
    counter = Counter()

    assert [counter.request(limit, 1_000_000.0)[1].remaining for _ in range(limit)] == list(range(limit - 1, -1, -1))


def test_no_sliding_minute_admits_more_than_the_limit() -> None:
    dice, counter, times = random.Random(7), Counter(), list[float]()
    now = 1_000_000.0
    for _ in range(5000):
        now += dice.choice([0.0, 0.1, 0.7, 3.0, 11.0])
        if counter.request(30, now)[0]:
            times.append(now)

    assert max(sum(1 for t in times if start <= t < start + 60) for start in times) == 30


def test_waiting_for_retry_after_is_enough_and_a_second_less_is_not() -> None:
    dice, counter, now = random.Random(3), Counter(), 1_000_000.0
    refused = 0
    for _ in range(2000):
        now += dice.choice([0.0, 0.3, 1.9])
        admitted, standing = counter.request(20, now)
        if not admitted:
            refused += 1
            assert not counter.request(20, now + standing.retry_after - 1.01)[0]
            now += standing.retry_after
            assert counter.request(20, now)[0]

    assert refused > 20


def test_platforms_share_one_window() -> None:
    counter = Counter()

    revit = sum(counter.request(50, 1_000_000.0)[0] for _ in range(25))
    sketchup = sum(counter.request(100, 1_000_000.0)[0] for _ in range(200))

    assert (revit, sketchup) == (25, 50)


@pytest.mark.parametrize(("limit", "units"), [(1, 10**9), (3, 333_333_334), (100, 10**7)])
def test_the_cost_of_a_request_is_rounded_up(limit: int, units: int) -> None:
    assert cost(limit) == units


def test_the_window_is_the_current_bucket_and_the_twelve_before() -> None:
    assert (WINDOW_SECONDS, BUCKET_SECONDS) == (60, 5)
    assert [*live_buckets(1000.0)] == [*range(188, 201)]
    assert [bucket_of(now) for now in (0.0, 4.999, 5.0)] == [0, 0, 1]


def test_an_admitted_request_resets_when_the_oldest_bucket_leaves_the_window() -> None:
    window = Window(cost(10), {187: 0, 190: BUDGET, 200: BUDGET})

    assert status(window, 10, 1001.0, admitted=True) == RateLimitStatus(10, 9, (190 + 13) * 5, retry_after=0)


def test_the_lowest_ceiling_decides_how_many_requests_remain() -> None:
    window = Window(BUDGET, {190: BUDGET + cost(10), 200: 2 * BUDGET})

    assert status(window, 10, 1001.0, admitted=True).remaining == 1
    assert status(Window(2 * BUDGET, {190: BUDGET}), 10, 1001.0, admitted=True).remaining == 0


def test_a_refused_request_waits_for_the_newest_full_bucket() -> None:
    window = Window(BUDGET, {190: BUDGET, 195: BUDGET - 1, 200: BUDGET + 1})

    assert status(window, 10, 1001.5, admitted=False) == RateLimitStatus(10, 0, (195 + 13) * 5, retry_after=39)


def test_a_refused_request_waits_at_least_a_second() -> None:
    assert status(Window(BUDGET, {188: BUDGET}), 10, 1004.9999, admitted=False).retry_after == 1
    assert status(Window(0, {}), 10, 1000.0, admitted=False) == RateLimitStatus(10, 0, 1065, retry_after=65)
    assert status(Window(0, {}), 10, 1000.0, admitted=True) == RateLimitStatus(10, 10, 1065, retry_after=0)
