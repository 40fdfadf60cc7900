"""A floating window with a result, and the capture left of a line that can be moved. Rhino's main thread alone."""

from __future__ import annotations

from typing import Any

import Eto.Drawing
import Eto.Forms

from .widgets import label, main_window, picture, stack

_open: list[Viewer] = []
"""The windows. Python must not forget them while they are open."""


class Viewer:
    """One window. Without a capture it has no line."""

    def __init__(self, capture: str, result: str, title: str, *, compare: bool) -> None:
        self.before, self.after = picture(capture), picture(result)
        self.form = Eto.Forms.Form()
        self.form.Title = title
        self.form.Owner = main_window()
        self.form.ClientSize = Eto.Drawing.Size(960, 600)
        self.line = Eto.Forms.Slider()
        self.line.MinValue, self.line.MaxValue = 0, 100
        self.line.Value = 50 if compare else 0
        self.line.ToolTip = "The capture is left of the line"
        self.canvas = Eto.Forms.Drawable()
        self.canvas.Paint += self._paint
        self.line.ValueChanged += self._moved
        if self.after is None:
            self.form.Content = stack([label(f"This Rhino cannot show the picture. The file is {result}")])
        else:
            layout = Eto.Forms.TableLayout()
            layout.Rows.Add(Eto.Forms.TableRow(Eto.Forms.TableCell(self.canvas, True)))
            layout.Rows[0].ScaleHeight = True
            if self.before is not None:
                layout.Rows.Add(Eto.Forms.TableRow(Eto.Forms.TableCell(self.line)))
            self.form.Content = layout
        self.form.Closed += self._closed

    def _moved(self, _sender: Any, _event: Any) -> None:
        self.canvas.Invalidate()

    def _closed(self, _sender: Any, _event: Any) -> None:
        _open.remove(self)

    def _paint(self, _sender: Any, event: Any) -> None:
        width, height = float(self.canvas.Width), float(self.canvas.Height)
        image = self.after
        scale = min(width / image.Width, height / image.Height)
        across, along = image.Width * scale, image.Height * scale
        left, top = (width - across) / 2, (height - along) / 2
        event.Graphics.DrawImage(image, left, top, across, along)
        part = self.line.Value / 100
        if self.before is None or part <= 0:
            return
        rectangle = Eto.Drawing.RectangleF
        source = rectangle(0.0, 0.0, self.before.Width * part, float(self.before.Height))
        event.Graphics.DrawImage(self.before, source, rectangle(left, top, across * part, along))


def show(capture: str, result: str, title: str, *, compare: bool = False) -> Viewer:
    """Opens a window with a result."""
    found = Viewer(capture, result, title, compare=compare)
    _open.append(found)
    found.form.Show()
    return found
