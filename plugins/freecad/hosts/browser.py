"""A Chromium that approves a sign-in code as the user would, on the page of the server. Standard library alone.

Chromium is driven through its DevTools protocol over two pipes: https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

DEMO = ("demo@example.com", "Renderiq-demo-1")


class Browser:
    """One page of a Chromium without a window."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="renderiq-chromium-")
        there, self._write = os.pipe()
        self._read, back = os.pipe()
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec chromium --headless=new --no-sandbox --disable-gpu --remote-debugging-pipe '
             f'--user-data-dir="{self._folder.name}" about:blank 3<&{there} 4>&{back}'],
            pass_fds=(there, back), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(there)
        os.close(back)
        self._buffer, self._number, self._session = b"", 0, ""
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(each for each in targets if each["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self.call("Page.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a command and returns its result. Raises ``RuntimeError`` if Chromium refuses it."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._read, 65536)
            if not data:
                raise RuntimeError("Chromium has ended")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(line))

    def run(self, script: str) -> Any:
        """Runs a script in the page and returns its value."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait(self, script: str, seconds: float = 60) -> None:
        """Waits until a script gives true. A page that is loading is asked again."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(RuntimeError):
                if self.run(script):
                    return
            time.sleep(0.1)
        raise TimeoutError(f"{script}: {self.run('document.body.innerText')}")

    def shoot(self, path: Path) -> None:
        """Writes a picture of the page."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self) -> None:
        """Ends Chromium."""
        with suppress(RuntimeError, OSError):
            self._session = ""
            self.call("Browser.close")
        self._process.wait(30)
        self._folder.cleanup()


def approve(complete_url: str, folder: Path) -> None:
    """Signs the demo user in on the page of a code, and approves it. Writes pictures of the pages."""
    browser = Browser()
    try:
        browser.call("Page.navigate", url=complete_url)
        browser.wait("!!document.querySelector('input[name=password]')")
        for name, value in zip(("email", "password"), DEMO):
            browser.run(f"document.querySelector('input[name={name}]').value = {json.dumps(value)}")
        browser.shoot(folder / "chromium-1-sign-in.png")
        browser.run("document.querySelector('form button, form input[type=submit]').click()")
        browser.wait("!!document.querySelector('[name=decision][value=approve]')")
        browser.shoot(folder / "chromium-2-approve.png")
        browser.run("document.querySelector('[name=decision][value=approve]').click()")
        browser.wait("!document.querySelector('[name=decision]') && document.readyState == 'complete'")
        browser.shoot(folder / "chromium-3-approved.png")
    finally:
        browser.close()
