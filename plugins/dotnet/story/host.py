"""The process that plays a host, and Chromium that plays its WebView2 with the real page."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.support.chromium import Browser

SECONDS: Final = 240.0
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


class PlayedHost:
    """A running host with the plugin in it, which keeps its files in ``home``."""

    def __init__(self, program: Path, panel: Path, url: str, home: Path, page: Browser, log: Path) -> None:
        self.page = page
        self.opened: list[str] = []
        self._reports: list[dict[str, Any]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._errors = log.open("w", encoding="utf-8")
        self._address = ""
        self._process = subprocess.Popen(
            ["mono", "--debug", str(program), str(panel), url, str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()
        page._send("Page.addScriptToEvaluateOnNewDocument", source=_SHIM)

    def press(self, button: str) -> None:
        """Presses a button of the ribbon."""
        self._tell("press", button)

    def open_panel(self) -> None:
        """Opens the panel by its button, and its page in Chromium."""
        self.press("Panel")
        self.wait(lambda: self._address)
        self.page.open(self._address)

    def wait(self, condition: Callable[[], Any], seconds: float = SECONDS) -> Any:
        """Carries messages between page and host until a condition holds. Returns its value."""
        until = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > until:
                raise TimeoutError(f"not so after {seconds} s; the page says: {self.page.text}")
            self._carry()
        return found

    def sees(self, expression: str, seconds: float = SECONDS) -> None:
        """Waits until an expression is true in the page."""
        self.wait(lambda: self.page.evaluate(f"Boolean({expression})"), seconds)

    def click(self, name: str, *, within: str = "body") -> None:
        """Clicks the button of this name, as soon as it is there."""
        found = (
            f"[...document.querySelectorAll({json.dumps(within)} + ' button')].find((each) => "
            f"(each.getAttribute('aria-label') || each.textContent).trim().startsWith({json.dumps(name)}) "
            "&& each.getAttribute('aria-disabled') !== 'true' && !each.disabled)"
        )
        self.sees(found)
        self.page.evaluate(f"{found}.click()")
        self._carry()

    def report(self) -> dict[str, Any]:
        """Returns what plugin and document are like now."""
        count = len(self._reports)
        self._tell("report", None)
        self.wait(lambda: len(self._reports) > count)
        return self._reports[-1]

    def states(self) -> list[str]:
        """Returns the states of all orders, the newest first."""
        return [each["state"] for each in self.report()["entries"]]

    def quit(self) -> None:
        """Ends the host."""
        try:
            self._tell("quit", None)
            self._process.wait(timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
        self._errors.close()

    def _tell(self, name: str, argument: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({name: argument}) + "\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)

    def _carry(self) -> None:
        for text in self.page.evaluate("window.calls ? window.calls.splice(0) : []") or []:
            self._tell("call", text)
        try:
            line = self._lines.get(timeout=0.03)
        except queue.Empty:
            if self._process.poll() is not None:
                raise RuntimeError("the host has ended") from None
            return
        said = json.loads(line)
        if "message" in said:
            self.page.evaluate(f"window.fromHost?.({json.dumps(said['message'])})")
        elif "opened" in said:
            self.opened.append(said["opened"])
        elif "page" in said:
            self._address = said["page"]
        elif "report" in said:
            self._reports.append(said["report"])
