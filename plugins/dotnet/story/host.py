"""The process of Mono that plays Revit or AutoCAD, and Chromium that plays its WebView2."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from plugins.story.host import PlayedHost
from tests.support.chromium import Browser

_SHIM: Final = """
window.calls = [];
const listeners = [];
const webview = {
  postMessage(text) {
    if (typeof text !== "string") throw new TypeError("A message is a text.");
    window.calls.push(text);
  },
  addEventListener(type, listener) {
    if (type !== "message") throw new TypeError(type);
    listeners.push(listener);
  },
};
window.fromHost = (data) => listeners.forEach((listener) => listener({ data }));
Object.defineProperty(window, "chrome", { value: { webview } });
"""
"""WebView2's side of the messages: texts, in both directions."""


class DotNetHost(PlayedHost):
    """A running host with the plugin in it, which keeps its files in ``home``."""

    def __init__(self, program: Path, panel: Path, url: str, home: Path, page: Browser, log: Path) -> None:
        self._address = ""
        super().__init__(["mono", "--debug", str(program), str(panel), url, str(home)], page, log, shim=_SHIM)

    def open_panel(self) -> None:
        self._press("Panel")
        self.wait(lambda: self._address)
        self.page.open(self._address)

    def order_view(self) -> None:
        self._press("View")

    def order_views(self) -> None:
        self._press("Views")

    def switch_offline(self) -> None:
        self._press("Offline")

    def hear(self, said: Mapping[str, Any]) -> None:
        if "message" in said:
            self.page.evaluate(f"window.fromHost?.({json.dumps(said['message'])})")
        elif "page" in said:
            self._address = said["page"]

    def _press(self, button: str) -> None:
        """Presses a button of the ribbon."""
        self.tell("press", button)
