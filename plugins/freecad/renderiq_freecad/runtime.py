"""The service while FreeCAD runs, and the timer that brings its news into FreeCAD's main thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import FreeCAD
from PySide import QtCore

from . import VERSION, preferences
from .shared.running import Running
from .shared.snapshot import Entry

INTERVAL = 250
"""Milliseconds between two looks at the news."""
TOO_LONG = 0.05
"""Seconds for which the plugin's own work may hold the window."""
_running = Running("freecad", VERSION)
data_folder, log_path, log = _running.data_folder, _running.log_path, _running.log
service, snapshot = _running.service, _running.snapshot
_timer: Any = None
_steps: deque[Iterator[None]] = deque()
_watchers: list[Callable[[], None]] = []
_takers: list[Callable[[Entry], None]] = []
_in_host = 0.0
_worked_in_host = 0.0
longest_turn = longest_work = 0.0
"""Seconds of the clock, and of the processor, of the longest turn in the main thread, without FreeCAD's own calls."""
longest_call = 0.0
"""Seconds of FreeCAD's own longest call: drawing a picture, or making triangles of a shape."""


def watch(changed: Callable[[], None], done: Callable[[Entry], None]) -> None:
    """Has ``changed`` called when there are news, and ``done`` with each order of this FreeCAD that is done."""
    _watchers.append(changed)
    _takers.append(done)


@contextmanager
def host() -> Iterator[None]:
    """Measures a call of FreeCAD's own apart from the plugin's work."""
    global _in_host, _worked_in_host, longest_call
    started, worked = time.perf_counter(), time.thread_time()
    try:
        yield
    finally:
        took = time.perf_counter() - started
        _in_host += took
        _worked_in_host += time.thread_time() - worked
        longest_call = max(longest_call, took)


@contextmanager
def turn(name: str) -> Iterator[None]:
    """Measures one turn of the plugin's work in the main thread; the log names those that took too long."""
    global longest_turn, longest_work
    started, before = time.perf_counter(), _in_host
    worked, worked_before = time.thread_time(), _worked_in_host
    try:
        yield
    finally:
        took = time.perf_counter() - started - (_in_host - before)
        work = time.thread_time() - worked - (_worked_in_host - worked_before)
        longest_turn, longest_work = max(longest_turn, took), max(longest_work, work)
        if took > TOO_LONG:
            log().info("%s took %d ms, %d of the processor", name, took * 1000, work * 1000)


def run(steps: Iterator[None]) -> None:
    """Has work done in the main thread, one step each turn, so that the window lives in between."""
    _steps.append(steps)
    if _timer is not None:
        _timer.setInterval(0)


def is_working() -> bool:
    """Whether work for the main thread waits."""
    return bool(_steps)


def tick() -> None:
    """One turn: a step of the work that waits, or else a look at the news."""
    if _steps:
        with turn("a step"):
            try:
                next(_steps[0])
            except StopIteration:
                _steps.popleft()
            except Exception:  # the window must live, and the others that wait too
                log().exception("unexpected in the main thread")
                _steps.popleft()
        if _steps:
            return
    if _timer is not None:
        _timer.setInterval(INTERVAL)
    look()


def look() -> None:
    """Passes the switch of the network on, and shows what is new."""
    found = service()
    if found is None:
        return
    with turn("a look"):
        found.set_online(preferences.is_online())
        is_new = _running.has_news()
        for entry in found.take_done():
            for take in _takers:
                _running.guarded(partial(take, entry))
        if is_new:
            for changed in _watchers:
                _running.guarded(changed)


def restart() -> None:
    """Begins to work for the server of the preferences, in place of the one before."""
    _running.restart(preferences.server(), is_online=preferences.is_online(), results=preferences.results_folder())


def start() -> None:
    """Opens the log, starts the service and the timer. Does nothing the second time."""
    global _timer
    if _timer is not None:
        return
    _running.open_log(f"FreeCAD {'.'.join(FreeCAD.Version()[:3])}")
    restart()
    _timer = QtCore.QTimer()
    _timer.timeout.connect(tick)
    _timer.start(INTERVAL)
    QtCore.QCoreApplication.instance().aboutToQuit.connect(stop)


def stop() -> None:
    """Ends the work. What is queued stays on disk."""
    global _timer
    if _timer is not None:
        _timer.stop()
        _timer = None
    _running.stop()
