"""Eto.Forms and Eto.Drawing as the plugin uses them, after Eto's public API pages: another name or type fails."""

from __future__ import annotations

import threading
import types
from pathlib import Path
from typing import Any

from strict import MAIN, Event


def main_thread_only(name: str) -> None:
    if threading.current_thread() is not MAIN:
        raise AssertionError(f"{name} in another thread than Rhino's main one")


class Control:
    """``KINDS`` are the properties with their types, ``EVENTS`` the events, ``FIRES`` which event a property fires."""

    BASE = {"Enabled": bool, "Visible": bool, "ToolTip": str, "Width": int, "Height": int, "Size": object}
    KINDS: dict[str, Any] = {}
    EVENTS: tuple[str, ...] = ()
    FIRES: dict[str, str] = {}
    DEFAULTS: dict[str, Any] = {}

    def __init__(self) -> None:
        main_thread_only(type(self).__name__)
        for name, value in {"Enabled": True, "Visible": True, **self.DEFAULTS}.items():
            object.__setattr__(self, name, value)
        for name in self.EVENTS:
            object.__setattr__(self, name, Event(name))

    def __setattr__(self, name: str, value: Any) -> None:
        main_thread_only(f"{type(self).__name__}.{name}")
        if name in self.EVENTS:
            assert value is getattr(self, name)  # as += and -= do it
            return
        kinds = {**self.BASE, **self.KINDS}
        if name not in kinds:
            raise AttributeError(f"{type(self).__name__}.{name}")
        kind = kinds[name]
        if not (isinstance(value, kind) or (kind is float and type(value) is int) or (value is None and name in NONE)):
            raise TypeError(f"{type(self).__name__}.{name} = {value!r}")
        before = getattr(self, name, None)
        object.__setattr__(self, name, value)
        if name in self.FIRES and before != value:
            getattr(self, self.FIRES[name]).fire(self, None)


NONE = ("Image",)


class Label(Control):
    KINDS = {"Text": str, "Wrap": str, "Font": str}
    DEFAULTS = {"Text": ""}


class Button(Control):
    KINDS = {"Text": str}
    EVENTS = ("Click",)
    DEFAULTS = {"Text": ""}

    def press(self) -> None:
        """What a person does."""
        assert self.Enabled, f"{self.Text} cannot be pressed"
        assert self.Visible, f"{self.Text} is hidden"
        self.Click.fire(self, None)


class CheckBox(Control):
    KINDS = {"Text": str, "Checked": bool}
    EVENTS = ("CheckedChanged",)
    FIRES = {"Checked": "CheckedChanged"}
    DEFAULTS = {"Text": "", "Checked": False}


class TextBox(Control):
    KINDS = {"Text": str, "PlaceholderText": str, "MaxLength": int}
    EVENTS = ("TextChanged",)
    FIRES = {"Text": "TextChanged"}
    DEFAULTS = {"Text": ""}


class TextArea(TextBox):
    KINDS = {"Text": str}


class Slider(Control):
    KINDS = {"MinValue": int, "MaxValue": int, "Value": int}
    EVENTS = ("ValueChanged",)
    FIRES = {"Value": "ValueChanged"}
    DEFAULTS = {"Value": 0}


class NumericStepper(Control):
    KINDS = {"MinValue": float, "MaxValue": float, "Value": float, "DecimalPlaces": int}
    EVENTS = ("ValueChanged",)
    FIRES = {"Value": "ValueChanged"}
    DEFAULTS = {"Value": 0.0}


class Items:
    def __init__(self, kind: Any) -> None:
        self._kind, self.listed = kind, []

    def Add(self, item: Any) -> None:
        if not isinstance(item, self._kind):
            raise TypeError(item)
        self.listed.append(item)

    def Clear(self) -> None:
        self.listed.clear()

    def __getitem__(self, place: int) -> Any:
        return self.listed[place]


class DropDown(Control):
    KINDS = {"SelectedIndex": int}
    EVENTS = ("SelectedIndexChanged",)
    FIRES = {"SelectedIndex": "SelectedIndexChanged"}
    DEFAULTS = {"SelectedIndex": -1}

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "Items", _DropItems(self))


class _DropItems(Items):
    def __init__(self, owner: DropDown) -> None:
        super().__init__(str)
        self._owner = owner

    def Clear(self) -> None:
        super().Clear()
        self._owner.SelectedIndex = -1


class ImageView(Control):
    KINDS = {"Image": object}


class Drawable(Control):
    EVENTS = ("Paint",)

    def Invalidate(self) -> None:
        main_thread_only("Invalidate")


class StackLayoutItem:
    def __init__(self, control: Control) -> None:
        assert isinstance(control, Control)
        self.Control = control


class StackLayout(Control):
    KINDS = {"Orientation": str, "Spacing": int, "HorizontalContentAlignment": str}

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "Items", Items(StackLayoutItem))


class TableCell:
    def __init__(self, control: Control, scaleWidth: bool = False) -> None:
        assert isinstance(control, Control)
        assert isinstance(scaleWidth, bool)
        self.Control = control


