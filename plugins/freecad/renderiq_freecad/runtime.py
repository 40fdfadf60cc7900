"""The service while FreeCAD runs, and the timer that brings its news into FreeCAD's main thread."""

from __future__ import annotations

from typing import Any

import FreeCAD
from PySide import QtCore

from . import VERSION, preferences
from .shared.running import Running
from .shared.turns import Turns

INTERVAL = 250
"""Milliseconds between two looks at the news."""
_running = Running("freecad", VERSION)
data_folder, log_path, log = _running.data_folder, _running.log_path, _running.log
service, snapshot = _running.service, _running.snapshot
_timer: Any = None


def _pace(is_soon: bool) -> None:
    if _timer is not None:
        _timer.setInterval(0 if is_soon else INTERVAL)


turns = Turns(_running, is_online=preferences.is_online, pace=_pace)
watch, run, tick, look, is_working = turns.watch, turns.run, turns.tick, turns.look, turns.is_working
host, turn = turns.host, turns.turn


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
