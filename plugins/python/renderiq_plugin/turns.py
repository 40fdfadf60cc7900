"""The plugin's work in a host's main thread, in turns so short that the window lives in between. Pure.

A timer of the host calls ``tick``. One turn is one step of the work that waits, or else a look at the news.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from .running import Running
from .snapshot import Entry

TOO_LONG: Final = 0.05
"""Seconds for which the plugin's own work may hold the window."""


class Turns:
    """``is_online`` says whether the network may be used. ``pace`` sets the timer: True for the next turn at once."""

    def __init__(self, running: Running, *, is_online: Callable[[], bool], pace: Callable[[bool], object]) -> None:
        self._running, self._is_online, self._pace = running, is_online, pace
        self._steps: deque[Iterator[None]] = deque()
        self._watchers: list[Callable[[], None]] = []
        self._takers: list[Callable[[Entry], None]] = []
        self._in_host = self._worked_in_host = 0.0
        self.longest_turn = self.longest_work = 0.0
        """Seconds of the clock, and of the processor, of the longest turn, without the host's own calls."""
        self.longest_call = 0.0
        """Seconds of the host's own longest call, as drawing a picture."""

    def watch(self, changed: Callable[[], None], done: Callable[[Entry], None]) -> None:
        """Has ``changed`` called when there are news, and ``done`` with each order of this host that is done."""
        self._watchers.append(changed)
        self._takers.append(done)

    def forget(self) -> None:
        """Drops the work that waits, and all that ``watch`` was told."""
        for each in (self._steps, self._watchers, self._takers):
            each.clear()

    @contextmanager
    def host(self) -> Iterator[None]:
        """Measures a call of the host's own apart from the plugin's work."""
        started, worked = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            took = time.perf_counter() - started
            self._in_host += took
            self._worked_in_host += time.thread_time() - worked
            self.longest_call = max(self.longest_call, took)

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Measures one turn; the log names those that took too long."""
        started, before = time.perf_counter(), self._in_host
        worked, worked_before = time.thread_time(), self._worked_in_host
        try:
            yield
        finally:
            took = time.perf_counter() - started - (self._in_host - before)
            work = time.thread_time() - worked - (self._worked_in_host - worked_before)
            self.longest_turn, self.longest_work = max(self.longest_turn, took), max(self.longest_work, work)
            if took > TOO_LONG:
                self._running.log().info("%s took %d ms, %d of the processor", name, took * 1000, work * 1000)

    def run(self, steps: Iterator[None]) -> None:
        """Has work done, one step each turn."""
        self._steps.append(steps)
        self._pace(True)

    def is_working(self) -> bool:
        """Whether work waits."""
        return bool(self._steps)

    def tick(self) -> None:
        """Makes one turn."""
        if self._steps:
            with self.turn("a step"):
                self._running.guarded(self._step)
            if self._steps:
                return
        self._pace(False)
        self.look()

    def look(self) -> None:
        """Passes the switch of the network on, and shows what is new."""
        found = self._running.service()
        if found is None:
            return
        with self.turn("a look"):
            found.set_online(self._is_online())
            is_new = self._running.has_news()
            for entry in found.take_done():
                for take in self._takers:
                    self._running.guarded(partial(take, entry))
            if is_new:
                for changed in self._watchers:
                    self._running.guarded(changed)

    def _step(self) -> None:
        work = self._steps[0]
        is_done = True  # also after an error
        try:
            next(work)
            is_done = False
        except StopIteration:
            pass
        finally:
            if is_done:
                self._steps.popleft()
