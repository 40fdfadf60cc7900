"""A lock between processes. The system lets go of it when its process ends, however it ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PAUSE: Final = 0.05


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Holds the lock for the length of a ``with``. Waits for another process, or another thread, to let go of it."""
    with _opened(path) as file:
        while not _take(file):
            time.sleep(_PAUSE)
        yield


@contextmanager
def try_file_lock(path: Path) -> Iterator[bool]:
    """Tells whether the lock is held for the length of a ``with``. Does not wait."""
    with _opened(path) as file:
        yield _take(file)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield file
    finally:
        os.close(file)  # which lets go of the lock


if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
