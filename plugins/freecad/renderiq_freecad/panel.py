"""The dock panel: account, choices, the button with its price, queue, history, looks, preferences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import FreeCADGui
from PySide import QtCore, QtGui

from . import orders, preferences, runtime, thumbnails, viewer
from .account import Account
from .consent import ConsentDialog
from .form import Form
from .history import Rows
from .overlay import Frames
from .shared.choices import CaptureError
from .shared.ordering import offer_for
from .shared.png import png_size
from .shared.sentences import sentence_of
from .shared.snapshot import Entry

_FRAME_INTERVAL = 400
_panel: Panel | None = None


class Panel(QtGui.QDockWidget):
    """What the user sees of Renderiq."""

    copied = QtCore.Signal(str, str, str, object)

    def __init__(self, parent: Any) -> None:
        super().__init__("Renderiq", parent)
        self.setObjectName("RenderiqPanel")
        self.form = Form()
        self.account = Account(self.decide)
        self.render = _button("Render", lambda: self.order(all_views=False))
        self.render_all = _button("All views", lambda: self.order(all_views=True))
        self.price, self.price_all = QtGui.QLabel(), QtGui.QLabel()
        self.queue = Rows(self.act, "Nothing is queued", is_history=False)
        self.history = Rows(self.act, "Nothing is done yet", is_history=True)
        self.looks = QtGui.QComboBox()
        self._lay_out()
        self.form.changed.connect(self.refresh)
        self.copied.connect(self._copied)
        self.frames = Frames(self._wanted_frame)
        self._frame_timer = QtCore.QTimer(self)
        self._frame_timer.timeout.connect(self._follow)
        self._frame_timer.start(_FRAME_INTERVAL)
        thumbnails.watch(self.refresh)
        runtime.watch(self.refresh, self._done)
        self.refresh()

    # ------------------------------------------------------------ what it shows

    def _lay_out(self) -> None:
        inside = QtGui.QWidget()
        column = QtGui.QVBoxLayout(inside)
        buttons = QtGui.QGridLayout()
        for place, (button, label) in enumerate(((self.render, self.price), (self.render_all, self.price_all))):
            label.setWordWrap(True)
            buttons.addWidget(button, 0, place)
            buttons.addWidget(label, 1, place, QtCore.Qt.AlignTop)
        looks = QtGui.QHBoxLayout()
        looks.addWidget(self.looks, 1)
        for title, pressed in (("Use", self.use_look), ("Save…", self.save_look), ("Remove", self.remove_look)):
            looks.addWidget(_button(title, pressed))
        for title, content in (
            ("", self.account), ("", buttons), ("Choices", self.form), ("Saved looks", looks), ("Queue", self.queue),
            ("History", self.history), ("Preferences", self._preferences()),
        ):  # fmt: skip
            if title:
                label = QtGui.QLabel(title)
                font = label.font()
                font.setBold(True)
                label.setFont(font)
                column.addWidget(label)
            if isinstance(content, QtGui.QLayout):
                column.addLayout(content)
            else:
                column.addWidget(content)
        column.addStretch()
        self.scroll = QtGui.QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
        self.scroll.setWidget(inside)
        self.scroll.setMinimumWidth(360)
        self.setWidget(self.scroll)

    def _preferences(self) -> Any:
        layout = QtGui.QFormLayout()
        layout.setFieldGrowthPolicy(QtGui.QFormLayout.AllNonFixedFieldsGrow)
        self.server, self.results = QtGui.QLineEdit(preferences.server()), QtGui.QLineEdit(preferences.results_folder())
        self.results.setPlaceholderText("The plugin's own folder")
        self.side = QtGui.QSpinBox()
        self.side.setRange(640, 4096)
        self.side.setSuffix(" pixels")
        self.side.setValue(preferences.longer_side())
        self.server.editingFinished.connect(self._new_server)
        self.results.editingFinished.connect(self._new_results)
        self.side.valueChanged.connect(preferences.set_longer_side)
        for title, field in (
            ("Server", self.server), ("Results", self.results), ("Longer side", self.side),
            ("", _button("Open the log file", _open_log)),
        ):  # fmt: skip
            layout.addRow(title, field)
        return layout

    def refresh(self) -> None:
        """Shows what is new."""
        with runtime.turn("the panel"):
            found, settings = runtime.snapshot(), self.form.settings
            self.account.show_snapshot(found, settings.problem)
            self.form.show_offer(found)
            document = FreeCADGui.ActiveDocument
            count = len(orders.views_of(document.Document)) if document else 0
            waits = not found.is_online or not found.is_signed_in
            one, all_of_them = offer_for(found, settings.look()), offer_for(found, settings.look(), max(count, 1))
            can = not found.is_too_old and not runtime.is_working() and document is not None
            self.render.setText("Capturing…" if runtime.is_working() else "Queue" if waits else "Render")
            self.render.setEnabled(can and one.is_affordable)
            self.render_all.setText(f"All {count} views" if count else "All views")
            self.render_all.setEnabled(can and count > 0 and all_of_them.is_affordable)
            self.price.setText(one.sentence())
            self.price_all.setText(all_of_them.sentence() if count else "")
            self.queue.show_entries([e for e in found.entries if not e.is_settled or e.state == "failed"])
            self.history.show_entries([each for each in found.entries if each.state in ("done", "cancelled")])
            if [self.looks.itemText(each) for each in range(self.looks.count())] != list(found.looks):
                self.looks.clear()
                self.looks.addItems(list(found.looks))

    def _wanted_frame(self) -> tuple[str, tuple[str, ...]] | None:
        if not self.form.frame.isChecked() or not self.isVisible():
            return None
        return self.form.settings.ratio, runtime.snapshot().ratios

    def _follow(self) -> None:
        with runtime.turn("the frame"):
            self.frames.update()

    # ------------------------------------------------------------ what it does

    def order(self, *, all_views: bool) -> None:
        """Orders the view in front, or all views."""
        service, settings = runtime.service(), self.form.settings
        document = FreeCADGui.ActiveDocument
        if service is None or runtime.is_working() or document is None:
            return
        count = len(orders.views_of(document.Document)) if all_views else 1
        settings.problem = orders.refused(settings, count)
        if not settings.problem:

            def work() -> Any:
                yield from orders.order(service, settings, all_views=all_views)
                QtCore.QTimer.singleShot(0, self.refresh)  # the button is free after this turn

            runtime.run(work())
        self.refresh()

    def act(self, name: str, entry: Entry) -> None:
        """Does what was pressed in a row."""
        service = runtime.service()
        if service is None:
            return
        if name in ("cancel", "retry", "remove"):
            getattr(service, name)(entry.job)
        elif name in ("show", "compare"):
            self.show_result(entry.result, entry, compare=name == "compare")
        elif name == "use":
            self.form.take(entry.look)
        elif name == "place":
            orders.copy_to_place(
                service, entry, lambda path, document, _: self.copied.emit("place", path, document, entry)
            )
        else:
            settings = self.form.settings
            settings.problem = orders.refused(settings, 1)
            if not settings.problem and not service.again(entry.job, settings.look()):
                settings.problem = "The capture of this order does not fit this model. Press Render for a new one."
        self.refresh()

    def show_result(self, path: str, entry: Entry, *, compare: bool = False, to_front: bool = True) -> None:
        """Opens a result in the middle of the window."""
        viewer.show(entry.capture, path, f"Render of {entry.view}", compare=compare, to_front=to_front)

    def decide(self) -> None:
        """Shows what the server wants to be agreed to."""
        dialog = ConsentDialog(runtime.snapshot().consents, self)
        dialog.accepted.connect(lambda: self._agree(dialog.chosen))
        dialog.open()

    def use_look(self) -> None:
        """Takes the chosen look."""
        service = runtime.service()
        look = service.jobs.looks().get(self.looks.currentText()) if service else None
        if look:
            self.form.take(look)

    def save_look(self) -> None:
        """Asks for a name, and saves the look under it."""
        name, is_given = QtGui.QInputDialog.getText(self, "Save look", "Name of the look")
        if is_given and name.strip():
            self.keep_look(name.strip())

    def keep_look(self, name: str) -> None:
        """Saves the look under a name."""
        if service := runtime.service():
            service.save_look(name, self.form.settings.look())

    def remove_look(self) -> None:
        """Removes the chosen look."""
        if (service := runtime.service()) and self.looks.currentText():
            service.save_look(self.looks.currentText(), None)

    def _agree(self, names: list[str]) -> None:
        if service := runtime.service():
            service.agree(names)

    def _done(self, entry: Entry) -> None:
        service = runtime.service()
        if service is None:
            return

        def done(path: str, document: str, is_placed: bool) -> None:
            self.copied.emit("place and show" if is_placed else "show", path, document, entry)

        orders.copy_to_place(service, entry, done)

    def _copied(self, what: str, path: str, document: str, entry: Entry) -> None:
        """Shows a result that is beside its document now. Threads emit the signal, the main thread gets it."""
        try:
            if "place" in what:
                with runtime.host():
                    orders.place_in_document(path, document, png_size_of(path))
            if "show" in what:
                with runtime.turn("a result"):
                    self.show_result(path, entry, to_front=False)
        except CaptureError as error:
            self.form.settings.problem = str(error)
            self.refresh()
        except Exception as error:
            runtime.log().exception("the result could not be shown")
            self.form.settings.problem = sentence_of(error)
            self.refresh()

    def _new_server(self) -> None:
        if self.server.text().strip() != preferences.server():
            preferences.set_server(self.server.text())
            runtime.restart()

    def _new_results(self) -> None:
        if self.results.text().strip() != preferences.results_folder():
            preferences.set_results_folder(self.results.text())
            runtime.restart()

    def closeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Takes the frame away with the panel."""
        self.frames.remove()
        super().closeEvent(event)


def png_size_of(path: str) -> tuple[int, int]:
    """Returns the pixels of a result, whatever its format."""
    from pathlib import Path

    if found := png_size(Path(path)):
        return found
    size = QtGui.QImageReader(path).size()
    return max(size.width(), 1), max(size.height(), 1)


def _button(title: str, pressed: Callable[[], None]) -> Any:
    button = QtGui.QPushButton(title)
    button.clicked.connect(lambda *_: pressed())
    return button


def _open_log() -> None:
    QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(str(runtime.log_path())))


def show() -> Panel:
    """Opens the panel, in the dock at the right, and starts to work at the first time."""
    global _panel
    runtime.start()
    if _panel is None:
        window = FreeCADGui.getMainWindow()
        _panel = Panel(window)
        window.addDockWidget(QtCore.Qt.RightDockWidgetArea, _panel)
    _panel.show()
    _panel.raise_()
    return _panel
