"""What the server wants to be agreed to, in its own words, with one box for each."""

from __future__ import annotations

from typing import Any

from PySide import QtCore, QtGui

from .shared.snapshot import Consent


class ConsentDialog(QtGui.QDialog):
    """Shows the consents. ``chosen`` are the names of those whose box was checked."""

    def __init__(self, consents: tuple[Consent, ...], parent: Any) -> None:
        super().__init__(parent)
        self.setObjectName("RenderiqConsents")
        self.setWindowTitle("Read and decide")
        self.resize(520, 420)
        self.boxes: dict[str, Any] = {}
        inside = QtGui.QWidget()
        column = QtGui.QVBoxLayout(inside)
        for each in consents:
            title = QtGui.QLabel(f"{each.title} (version {each.version})")
            font = title.font()
            font.setBold(True)
            title.setFont(font)
            text = QtGui.QLabel("\n\n".join(filter(None, (each.text, each.sentence_of_recipients()))))
            for label in (title, text):
                label.setWordWrap(True)
                label.setTextFormat(QtCore.Qt.PlainText)
            text.setTextInteractionFlags(QtCore.Qt.TextSelectableByMouse)
            box = QtGui.QCheckBox(f"I agree: {each.title}")
            box.toggled.connect(self._changed)
            self.boxes[each.name] = box
            for widget in (title, text, box):
                column.addWidget(widget)
        column.addStretch()
        scroll = QtGui.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        buttons = QtGui.QDialogButtonBox()
        self.agree = buttons.addButton("Agree to what is checked", QtGui.QDialogButtonBox.AcceptRole)
        buttons.addButton("Not now", QtGui.QDialogButtonBox.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QtGui.QVBoxLayout(self)
        layout.addWidget(scroll)
        layout.addWidget(buttons)
        self._changed()

    @property
    def chosen(self) -> list[str]:
        """The names of the consents whose box is checked."""
        return [name for name, box in self.boxes.items() if box.isChecked()]

    def _changed(self) -> None:
        self.agree.setEnabled(bool(self.chosen))
