"""Chromium without a window, driven by the keyboard over the DevTools protocol. It needs no driver and no library."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

CHROMIUM: Final = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
_KEYS: Final = {"Tab": (9, ""), "Enter": (13, "\r")}
_START: Final = (
    "import os, sys; [os.dup2(int(sys.argv[n]), n + 2) for n in (1, 2)]; os.execv(sys.argv[3], sys.argv[3:])"
)
"""Chromium reads from descriptor 3 and writes to 4."""


class Browser:
    """One tab. ``violations`` are what the page's Content-Security-Policy has stopped, and other errors."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._session: dict[str, str] = {}
        self.violations: list[str] = connection.violations
        self._target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def another_tab(self) -> Browser:
        """Opens another tab of the same browser."""
        return Browser(self._connection)

    def close_tab(self) -> None:
        """Closes this tab."""
        self._session = {}
        self._send("Target.closeTarget", targetId=self._target)

    def open(self, url: str) -> None:
        """Opens a page and waits until it is there."""
        self._send("Page.navigate", url=url)
        self.wait_for(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def evaluate(self, expression: str) -> Any:
        """Returns the value of an expression in the page."""
        result = self._send("Runtime.evaluate", expression=expression, returnByValue=True)["result"]
        return result.get("value")

    def result(self, expression: str) -> Any:
        """Returns what a promise in the page resolves to. Raises ``AssertionError`` if it is rejected."""
        answer = self._send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, condition: str, *, seconds: float = 15) -> None:
        """Waits until an expression is true. Raises ``AssertionError`` if the time is up."""
        until = time.monotonic() + seconds
        while not self.evaluate(condition):
            assert time.monotonic() < until, f"{condition} is not true of: {self.text}"
            time.sleep(0.05)

    @property
    def text(self) -> str:
        """The text of the page."""
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def type(self, text: str) -> None:
        """Types into the field that has the focus."""
        self._send("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Presses a key."""
        code, text = _KEYS[key]
        event = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self._send("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self._send("Input.dispatchKeyEvent", type="keyUp", **event)

    def screenshot(self, file: Path, *, dark: bool = False, width: int = 480, height: int = 640) -> None:
        """Saves the page as PNG, with the user's preference for dark or light colours."""
        self.prefer(dark=dark)
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        file.write_bytes(base64.b64decode(self._send("Page.captureScreenshot", format="png")["data"]))

    def prefer(self, *, dark: bool) -> None:
        """Sets the user's preference for dark or light colours."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._send("Emulation.setEmulatedMedia", features=[scheme])

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        return self._connection.send({"method": method, "params": params, **self._session})


class _Connection:
    """The DevTools protocol over two pipes."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read, self._buffer, self._number = write, read, b"", 0
        self.violations: list[str] = []

    def send(self, message: dict[str, Any]) -> dict[str, Any]:
        """Returns the result of a command."""
        self._number += 1
        os.write(self._write, json.dumps({"id": self._number, **message}).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("method") == "Log.entryAdded":
                self.violations.append(answer["params"]["entry"]["text"])
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._read, 1 << 16)
            assert data, "Chromium has ended"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed


@contextmanager
def browser(profile: Path | None = None, *more: str) -> Iterator[Browser]:
    """Starts Chromium, with an empty profile unless one is given, and with more options. It is killed in the end."""
    assert CHROMIUM
    to_chromium, write = os.pipe()
    read, from_chromium = os.pipe()
    with TemporaryDirectory(prefix="renderiq-chromium-", ignore_cleanup_errors=True) as empty:
        options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe")
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", _START, str(to_chromium), str(from_chromium)),
                *(CHROMIUM, *options, *more, f"--user-data-dir={profile or empty}"),
            ],
            pass_fds=[to_chromium, from_chromium],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_chromium)
        os.close(from_chromium)
        try:
            yield Browser(_Connection(write, read))
        finally:
            process.kill()
            process.wait()
            os.close(write)
            os.close(read)
