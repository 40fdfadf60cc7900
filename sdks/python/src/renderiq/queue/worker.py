"""Makes passes in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from renderiq.errors import RenderiqError
from renderiq.queue.items import Pass

_OTHER_SENDER_SECONDS: Final = 1.0
_IDLE_SECONDS: Final = 5.0
"""How often a worker looks whether another process has added an order, and whether a lost network is back."""


class Worker:
    """A thread that calls ``run_pass`` when something is due, and ``wake`` when the server can be reached again."""

    def __init__(self, run_pass: Callable[[], Pass], wake: Callable[[], None], base_url: str) -> None:
        self._run_pass = run_pass
        self._wake = wake
        self._address = urlsplit(base_url)
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread, unless it runs."""
        if self._thread and self._thread.is_alive():
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="renderiq-queue", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and waits for its end."""
        self._stopping.set()
        self._changed.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def notify(self) -> None:
        """Tells that an order has changed."""
        self._changed.set()

    def _work(self) -> None:
        was_reachable = True
        while not self._stopping.is_set():
            self._changed.clear()
            try:
                done = self._run_pass()
                pause = _IDLE_SECONDS if done.next is None else min(done.next, _IDLE_SECONDS)
                if not done.sender:
                    pause = max(pause, _OTHER_SENDER_SECONDS)
                if done.next is not None and done.next > _IDLE_SECONDS:
                    is_reachable = self._is_reachable()
                    if is_reachable and not was_reachable:
                        self._wake()
                    was_reachable = is_reachable
            except RenderiqError:  # the disk is full: everything is as it was
                pause = _IDLE_SECONDS
            self._changed.wait(max(pause, 0.05))

    def _is_reachable(self) -> bool:
        import socket

        port = self._address.port or (443 if self._address.scheme == "https" else 80)
        try:
            socket.create_connection((self._address.hostname or "", port), timeout=3).close()
        except OSError:
            return False
        return True
