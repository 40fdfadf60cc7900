"""The part of the panel about server, sign-in, network and versions, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide import QtCore, QtGui

from . import preferences, runtime
from .shared.shown import version_notice, who
from .shared.snapshot import Snapshot


class Account(QtGui.QWidget):
    """Shows who is signed in. ``decide`` opens the consents."""

    def __init__(self, decide: Callable[[], None]) -> None:
        super().__init__()
        layout = QtGui.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.text = _label()
        self.sign_in = _button("Sign in", lambda: _service(lambda found: found.sign_in()))
        self.page = _button("Open the page again", self._open_page)
        self.give_up = _button("Cancel", lambda: _service(lambda found: found.cancel_sign_in()))
        self.sign_out = _button("Sign out", lambda: _service(lambda found: found.sign_out()))
        self.online = QtGui.QCheckBox("Online")
        self.online.setToolTip("While it is off, nothing is sent or read. Orders wait on this computer")
        self.online.setChecked(preferences.is_online())
        self.online.toggled.connect(self._switch)
        self.problem = _label()
        self.resume = _button("Resume", lambda: _service(lambda found: found.resume()))
        self.decide = _button("Read and decide", decide)
        self.download = _button("Download", self._open_download)
        row = QtGui.QHBoxLayout()
        for each in (self.sign_in, self.page, self.give_up, self.sign_out):
            row.addWidget(each)
        row.addStretch()
        row.addWidget(self.online)
        more = QtGui.QHBoxLayout()
        for each in (self.resume, self.decide, self.download):
            more.addWidget(each)
        more.addStretch()
        for each in (self.text, row, self.problem, more):
            layout.addLayout(each) if isinstance(each, QtGui.QLayout) else layout.addWidget(each)

    def show_snapshot(self, found: Snapshot, problem: str) -> None:
        """Shows what is new. ``problem`` is a sentence about the last capture, or empty."""
        self.text.setText(who(found))
        asks = found.is_signing_in
        self.sign_in.setVisible(not asks and not found.is_signed_in)
        self.sign_out.setVisible(not asks and found.is_signed_in)
        self.page.setVisible(asks and found.device is not None)
        self.give_up.setVisible(asks)
        self.online.blockSignals(True)
        self.online.setChecked(preferences.is_online())
        self.online.blockSignals(False)
        sentences = [each for each in (version_notice(found), problem, found.paused, found.problem) if each]
        if not found.is_online:
            sentences.insert(0, "Offline. Orders are kept on this computer and are sent when Online is checked.")
        self.problem.setText("\n".join(dict.fromkeys(sentences)))
        self.problem.setVisible(bool(sentences))
        self.resume.setVisible(bool(found.paused))
        self.decide.setVisible(bool(found.consents))
        self.download.setVisible(bool(found.update and found.download_url))

    def _switch(self, is_allowed: bool) -> None:
        preferences.set_online(is_allowed)
        runtime.look()

    def _open_page(self) -> None:
        if device := runtime.snapshot().device:
            QtGui.QDesktopServices.openUrl(QtCore.QUrl(device.complete_url))

    def _open_download(self) -> None:
        QtGui.QDesktopServices.openUrl(QtCore.QUrl(runtime.snapshot().download_url))


def _label() -> Any:
    label = QtGui.QLabel()
    label.setWordWrap(True)
    label.setTextFormat(QtCore.Qt.PlainText)
    label.setTextInteractionFlags(QtCore.Qt.TextSelectableByMouse)
    return label


def _button(title: str, pressed: Callable[[], None]) -> Any:
    button = QtGui.QPushButton(title)
    button.clicked.connect(lambda *_: pressed())
    return button


def _service(work: Callable[[Any], None]) -> None:
    if found := runtime.service():
        work(found)
