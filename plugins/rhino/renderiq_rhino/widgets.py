"""Short ways to make Eto's controls. Rhino's main thread alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import Eto.Drawing
import Eto.Forms
import Rhino.UI


def label(text: str = "", *, is_bold: bool = False) -> Any:
    """Returns a text that is wrapped."""
    found = Eto.Forms.Label()
    found.Text = text
    found.Wrap = Eto.Forms.WrapMode.Word
    if is_bold:
        found.Font = Eto.Drawing.SystemFonts.Bold()
    return found


def button(text: str, pressed: Callable[[], object], tip: str = "") -> Any:
    """Returns a button."""
    found = Eto.Forms.Button()
    found.Text = text
    if tip:
        found.ToolTip = tip
    found.Click += lambda _sender, _event: pressed()
    return found


def check(text: str, is_checked: bool, changed: Callable[[], object]) -> Any:
    """Returns a box with a text."""
    found = Eto.Forms.CheckBox()
    found.Text = text
    found.Checked = is_checked
    found.CheckedChanged += lambda _sender, _event: changed()
    return found


def stack(controls: Sequence[Any], *, is_row: bool = False) -> Any:
    """Returns controls below one another, or in a row."""
    found = Eto.Forms.StackLayout()
    ways, aligned = Eto.Forms.Orientation, Eto.Forms.HorizontalAlignment
    found.Orientation = ways.Horizontal if is_row else ways.Vertical
    found.Spacing = 6
    if not is_row:
        found.HorizontalContentAlignment = aligned.Stretch
    fill(found, controls)
    return found


def fill(found: Any, controls: Sequence[Any]) -> None:
    """Puts other controls into a stack."""
    found.Items.Clear()
    for each in controls:
        found.Items.Add(Eto.Forms.StackLayoutItem(each))


def titled(title: str, control: Any) -> Any:
    """Returns a control under its title."""
    return stack([label(title), control])


class Choice:
    """A drop-down of texts with values."""

    def __init__(self, changed: Callable[[], object]) -> None:
        self.control = Eto.Forms.DropDown()
        self._items: list[tuple[str, str]] = []
        self.control.SelectedIndexChanged += lambda _sender, _event: changed()

    @property
    def value(self) -> str:
        """The value of what is chosen; empty without a choice."""
        place = self.control.SelectedIndex
        return self._items[place][1] if 0 <= place < len(self._items) else ""

    def show(self, items: list[tuple[str, str]], value: str) -> None:
        """Shows items, and chooses the one with the value, or else the first."""
        if items != self._items:
            self._items = list(items)
            self.control.Items.Clear()
            for text, _ in items:
                self.control.Items.Add(text)
        places = [place for place, (_, each) in enumerate(items) if each == value]
        wanted = places[0] if places else 0 if items else -1
        if self.control.SelectedIndex != wanted:
            self.control.SelectedIndex = wanted


def picture(path: str) -> Any:
    """Returns a picture, or None if it is missing or Eto cannot read it."""
    try:
        return Eto.Drawing.Bitmap(path) if path else None
    except Exception:  # .NET's own errors; a name without a picture is enough
        return None


def open_page(address: str) -> None:
    """Opens a page or a file in the program that the system has for it."""
    Eto.Forms.Application.Instance.Open(address)


def in_main_thread(work: Callable[[], object]) -> None:
    """Has work done in the main thread, from any other one."""
    Eto.Forms.Application.Instance.AsyncInvoke(lambda: work())


def main_window() -> Any:
    """Returns Rhino's own window, which owns those of the plugin."""
    ui: Any = Rhino.UI
    return ui.RhinoEtoApp.MainWindow
