"""Orders under way, and what was done: one row each, with what can be done with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide import QtCore, QtGui

from . import thumbnails
from .shared.sentences import state_words
from .shared.snapshot import PREPARING, Entry

_SHOWN = 12
_SIDE = 120
_BUTTONS = 3
"""More of them are in a menu: a dock is narrow."""
Action = Callable[[str, Entry], None]


class Rows(QtGui.QWidget):
    """The rows of a list. ``action`` gets what was pressed and the order; ``empty`` is shown without rows."""

    def __init__(self, action: Action, empty: str, *, is_history: bool) -> None:
        super().__init__()
        self._action, self._is_history = action, is_history
        self._layout = QtGui.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._empty = QtGui.QLabel(empty)
        self._more = QtGui.QLabel()
        self._layout.addWidget(self._empty)
        self._layout.addWidget(self._more)
        self._rows: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def show_entries(self, entries: list[Entry]) -> None:
        """Shows the newest ones. A row is only built anew if its order has changed."""
        shown = entries[:_SHOWN]
        wanted = {entry.job: self._key(entry) for entry in shown}
        for job, (key, row) in list(self._rows.items()):
            if wanted.get(job) != key:
                self._layout.removeWidget(row)
                row.hide()
                row.deleteLater()
                del self._rows[job]
        for place, entry in enumerate(shown):
            if entry.job not in self._rows:
                row = _Row(entry, self._action, is_history=self._is_history)
                self._rows[entry.job] = wanted[entry.job], row
                self._layout.insertWidget(place, row)
        self._empty.setVisible(not entries)
        self._more.setVisible(len(entries) > _SHOWN)
        self._more.setText(f"and {len(entries) - _SHOWN} more")

    def _key(self, entry: Entry) -> tuple[Any, ...]:
        picture = thumbnails.pixmap(entry.result or entry.capture, _SIDE) if self._is_history else None
        return entry.state, entry.reason, entry.next, entry.result, picture is not None


class _Row(QtGui.QFrame):
    def __init__(self, entry: Entry, action: Action, *, is_history: bool) -> None:
        super().__init__()
        self.setFrameShape(QtGui.QFrame.StyledPanel)
        self.setObjectName(f"RenderiqRow-{entry.job}")
        self._entry, self._action = entry, action
        layout = QtGui.QGridLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setColumnStretch(1, 1)
        line = 0
        picture = thumbnails.pixmap(entry.result or entry.capture, _SIDE) if is_history else None
        if picture is not None:
            image = QtGui.QLabel()
            image.setPixmap(picture)
            layout.addWidget(image, 0, 0, 3, 1, QtCore.Qt.AlignTop)
        when = time.strftime("%d %b %H:%M", time.localtime(entry.created))
        for text in [f"{entry.view}, {when}", *self._texts(entry, is_history=is_history)]:
            label = QtGui.QLabel(text)
            label.setWordWrap(True)
            label.setTextFormat(QtCore.Qt.PlainText)
            layout.addWidget(label, line, 1)
            line += 1
        buttons = QtGui.QHBoxLayout()
        listed = self._buttons(entry)
        menu = QtGui.QMenu(self)
        for place, (name, title, tip) in enumerate(listed):
            pressed = partial(self._pressed, name)
            if place < _BUTTONS:
                button = QtGui.QToolButton()
                button.setText(title)
                button.clicked.connect(pressed)
                buttons.addWidget(button)
            else:
                button = menu.addAction(title)
                button.triggered.connect(pressed)
            button.setToolTip(tip)
            button.setObjectName(f"Renderiq-{name}-{entry.job}")
        if len(listed) > _BUTTONS:
            more = QtGui.QToolButton()
            more.setText("More")
            more.setPopupMode(QtGui.QToolButton.InstantPopup)
            more.setMenu(menu)
            buttons.addWidget(more)
        buttons.addStretch()
        layout.addLayout(buttons, max(line, 3), 0, 1, 2)

    def _pressed(self, name: str, *_: Any) -> None:
        self._action(name, self._entry)

    @staticmethod
    def _texts(entry: Entry, *, is_history: bool) -> list[str]:
        look = entry.look
        if not is_history or entry.state == "cancelled":
            texts = [state_words(entry.state, entry.reason, entry.next)]
            return texts + ([entry.reason] if entry.reason else [])
        found = [f"{look.style or 'default style'}, {look.quality}, seed {look.seed}"]
        return found + ([look.prompt] if look.prompt else [])

    @staticmethod
    def _buttons(entry: Entry) -> list[tuple[str, str, str]]:
        remove = ("remove", "Remove", "Forget this order and its captures. Its result stays")
        again = [
            ("again", "Again with…", "Order from the same capture with the settings above"),
            ("use", "Use settings", "Take the settings of this order"),
        ]
        if entry.state == "done":
            shown = [
                ("show", "Show", "Open the result"),
                ("compare", "Compare", "Open the result beside its capture"),
            ]
            place = ("place", "Place in the document", "Put the result into the document as an image")
            return [*shown, *again, place, remove]
        if entry.state == "failed":
            return [("retry", "Retry", "Send it again"), again[1], remove]
        if entry.state == "cancelled":
            return [*again, remove]
        return [] if entry.state == PREPARING else [("cancel", "Cancel", "Cancel it; its credits are returned")]
