"""The time, sleeping, and chance: one object, so that tests need not wait."""

from __future__ import annotations

import random
import time


class Clock:
    """The time of this machine. Tests replace it."""

    def now(self) -> float:
        """Returns the seconds since the Unix epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)

    def chance(self) -> float:
        """Returns a number in [0, 1), for jitter."""
        return random.random()  # noqa: S311 - spreads requests over time