class TableRow(Control):
    KINDS = {"ScaleHeight": bool}

    def __init__(self, cell: TableCell) -> None:
        super().__init__()
        assert isinstance(cell, TableCell)
        object.__setattr__(self, "Cells", Items(TableCell))
        self.Cells.Add(cell)


class TableLayout(Control):
    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "Rows", Items(TableRow))


class Scrollable(Control):
    KINDS = {"Content": Control, "ExpandContentHeight": bool}


class Form(Control):
    KINDS = {"Title": str, "Owner": str, "ClientSize": object, "Content": Control}
    EVENTS = ("Closed",)
    shown: list[Form] = []

    def Show(self) -> None:
        main_thread_only("Form.Show")
        Form.shown.append(self)

    def BringToFront(self) -> None:
        assert self in Form.shown

    def Close(self) -> None:
        Form.shown.remove(self)
        self.Closed.fire(self, None)


class Dialog(Control):
    """``answer`` is what the person does with the next one."""

    KINDS = {"Title": str, "ClientSize": object, "Padding": object, "Content": Control}
    answer: Any = None
    is_open = False

    def ShowModal(self, owner: Any) -> None:
        assert isinstance(owner, Form)
        object.__setattr__(self, "is_open", True)
        Dialog.answer(self)
        assert not self.is_open

    def Close(self) -> None:
        object.__setattr__(self, "is_open", False)


class UITimer(Control):
    KINDS = {"Interval": float}
    EVENTS = ("Elapsed",)
    is_running = False

    def Start(self) -> None:
        object.__setattr__(self, "is_running", True)

    def Stop(self) -> None:
        object.__setattr__(self, "is_running", False)


class Application:
    """``pump`` does what other threads have left for the main one."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self._left: list[Any] = []

    def Open(self, address: str) -> None:
        assert isinstance(address, str)
        self.opened.append(address)

    def AsyncInvoke(self, action: Any) -> None:
        assert callable(action)
        self._left.append(action)

    def pump(self) -> None:
        main_thread_only("pump")
        while self._left:
            self._left.pop(0)()


APPLICATION = Application()


class Bitmap:
    """A picture from a file, or another size of one."""

    def __init__(self, source: Any, width: int = 0, height: int = 0) -> None:
        main_thread_only("Bitmap")
        if isinstance(source, str):
            assert Path(source).read_bytes()
            self.Width, self.Height = 1920, 1080
        else:
            assert isinstance(source, Bitmap)
            self.Width, self.Height = width, height

    def Dispose(self) -> None:
        self.Width = self.Height = 0


def inside(control: Any) -> list[Control]:
    """Returns a control and all that are in it."""
    found = [control]
    for part in (getattr(control, "Content", None), *getattr(getattr(control, "Items", None), "listed", [])):
        part = getattr(part, "Control", part)
        if isinstance(part, Control):
            found += inside(part)
    for row in getattr(getattr(control, "Rows", None), "listed", []):
        for cell in row.Cells.listed:
            found += inside(cell.Control)
    return found


def texts(control: Any) -> list[str]:
    """Returns the texts that a person can read in a control."""
    return [each.Text for each in inside(control) if getattr(each, "Text", "") and each.Visible]


def buttons(control: Any, text: str) -> list[Button]:
    """Returns the visible buttons with a text, from top to bottom."""
    return [each for each in inside(control) if isinstance(each, Button) and each.Text == text and each.Visible]


def button(control: Any, text: str) -> Button:
    """Returns the first visible button with a text. Raises ``LookupError`` without one."""
    if found := buttons(control, text):
        return found[0]
    raise LookupError(f"no button {text!r}: {[e.Text for e in inside(control) if isinstance(e, Button)]}")


def modules() -> dict[str, types.ModuleType]:
    """Returns the modules that a script of Rhino can import."""
    space = types.SimpleNamespace
    root, forms, drawing = types.ModuleType("Eto"), types.ModuleType("Eto.Forms"), types.ModuleType("Eto.Drawing")
    controls = (
        Label, Button, CheckBox, TextBox, TextArea, Slider, NumericStepper, DropDown, ImageView, Drawable, StackLayout,
        StackLayoutItem, TableCell, TableRow, TableLayout, Scrollable, Form, Dialog, UITimer,
    )  # fmt: skip
    for each in controls:
        setattr(forms, each.__name__, each)
    forms.WrapMode = space(Word="WrapMode.Word")
    forms.Orientation = space(Horizontal="Orientation.Horizontal", Vertical="Orientation.Vertical")
    forms.HorizontalAlignment = space(Stretch="HorizontalAlignment.Stretch")
    forms.Application = space(Instance=APPLICATION)
    drawing.Bitmap = Bitmap
    drawing.Size = lambda width, height: (width, height)
    drawing.Padding = lambda all_sides: all_sides
    drawing.RectangleF = lambda x, y, width, height: (x, y, width, height)
    drawing.SystemFonts = space(Bold=lambda: "bold")
    root.Forms, root.Drawing = forms, drawing
    return {"Eto": root, "Eto.Forms": forms, "Eto.Drawing": drawing}
