"""The process that plays SketchUp, and Chromium that plays its dialog."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from plugins.story.host import PlayedHost
from tests.support.chromium import Browser

_PROGRAM: Final = Path(__file__).resolve().parent / "sketchup.rb"
_SHIM: Final = "window.calls = []; window.sketchup = { renderiq: (text) => { window.calls.push(text); } };"


class SketchUp(PlayedHost):
    """A running SketchUp with the extension of ``folder``, which keeps its files in ``home``."""

    def __init__(self, folder: Path, url: str, home: Path, page: Browser, log: Path) -> None:
        command = ["ruby", "-w", str(_PROGRAM), str(folder), url, str(home)]
        super().__init__(command, page, log, shim=_SHIM, environment={"RUBYOPT": ""})
        self._address = (folder / "renderiq_sketchup" / "page" / "panel.html").as_uri()

    def open_panel(self) -> None:
        self._menu("Renderiq")
        self.page.open(self._address)

    def order_view(self) -> None:
        self._menu("Render View")

    def order_views(self) -> None:
        self._menu("Render Scenes")

    def switch_offline(self) -> None:
        self._menu("Work Offline")

    def hear(self, said: Mapping[str, Any]) -> None:
        if "script" in said:
            self.page.evaluate(said["script"])

    def _menu(self, title: str) -> None:
        self.tell("menu", title)
