"""The service while Rhino runs, and the timer that brings its news into Rhino's main thread."""

from __future__ import annotations

from typing import Any

import Eto.Forms
import Rhino

from . import VERSION, preferences
from .develop import develop
from .shared.running import Running
from .shared.turns import Turns

INTERVAL = 0.25
"""Seconds between two looks at the news."""
_SOON = 0.01
_running = Running("rhino", VERSION, develop=develop)
data_folder, log_path, log = _running.data_folder, _running.log_path, _running.log
service, snapshot = _running.service, _running.snapshot
_timer: Any = None


def _pace(is_soon: bool) -> None:
    if _timer is not None:
        _timer.Interval = _SOON if is_soon else INTERVAL


turns = Turns(_running, is_online=preferences.is_online, pace=_pace)
watch, run, tick, look, is_working = turns.watch, turns.run, turns.tick, turns.look, turns.is_working
host, turn = turns.host, turns.turn


def restart() -> None:
    """Begins to work for the server of the preferences, in place of the one before."""
    _running.restart(preferences.server(), is_online=preferences.is_online(), results=str(preferences.value("results")))


def start() -> None:
    """Opens the log, starts the service and the timer. Does nothing the second time."""
    global _timer
    if _timer is not None:
        return
    running: Any = Rhino.RhinoApp.Version
    _running.open_log(f"Rhino {running.ToString()}")
    restart()
    _timer = Eto.Forms.UITimer()
    _timer.Interval = INTERVAL
    _timer.Elapsed += _elapsed
    _timer.Start()
    closing: Any = Rhino.RhinoApp
    closing.Closing += _closing


def stop() -> None:
    """Ends the work. What is queued stays on disk."""
    global _timer
    if _timer is not None:
        _timer.Stop()
        _timer.Elapsed -= _elapsed
        closing: Any = Rhino.RhinoApp
        closing.Closing -= _closing
        _timer = None
    _running.stop()


def _elapsed(_sender: Any, _event: Any) -> None:
    tick()


def _closing(_sender: Any, _event: Any) -> None:
    stop()
