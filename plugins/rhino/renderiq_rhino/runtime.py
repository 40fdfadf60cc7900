"""The service while Rhino runs, and the timer that brings its news into Rhino's main thread."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import Eto.Forms
import Rhino

from . import VERSION, preferences
from .develop import develop
from .shared import logs
from .shared.service import Service
from .shared.snapshot import Entry, Snapshot

SESSION = uuid4().hex
INTERVAL = 0.25
"""Seconds between two looks at the news."""
_SOON = 0.01
TOO_LONG = 0.05
"""Seconds for which the plugin's own work may hold the window."""
_EMPTY = Snapshot()
_service: Service | None = None
_log: logging.Logger = logging.getLogger("renderiq.rhino")
_timer: Any = None
_shown: Snapshot | None = None
_steps: deque[Iterator[None]] = deque()
_watchers: list[Callable[[], None]] = []
_takers: list[Callable[[Entry], None]] = []
_in_host = 0.0
_worked_in_host = 0.0
longest_turn = longest_work = 0.0
"""Seconds of the clock, and of the processor, of the longest turn in the main thread, without Rhino's own calls."""
longest_call = 0.0
"""Seconds of Rhino's own longest call: drawing a picture, or writing it."""


def log_path() -> Path:
    """Returns the log file."""
    return preferences.data_folder() / "renderiq.log"


def log() -> logging.Logger:
    """Returns the plugin's logger."""
    return _log


def service() -> Service | None:
    """Returns the service, or None before it was started."""
    return _service


def snapshot() -> Snapshot:
    """Returns what the panel shows."""
    return _service.snapshot if _service else _EMPTY


def watch(changed: Callable[[], None], done: Callable[[Entry], None]) -> None:
    """Has ``changed`` called when there are news, and ``done`` with each order of this Rhino that is done."""
    _watchers.append(changed)
    _takers.append(done)


@contextmanager
def host() -> Iterator[None]:
    """Measures a call of Rhino's own apart from the plugin's work."""
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
            _log.info("%s took %d ms, %d of the processor", name, took * 1000, work * 1000)


def run(steps: Iterator[None]) -> None:
    """Has work done in the main thread, one step each turn, so that the window lives in between."""
    _steps.append(steps)
    if _timer is not None:
        _timer.Interval = _SOON


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
                _log.exception("unexpected in the main thread")
                _steps.popleft()
        if _steps:
            return
    if _timer is not None:
        _timer.Interval = INTERVAL
    look()


def look() -> None:
    """Passes the switch of the network on, and shows what is new."""
    global _shown
    found = _service
    if found is None:
        return
    with turn("a look"):
        found.set_online(preferences.is_online())
        is_new = found.snapshot is not _shown
        _shown = found.snapshot
        for entry in found.take_done():
            for take in _takers:
                _guarded(partial(take, entry))
        if is_new:
            for changed in _watchers:
                _guarded(changed)


def _guarded(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # the next news must be shown
        _log.exception("unexpected in the main thread")


def restart() -> None:
    """Begins to work for the server of the preferences, in place of the one before."""
    global _service, _shown
    if _service:
        _service.stop()
    results = str(preferences.value("results"))
    _shown = None
    _service = Service(
        preferences.server(), preferences.data_folder(), platform="rhino", version=VERSION, session=SESSION, log=_log,
        develop=develop, results=Path(results) if results else None,
    )  # fmt: skip
    _service.set_online(preferences.is_online())
    _service.start()


def start() -> None:
    """Opens the log, starts the service and the timer. Does nothing the second time."""
    global _log, _timer
    if _timer is not None:
        return
    _log = logs.open_log(log_path(), "renderiq.rhino")
    running: Any = Rhino.RhinoApp.Version
    _log.info("Renderiq %s in Rhino %s", VERSION, running.ToString())
    restart()
    _timer = Eto.Forms.UITimer()
    _timer.Interval = INTERVAL
    _timer.Elapsed += _elapsed
    _timer.Start()
    closing: Any = Rhino.RhinoApp
    closing.Closing += _closing


def stop() -> None:
    """Ends the work. What is queued stays on disk."""
    global _service, _timer
    if _timer is not None:
        _timer.Stop()
        _timer.Elapsed -= _elapsed
        closing: Any = Rhino.RhinoApp
        closing.Closing -= _closing
        _timer = None
    if _service:
        _service.stop()
        _service = None
    logs.close_log(_log)


def _elapsed(_sender: Any, _event: Any) -> None:
    tick()


def _closing(_sender: Any, _event: Any) -> None:
    stop()
