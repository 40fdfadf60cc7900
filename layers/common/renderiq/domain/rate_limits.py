"""A sliding window that one conditional write can keep, exactly.

A minute's budget is ``BUDGET`` units and a request costs its share: ``cost(limit)``. A caller who switches platforms
spends the same budget at another price, so no header buys a second quota. ``spent`` only ever grows; beside it stands,
for every five-second bucket in which something was spent, the ceiling that ``spent`` had to stay below when that
bucket began. A request is admitted while ``spent`` is below the ceiling of every bucket still in the window. The
window is the bucket of now and the twelve before it: never more than the limit in any 60 s, at most 65 s to wait.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

BUDGET: Final = 10**9
BUCKET_SECONDS: Final = 5
WINDOW_SECONDS: Final = 60
LIVE_BUCKETS: Final = WINDOW_SECONDS // BUCKET_SECONDS + 1


def cost(limit: int) -> int:
    """Units that one request costs a caller who may make ``limit`` a minute."""
    return -(-BUDGET // limit)


def bucket_of(now: float) -> int:
    return int(now // BUCKET_SECONDS)


def live_buckets(now: float) -> range:
    """The buckets whose ceilings still bind, oldest first."""
    newest = bucket_of(now)
    return range(newest - LIVE_BUCKETS + 1, newest + 1)


@dataclass(frozen=True, slots=True)
class Window:
    """What the store knows of a caller: units spent, and the ceiling at the start of each bucket."""

    spent: int
    ceilings: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class RateLimitStatus:
    """Where a caller stands. ``reset_at`` is Unix seconds; ``retry_after`` seconds, 0 where the request may go on."""

    limit: int
    remaining: int
    reset_at: int
    retry_after: int = 0


def status(window: Window, limit: int, now: float, *, admitted: bool) -> RateLimitStatus:
    """Reads a window just after the request was counted (``admitted``) or refused."""
    live = {bucket: window.ceilings[bucket] for bucket in live_buckets(now) if bucket in window.ceilings}
    if admitted:
        room = min((ceiling - window.spent for ceiling in live.values()), default=BUDGET)
        oldest = min(live, default=bucket_of(now))
        return RateLimitStatus(limit, max(0, -(-room // cost(limit))), _leaves_window_at(oldest))
    binding = max((bucket for bucket, ceiling in live.items() if window.spent >= ceiling), default=bucket_of(now))
    reset_at = _leaves_window_at(binding)
    return RateLimitStatus(limit, 0, reset_at, retry_after=max(1, math.ceil(reset_at - now)))


def _leaves_window_at(bucket: int) -> int:
    return (bucket + LIVE_BUCKETS) * BUCKET_SECONDS
