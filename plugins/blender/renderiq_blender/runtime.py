"""The service while Blender runs, and the timer that brings its news into Blender's main thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import bpy

from .develop import develop_stored
from .shared.running import Running

VERSION = "0.1.0"
INTERVAL = 0.25
_running = Running("blender", VERSION, develop=develop_stored)
data_folder, log_path, log = _running.data_folder, _running.log_path, _running.log
service, snapshot = _running.service, _running.snapshot
_redraws = 0
_pending: list[Callable[[], None]] = []
longest_tick = 0.0
"""Seconds of the longest turn of the timer since the last reset, without captures and the loading of results."""


def is_online_allowed() -> bool:
    """Whether Blender's preferences allow the network. Blender before 4.2 has no such switch."""
    return bool(getattr(bpy.app, "online_access", True))


def restart(base_url: str, results: str = "", *, open_url: Callable[[str], object] | None = None) -> None:
    """Begins to work for a server, in place of the one before."""
    folder = bpy.path.abspath(results) if results else ""
    _running.restart(base_url, is_online=is_online_allowed(), results=folder, open_url=open_url)


def later(work: Callable[[], None]) -> None:
    """Has something done in the main thread, one thing each turn, so that the window lives in between."""
    _pending.append(work)


def tick() -> float:
    """One turn: passes the switch of the network on, and shows what is new. Returns the seconds until the next one."""
    global _redraws, longest_tick
    started = time.perf_counter()
    found = service()
    done = []
    if found:
        found.set_online(is_online_allowed())
        done = found.take_done()
        if _running.has_news():
            _redraws = 2  # Blender moves the panels below one that has grown when it draws the next time
        if _redraws:
            _redraws -= 1
            redraw()
    longest_tick = max(longest_tick, time.perf_counter() - started)
    if done:
        from . import pictures

        for entry in done:
            _running.guarded(partial(pictures.show, entry))
    elif _pending:
        _running.guarded(_pending.pop(0))
        return 0.02
    return INTERVAL


def redraw() -> None:
    """Has the panels and views drawn again."""
    manager = bpy.context.window_manager
    for window in manager.windows if manager else ():
        for area in window.screen.areas:
            if area.type in ("VIEW_3D", "IMAGE_EDITOR"):
                area.tag_redraw()


def register(base_url: str, results: str) -> None:
    """Opens the log, starts the service and the timer."""
    _running.open_log(f"Blender {bpy.app.version_string}")
    restart(base_url, results)
    bpy.app.timers.register(tick, first_interval=INTERVAL, persistent=True)


def unregister() -> None:
    """Stops them."""
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    _pending.clear()
    _running.stop()
