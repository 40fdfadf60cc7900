"""Dims in the viewport what a capture will not show. Rhino's main thread alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import System.Drawing

from . import runtime
from .camera import frame_in
from .hiding import listen
from .orders import document
from .shared.restore import Restoring


class Frames:
    """Draws while it is shown. ``wanted`` returns the chosen ratio and the server's ratios, or None for no frame."""

    def __init__(self, wanted: Callable[[], tuple[str, tuple[str, ...]] | None]) -> None:
        self._wanted, self._restoring = wanted, Restoring()
        self._is_shown = False

    def show(self) -> None:
        """Begins to draw."""
        if not self._is_shown:
            listen("DrawForeground", self._draw, self._restoring)
            self._is_shown = True
            self.redraw()

    def remove(self) -> None:
        """Ends it."""
        if self._is_shown:
            self._restoring.__exit__(None, None, None)
            self._is_shown = False
            self.redraw()

    def redraw(self) -> None:
        """Draws the view in front anew."""
        model = document()
        view = model.Views.ActiveView if model is not None else None
        if view is not None:
            view.Redraw()

    def _draw(self, _sender: Any, event: Any) -> None:
        with suppress(Exception):  # Rhino draws all the time: an error must not be told each time
            self._draw_frame(event)

    def _draw_frame(self, event: Any) -> None:
        wanted, model = self._wanted(), document()
        view = model.Views.ActiveView if model is not None else None
        if wanted is None or view is None or runtime.is_working() or event.Viewport.Id != view.ActiveViewport.Id:
            return
        size = event.Viewport.Size
        width, height = int(size.Width), int(size.Height)
        inner = frame_in(width, height, *wanted)
        drawing: Any = System.Drawing
        dim, nothing = drawing.Color.FromArgb(96, 0, 0, 0), drawing.Color.FromArgb(0, 0, 0, 0)
        left, top, right, bottom = (
            round(each) for each in (inner.x, inner.y, inner.x + inner.width, inner.y + inner.height)
        )
        sides = (
            (0, 0, left, height), (right, 0, width - right, height),
            (left, 0, right - left, top), (left, bottom, right - left, height - bottom),
        )  # fmt: skip
        for x, y, across, along in sides:
            if across > 0 and along > 0:
                event.Display.Draw2dRectangle(drawing.Rectangle(x, y, across, along), nothing, 0, dim)
