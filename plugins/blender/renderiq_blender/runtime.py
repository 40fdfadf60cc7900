"""The service while Blender runs, and the timer that brings its news into Blender's main thread."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import bpy

from .sdk.files import data_directory
from .shared import logs
from .shared.service import Service
from .shared.snapshot import Snapshot

VERSION = "0.1.0"
SESSION = uuid4().hex
INTERVAL = 0.25
_EMPTY = Snapshot()
_service: Service | None = None
_log: logging.Logger = logging.getLogger("renderiq.blender")
_shown: Snapshot | None = None
_redraws = 0
_pending: list[Callable[[], None]] = []
longest_tick = 0.0
"""Seconds of the longest turn of the timer since the last reset, without captures and the loading of results."""


def data_folder() -> Path:
    """Returns the folder of sessions, orders and results. All versions of Blender share it."""
    return data_directory() / "blender"


def log_path() -> Path:
    """Returns the log file."""
    return data_folder() / "renderiq.log"


def log() -> logging.Logger:
    """Returns the plugin's logger."""
    return _log


def service() -> Service | None:
    """Returns the service, or None before the extension is on."""
    return _service


def snapshot() -> Snapshot:
    """Returns what the panel shows."""
    return _service.snapshot if _service else _EMPTY


def is_online_allowed() -> bool:
    """Whether Blender's preferences allow the network. Blender before 4.2 has no such switch."""
    return bool(getattr(bpy.app, "online_access", True))


def restart(base_url: str, results: str = "", *, open_url: Callable[[str], object] | None = None) -> None:
    """Begins to work for a server, in place of the one before."""
    global _service, _shown
    if _service:
        _service.stop()
    options: dict[str, Any] = {"open_url": open_url} if open_url else {}
    if results:
        options["results"] = Path(bpy.path.abspath(results))
    _shown = None
    _service = Service(
        base_url, data_folder(), platform="blender", version=VERSION, session=SESSION, log=_log, **options
    )
    _service.set_online(is_online_allowed())
    _service.start()


def later(work: Callable[[], None]) -> None:
    """Has something done in the main thread, one thing each turn, so that the window lives in between."""
    _pending.append(work)


def tick() -> float:
    """One turn: passes the switch of the network on, and shows what is new. Returns the seconds until the next one."""
    global _shown, _redraws, longest_tick
    started = time.perf_counter()
    found = _service
    done = []
    if found:
        found.set_online(is_online_allowed())
        done = found.take_done()
        if found.snapshot != _shown:
            _shown = found.snapshot
            _redraws = 2  # Blender moves the panels below one that has grown when it draws the next time
        if _redraws:
            _redraws -= 1
            redraw()
    longest_tick = max(longest_tick, time.perf_counter() - started)
    if done:
        from . import pictures

        for entry in done:
            _guarded(partial(pictures.show, entry))
    elif _pending:
        _guarded(_pending.pop(0))
        return 0.02
    return INTERVAL


def _guarded(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # a timer that raises is removed, and nothing would be shown any more
        _log.exception("unexpected in the main thread")


def redraw() -> None:
    """Has the panels and views drawn again."""
    manager = bpy.context.window_manager
    for window in manager.windows if manager else ():
        for area in window.screen.areas:
            if area.type in ("VIEW_3D", "IMAGE_EDITOR"):
                area.tag_redraw()


def register(base_url: str, results: str) -> None:
    """Opens the log, starts the service and the timer."""
    global _log
    _log = logs.open_log(log_path(), "renderiq.blender")
    _log.info("Renderiq %s in Blender %s", VERSION, bpy.app.version_string)
    restart(base_url, results)
    bpy.app.timers.register(tick, first_interval=INTERVAL, persistent=True)


def unregister() -> None:
    """Stops them."""
    global _service
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    if _service:
        _service.stop()
        _service = None
    _pending.clear()
    logs.close_log(_log)
