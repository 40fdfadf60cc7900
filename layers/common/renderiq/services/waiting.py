"""Waiting for a change: reading again, at most once a second, until there is news or the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from renderiq.clock import Clock
from renderiq.errors import ApiError

T = TypeVar("T")

READ_INTERVAL: Final = 1.0
"""Seconds between two readings."""

logger = Logger()


@dataclass(frozen=True, slots=True)
class Waiter:
    """Waits within a request. ``sleep`` takes seconds."""

    clock: Clock
    sleep: Callable[[float], None] = time.sleep

    def wait(self, read: Callable[[], T], *, first: T, is_news: Callable[[T], bool], until: datetime) -> T:
        """Returns the first reading that is news, or the last one at ``until``, which is kept to half a second.

        ``first`` was read by the caller. A reading that fails ends the wait: what was read before it is returned,
        because the caller has a response to give already.
        """
        found = first
        while not is_news(found) and (until - self.clock()).total_seconds() >= READ_INTERVAL / 2:
            self.sleep(READ_INTERVAL)
            try:
                found = read()
            except (ApiError, BotoCoreError, ClientError):
                logger.warning("a request stopped waiting", exc_info=True)
                break
        return found
