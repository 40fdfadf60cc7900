"""Waiting for a change within a request."""

from __future__ import annotations

from functools import cache

from renderiq.services.waiting import Waiter
from renderiq.wiring.base import time_source


@cache
def waiter() -> Waiter:
    """Returns what waits for changes."""
    return Waiter(time_source())
