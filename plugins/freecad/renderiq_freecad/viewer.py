"""A result in a window of FreeCAD's middle, with its capture left of a line that can be moved."""

from __future__ import annotations

import threading
from typing import Any

import FreeCADGui
from PySide import QtCore, QtGui

from . import runtime

_SIDE = 1400
"""Pixels of the longer side of what is shown."""


class CompareView(QtGui.QWidget):
    """Shows two pictures of one frame: ``before`` left of the line, ``after`` right of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("RenderiqResult")
        self.setMinimumSize(320, 200)
        self.before = self.after = ""
        self.split = 0.0
        self.is_loaded = False
        """Whether the pictures are there. They are read and made smaller in a thread."""
        self._pixmaps: list[Any] = []
        self._loading: _Loading | None = None
        self.setCursor(QtCore.Qt.SplitHCursor)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.setToolTip("Drag, or press the arrow keys, to compare with the capture")

    def load(self, before: str, after: str) -> None:
        """Reads two pictures, and shows them in place of those before."""
        if (before, after) == (self.before, self.after) and (self.is_loaded or self._loading):
            return
        self.before, self.after, self.is_loaded = before, after, False
        self._loading = _Loading((before, after))
        self._loading.ready.connect(self._loaded)
        _loadings[:] = [*(each for each in _loadings if each.thread_of_it.is_alive()), self._loading]
        self._loading.thread_of_it.start()

    def set_split(self, split: float) -> None:
        """Moves the line: 0 is all after, 1 is all before."""
        self.split = min(max(split, 0.0), 1.0)
        self.update()

    def _loaded(self) -> None:
        if self._loading is None or not self._loading.images:
            return  # others are read already
        with runtime.turn("a picture"):
            self._pixmaps = [QtGui.QPixmap.fromImage(each) for each in self._loading.images if not each.isNull()]
            self.is_loaded = True
            self.update()

    def _frame(self) -> Any:
        """Returns where the result is drawn."""
        size = self._pixmaps[-1].size()
        size.scale(self.size(), QtCore.Qt.KeepAspectRatio)
        return QtCore.QRect(
            (self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height()
        )

    def paintEvent(self, _event: Any) -> None:  # noqa: N802 - Qt's name
        """Draws them."""
        with runtime.turn("drawing a picture"):
            self._paint()

    def _paint(self) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.SmoothPixmapTransform)
        painter.fillRect(self.rect(), self.palette().window())
        if not self._pixmaps:
            text = "The picture cannot be read." if self.is_loaded else "Reading the picture…"
            painter.drawText(self.rect(), int(QtCore.Qt.AlignCenter), text)
            painter.end()
            return
        frame = self._frame()
        painter.drawPixmap(frame, self._pixmaps[-1])
        if len(self._pixmaps) > 1 and self.split > 0:
            line = frame.left() + int(frame.width() * self.split)
            painter.setClipRect(frame.left(), frame.top(), line - frame.left(), frame.height())
            painter.drawPixmap(frame, self._pixmaps[0])
            painter.setClipping(False)
            painter.fillRect(line - 1, frame.top(), 2, frame.height(), QtGui.QColor(255, 190, 80))
        painter.end()

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Moves the line to the mouse."""
        self._to(event)

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Moves the line with the mouse."""
        self._to(event)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Moves the line with the arrow keys."""
        step = {QtCore.Qt.Key_Left: -0.05, QtCore.Qt.Key_Right: 0.05}.get(event.key())
        if step is None:
            super().keyPressEvent(event)
        else:
            self.set_split(self.split + step)

    def _to(self, event: Any) -> None:
        if self._pixmaps:
            frame = self._frame()
            self.set_split((event.pos().x() - frame.left()) / max(frame.width(), 1))


class _Loading(QtCore.QObject):
    """Reads pictures in a thread. Nothing waits for it, also if its window is closed meanwhile."""

    ready = QtCore.Signal()

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__()
        self.images: list[Any] = []
        self.thread_of_it = threading.Thread(target=self._read, args=(paths,), name="renderiq-picture", daemon=True)

    def _read(self, paths: tuple[str, ...]) -> None:
        self.images = [_small(path) for path in paths]
        self.ready.emit()


def _small(path: str) -> Any:
    """Returns a picture as small as a screen: the main thread would wait for that."""
    image = QtGui.QImage(path)
    if max(image.width(), image.height()) > _SIDE:
        image = image.scaled(_SIDE, _SIDE, QtCore.Qt.KeepAspectRatio, QtCore.Qt.SmoothTransformation)
    return image


_loadings: list[_Loading] = []
"""Those under way. Qt's objects must end in the main thread, so it takes them out."""
_views: list[CompareView] = []


def show(before: str, after: str, title: str, *, compare: bool = False, to_front: bool = True) -> CompareView:
    """Opens a result beside the 3D views, in one window for all results.

    Without ``to_front`` a window that is open already stays where it is.
    """
    area = FreeCADGui.getMainWindow().findChild(QtGui.QMdiArea)
    windows = [each for each in area.subWindowList() if isinstance(each.widget(), CompareView)]
    found: CompareView
    if windows:
        window, found = windows[0], windows[0].widget()
    else:
        found = CompareView()
        with runtime.host():
            window = area.addSubWindow(found)
            window.setAttribute(QtCore.Qt.WA_DeleteOnClose)
            window.showMaximized()
    if to_front and windows:
        with runtime.host():
            area.setActiveSubWindow(window)
    window.setWindowTitle(title)
    found.load(before, after)
    found.set_split(0.5 if compare else 0.0)
    _views[:] = [found]  # Python must not free it while Qt shows it
    return found
