"""Waiting for a change: reading again, at most once a second, until there is news or the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from renderiq.clock import Clock
from renderiq.errors import ApiError
from renderiq.logs import logger

T = TypeVar("T")

READ_INTERVAL: Final = 1.0
"""Seconds between two readings."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """Waits within a request. ``sleep`` takes seconds."""

    clock: Clock
    sleep: Callable[[float], None] = time.sleep

    def wait(
        self, read: Callable[[], T], *, first: T, is_news: Callable[[T], bool], seconds: int, since: datetime
    ) -> T:
        """Returns the first reading that is news, or the last one when the time is up, give or take half a second.

        ``first`` was read by the caller. The time begins at ``since``; there are at most ``seconds`` readings. A
        reading that fails ends the wait: what was read before it is returned, because the caller has a response to
        give already.
        """
        found, until = first, since + timedelta(seconds=seconds)
        for _ in range(seconds):
            if is_news(found) or (until - self.clock()).total_seconds() < READ_INTERVAL / 2:
                break
            self.sleep(READ_INTERVAL)
            try:
                found = read()
            except (ApiError, BotoCoreError, ClientError):
                logger.warning("a request stopped waiting", exc_info=True)
                break
        return found
