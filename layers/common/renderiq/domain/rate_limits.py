"""An exact sliding-window rate limit that needs one conditional write per request.

Each caller has a budget of ``BUDGET`` units a minute, and a request costs ``cost(limit)`` units. A caller who switches
platforms spends the same budget at another price, so that no header gives a second quota.

``spent`` is the sum of all costs so far; it only grows. For every five-second bucket with a request, the store also
keeps a ceiling: ``spent`` at the start of that bucket plus ``BUDGET``. A request is admitted while ``spent`` is below
the ceiling of every bucket in the window, which is the present bucket and the twelve before it. So no 60 s ever have
more requests than the limit, and a rejected caller waits at most 65 s.
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
    """Returns the units that one request costs a caller who may make ``limit`` requests a minute."""
    return -(-BUDGET // limit)


def bucket_of(now: float) -> int:
    """Returns the number of the bucket that holds ``now``, in Unix seconds."""
    return int(now // BUCKET_SECONDS)


def live_buckets(now: float) -> range:
    """Returns the buckets of the window that ends at ``now``, oldest first."""
    newest = bucket_of(now)
    return range(newest - LIVE_BUCKETS + 1, newest + 1)


@dataclass(frozen=True, slots=True)
class Window:
    """The stored state of a caller: the units spent, and the ceiling of each bucket."""

    spent: int
    ceilings: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class RateLimitStatus:
    """What a caller has left of the limit.

    ``reset_at`` is in Unix seconds. ``retry_after`` is in seconds, 0 if the request is admitted. ``name`` is that of
    the limit in the headers.
    """

    limit: int
    remaining: int
    reset_at: int
    retry_after: int = 0
    name: str = "minute"


def status(window: Window, limit: int, now: float, *, admitted: bool) -> RateLimitStatus:
    """Returns what a caller has left after a request was counted (``admitted``) or rejected."""
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
