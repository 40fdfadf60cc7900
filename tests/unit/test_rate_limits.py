"""The window admits exactly the limit, and its Retry-After is right."""

from __future__ import annotations

import random

import pytest

from renderiq.domain.rate_limits import BUDGET, RateLimitStatus, Window, bucket_of, cost, live_buckets, status


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
