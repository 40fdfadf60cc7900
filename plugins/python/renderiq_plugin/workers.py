"""Threads for work that may wait. Pure."""

from __future__ import annotations

import threading
from collections.abc import Callable

from renderiq.clock import Clock
from renderiq.errors import CancelledError

LOOP = "loop"
"""The name of the work that never ends by itself."""


class Workers:
    """One thread for each piece of work under way. ``report`` gets its errors; ``ended`` is called at its end."""

    def __init__(self, report: Callable[[Exception], None], ended: Callable[[], None]) -> None:
        self._report, self._ended = report, ended
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}

    def run(self, name: str, work: Callable[[], None]) -> None:
        """Does some work in a thread of its own, unless the work of that name is under way."""
        with self._lock:
            running = self._threads.get(name)
            if running and running.is_alive():
                return

            def guarded() -> None:
                try:
                    work()
                except Exception as error:
                    self._report(error)
                self._ended()

            self._threads = {each: thread for each, thread in self._threads.items() if thread.is_alive()}
            thread = threading.Thread(target=guarded, name=f"renderiq-{name}", daemon=True)
            self._threads[name] = thread
            thread.start()

    def is_busy(self) -> bool:
        """Whether a thread other than the loop works."""
        with self._lock:
            return any(each.is_alive() for name, each in self._threads.items() if name != LOOP)


class CancellableClock(Clock):
    """Stops waiting when a sign-in is given up."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Waits. Raises ``CancelledError`` if ``cancelled`` is set meanwhile."""
        if self.cancelled.wait(seconds):
            raise CancelledError("CANCELLED", "The sign-in was cancelled.")
