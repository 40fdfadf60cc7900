"""Small pictures of files, read in a thread: Qt's images may be made there, its pixmaps may not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Queue
from typing import Any

from PySide import QtCore, QtGui

_known: dict[tuple[str, int], Any] = {}
_wanted: Queue[tuple[str, int]] = Queue()
_lock = threading.Lock()
_thread: threading.Thread | None = None


class _News(QtCore.QObject):
    ready = QtCore.Signal()


_news = _News()


def watch(changed: Callable[[], None]) -> None:
    """Has ``changed`` called in the main thread when pictures have been read."""
    _news.ready.connect(changed)


def pixmap(path: str, side: int) -> Any:
    """Returns a picture whose longer side has ``side`` pixels, or None as long as it was not read."""
    global _thread
    key = (path, side)
    with _lock:
        found = _known.get(key)
        if key not in _known:
            _known[key] = None
            _wanted.put(key)
            if _thread is None:
                _thread = threading.Thread(target=_read, name="renderiq-thumbnails", daemon=True)
                _thread.start()
    if isinstance(found, QtGui.QImage):
        found = QtGui.QPixmap.fromImage(found)
        with _lock:
            _known[key] = found
    return found


def _read() -> None:
    while True:
        path, side = _wanted.get()
        reader = QtGui.QImageReader(path)
        reader.setDecideFormatFromContent(True)
        size = reader.size()
        if size.isValid():
            size.scale(side, side, QtCore.Qt.KeepAspectRatio)
            reader.setScaledSize(size)
        image = reader.read()
        with _lock:
            if image.isNull():
                continue  # it stays unknown, and is not read again
            _known[(path, side)] = image
        if _wanted.empty():
            _news.ready.emit()
