"""Which running hosts there are: each holds a lock that the system lets go of when it ends, however it ends. Pure."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from renderiq.locks import try_file_lock

_LEFT: Final = 86_400.0
"""Seconds after which the file of a host that crashed is removed. One that has just begun may not hold its lock yet."""


class Session:
    """This running host. ``name`` is another one each time."""

    def __init__(self) -> None:
        self.name = uuid4().hex
        self._folder: Path | None = None
        self._held = ExitStack()

    def begin(self, folder: Path) -> None:
        """Tells the others that it runs. ``folder`` has a file for each host. Does nothing the second time."""
        if self._folder is None:
            self._folder = folder
            _remove_old(folder)
            self._held.enter_context(try_file_lock(folder / self.name))

    def end(self) -> None:
        """Tells the others that it has ended."""
        if self._folder is not None:
            self._held.close()
            with suppress(OSError):
                (self._folder / self.name).unlink()
            self._folder = None

    def has_ended(self, name: str) -> bool:
        """Whether another host runs no more. Not known, and so False, before ``begin``."""
        return self._folder is not None and name not in ("", self.name) and _is_free(self._folder / name)


def _is_free(path: Path) -> bool:
    if not path.exists():
        return True
    with try_file_lock(path) as is_free:
        return is_free


def _remove_old(folder: Path) -> None:
    for path in folder.glob("*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT and _is_free(path):
                path.unlink()
