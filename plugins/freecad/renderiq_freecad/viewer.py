"""A result in a window of FreeCAD's middle, with its capture left of a line that can be moved."""

from __future__ import annotations

from typing import Any

import FreeCADGui
from PySide import QtCore, QtGui


class CompareView(QtGui.QWidget):
    """Shows two pictures of one frame: ``before`` left of the line, ``after`` right of it."""

    def __init__(self, before: str, after: str, title: str) -> None:
        super().__init__()
        self.setObjectName("RenderiqResult")
        self.setWindowTitle(title)
        self.setMinimumSize(320, 200)
        self.before, self.after = before, after
        self.split = 0.0
        self._images: list[Any] = []
        self._scaled: list[Any] = []
        self.setCursor(QtCore.Qt.SplitHCursor)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.setToolTip("Drag, or press the arrow keys, to compare with the capture")
        self._loading = _Loading(before, after)
        self._loading.ready.connect(self._loaded)
        self._loading.start()

    @property
    def is_loaded(self) -> bool:
        """Whether the pictures are there. They are read in a thread."""
        return bool(self._images)

    def set_split(self, split: float) -> None:
        """Moves the line: 0 is all after, 1 is all before."""
        self.split = min(max(split, 0.0), 1.0)
        self.update()

    def _loaded(self) -> None:
        self._images = list(self._loading.images)
        self._scale()
        self.update()

    def _scale(self) -> None:
        size = self.size()
        self._scaled = [
            QtGui.QPixmap.fromImage(each.scaled(size, QtCore.Qt.KeepAspectRatio, QtCore.Qt.SmoothTransformation))
            for each in self._images
            if not each.isNull()
        ]

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Fits the pictures into the window."""
        self._scale()
        super().resizeEvent(event)

    def paintEvent(self, _event: Any) -> None:  # noqa: N802 - Qt's name
        """Draws them."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.SmoothPixmapTransform)
        painter.fillRect(self.rect(), self.palette().window())
        if not self._scaled:
            text = "The picture cannot be read." if self._images else "Reading the picture…"
            painter.drawText(self.rect(), int(QtCore.Qt.AlignCenter), text)
            return
        after = self._scaled[-1]
        left, top = (self.width() - after.width()) // 2, (self.height() - after.height()) // 2
        painter.drawPixmap(left, top, after)
        if len(self._scaled) > 1 and self.split > 0:
            x = int(after.width() * self.split)
            before = self._scaled[0]
            painter.save()
            painter.setClipRect(left, top, x, after.height())
            painter.drawPixmap(left, top, after.width(), after.height(), before)
            painter.restore()
            painter.fillRect(left + x - 1, top, 2, after.height(), QtGui.QColor(255, 190, 80))
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
        if self._scaled:
            width = self._scaled[-1].width()
            self.set_split((event.pos().x() - (self.width() - width) / 2) / width)


class _Loading(QtCore.QThread):
    ready = QtCore.Signal()

    def __init__(self, before: str, after: str) -> None:
        super().__init__()
        self._paths = (before, after)
        self.images: list[Any] = []
        self.finished.connect(self.ready.emit)

    def run(self) -> None:
        """Reads the pictures."""
        self.images = [QtGui.QImage(path) for path in self._paths]


_views: list[CompareView] = []


def show(before: str, after: str, title: str, *, compare: bool = False, to_front: bool = True) -> CompareView:
    """Opens a result beside the 3D views, in one window for all results.

    Without ``to_front`` a window that is open already stays where it is.
    """
    area = FreeCADGui.getMainWindow().findChild(QtGui.QMdiArea)
    found = CompareView(before, after, title)
    found.split = 0.5 if compare else 0.0
    for each in area.subWindowList():
        if each.widget() is not None and each.widget().objectName() == "RenderiqResult":
            old = each.widget()
            each.setWidget(found)
            old.hide()  # Qt makes it a window of its own
            old.deleteLater()
            window = each
            if to_front:
                area.setActiveSubWindow(window)
            break
    else:
        window = area.addSubWindow(found)
        window.setAttribute(QtCore.Qt.WA_DeleteOnClose)
        window.showMaximized()
    window.setWindowTitle(title)
    found.show()
    _views[:] = [found]  # Python must not free it while Qt shows it
    return found
