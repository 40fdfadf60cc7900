"""The part of the window about sign-in, network and versions, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import Rhino

from . import preferences, runtime
from .shared.shown import version_notice, who
from .shared.snapshot import Snapshot
from .widgets import button, check, label, open_page, stack


class Account:
    """Shows who is signed in. ``decide`` opens the consents."""

    def __init__(self, decide: Callable[[], object]) -> None:
        self.text, self.problem = label(), label()
        self.sign_in = button("Sign in", lambda: _service(lambda found: found.sign_in()))
        self.page = button("Open the page again", self._open_page)
        self.give_up = button("Cancel", lambda: _service(lambda found: found.cancel_sign_in()))
        self.sign_out = button("Sign out", lambda: _service(lambda found: found.sign_out()))
        tip = "While it is off, nothing is sent or read. Orders wait on this computer"
        self.online = check("Online", bool(preferences.value("online")), self._switch)
        self.online.ToolTip = tip
        self.resume = button("Resume", lambda: _service(lambda found: found.resume()))
        self.decide = button("Read and decide", decide)
        self.download = button("Download", lambda: open_page(runtime.snapshot().download_url))
        self.control = stack(
            [
                self.text, stack([self.sign_in, self.page, self.give_up, self.sign_out, self.online], is_row=True),
                self.problem, stack([self.resume, self.decide, self.download], is_row=True),
            ]
        )  # fmt: skip

    def show_snapshot(self, found: Snapshot, problem: str) -> None:
        """Shows what is new. ``problem`` is a sentence about the last capture, or empty."""
        self.text.Text = who(found)
        asks = found.is_signing_in
        self.sign_in.Visible = not asks and not found.is_signed_in
        self.sign_out.Visible = not asks and found.is_signed_in
        self.page.Visible = asks and found.device is not None
        self.give_up.Visible = asks
        sentences = [
            each for each in (_offline(found), version_notice(found), problem, found.paused, found.problem) if each
        ]
        self.problem.Text = "\n".join(dict.fromkeys(sentences))
        self.problem.Visible = bool(sentences)
        self.resume.Visible = bool(found.paused)
        self.decide.Visible = bool(found.consents)
        self.download.Visible = bool(found.update and found.download_url)

    def _switch(self) -> None:
        preferences.keep("online", bool(self.online.Checked))
        runtime.look()

    def _open_page(self) -> None:
        if device := runtime.snapshot().device:
            open_page(device.complete_url)


def _offline(found: Snapshot) -> str:
    if found.is_online:
        return ""
    if not Rhino.RhinoApp.IsInternetAccessAllowed:
        return "Rhino does not allow internet access. Orders are kept on this computer and are sent when it does."
    return "Offline. Orders are kept on this computer and are sent when Online is checked."


def _service(work: Callable[[Any], object]) -> None:
    if found := runtime.service():
        work(found)
