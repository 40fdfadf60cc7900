"""Draws over the 3D view what a capture will not show, before it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide import QtCore, QtGui

from .capture import active_view, frame_of
from .shared.choices import CaptureError
from .shared.frame import Crop

_DIM = (0, 0, 0, 110)
_LINE = (255, 190, 80)


class Overlay(QtGui.QWidget):
    """Lies over the view in front, and lets all of the mouse through. ``frame`` says what is shown, or None."""

    def __init__(self, view: Any, parent: Any) -> None:
        super().__init__(parent)
        self.setObjectName("RenderiqFrame")
        self.setAttribute(QtCore.Qt.WA_TransparentForMouseEvents)
        self.setAttribute(QtCore.Qt.WA_NoSystemBackground)
        self.view = view
        self.frame: Crop | None = None

    def paintEvent(self, _event: Any) -> None:  # noqa: N802 - Qt's name
        """Draws it."""
        if self.frame is None:
            return
        painter = QtGui.QPainter(self)
        width, height = self.view.getSize()
        across, down = self.width() / max(width, 1), self.height() / max(height, 1)
        inner = QtCore.QRectF(
            self.frame.x * across, self.frame.y * down, self.frame.width * across, self.frame.height * down
        )
        outside = QtGui.QPainterPath()
        outside.addRect(QtCore.QRectF(self.rect()))
        hole = QtGui.QPainterPath()
        hole.addRect(inner)
        painter.fillPath(outside.subtracted(hole), QtGui.QColor(*_DIM))
        painter.setPen(QtGui.QPen(QtGui.QColor(*_LINE), 1))
        painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()


class Frames:
    """The overlay of the view in front. ``wanted`` returns the choice of the ratio, or None if no frame is shown."""

    def __init__(self, wanted: Callable[[], tuple[str, tuple[str, ...]] | None]) -> None:
        self._wanted = wanted
        self.overlay: Overlay | None = None

    def update(self) -> None:
        """Follows the view in front and its size. It is called by a timer, and draws only what is new."""
        choice = self._wanted()
        try:
            view = active_view() if choice else None
        except CaptureError:
            view = None
        if view is None or choice is None:
            self.remove()
            return
        parent = view.graphicsView()
        if self.overlay is None or self.overlay.parent() is not parent:
            self.remove()
            self.overlay = Overlay(view, parent)
            self.overlay.show()
        self.overlay.view = view
        _, _, frame = frame_of(view, *choice)
        if (frame, parent.size()) != (self.overlay.frame, self.overlay.size()):
            self.overlay.frame = frame
            self.overlay.resize(parent.size())
            self.overlay.raise_()
            self.overlay.update()

    def remove(self) -> None:
        """Takes it away."""
        found, self.overlay = self.overlay, None
        if found is not None:
            try:
                found.setParent(None)
                found.deleteLater()
            except RuntimeError:  # its view was closed, and took it along
                return
