"""A host in a process of its own, and Chromium that plays the window of its panel with the real page."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.support.chromium import Browser

SECONDS: Final = 240.0


class PlayedHost:
    """A running host with the plugin in it. Both sides say JSON objects, one a line.

    ``shim`` is a script that gives the page the host's side of its messages: it puts what the page says into
    ``window.calls``. A subclass knows the commands of its host, and what else it says (``hear``).
    """

    def __init__(
        self,
        command: Sequence[str],
        page: Browser,
        log: Path,
        *,
        shim: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.page = page
        self.opened: list[str] = []
        self._reports: list[dict[str, Any]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._errors = log.open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()
        page._send("Page.addScriptToEvaluateOnNewDocument", source=shim)

    def open_panel(self) -> None:
        """Opens the panel as a user does, and its page in Chromium."""
        raise NotImplementedError

    def order_view(self) -> None:
        """Orders a render of the view in front, without the panel."""
        raise NotImplementedError

    def order_views(self) -> None:
        """Orders renders of all views, without the panel."""
        raise NotImplementedError

    def switch_offline(self) -> None:
        """Switches working offline on, and off again the next time."""
        raise NotImplementedError

    def hear(self, said: Mapping[str, Any]) -> None:
        """Takes what only this host says."""
        raise NotImplementedError

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
        self.tell("report", None)
        self.wait(lambda: len(self._reports) > count)
        return self._reports[-1]

    def states(self) -> list[str]:
        """Returns the states of all orders, the newest first."""
        return [each["state"] for each in self.report()["entries"]]

    def quit(self) -> None:
        """Ends the host."""
        try:
            self.tell("quit", None)
            self._process.wait(timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
        self._errors.close()

    def tell(self, name: str, argument: Any) -> None:
        """Says something to the host."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({name: argument}) + "\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)

    def _carry(self) -> None:
        for text in self.page.evaluate("window.calls ? window.calls.splice(0) : []") or []:
            self.tell("call", text)
        try:
            line = self._lines.get(timeout=0.03)
        except queue.Empty:
            if self._process.poll() is not None:
                raise RuntimeError("the host has ended") from None
            return
        said = json.loads(line)
        if "opened" in said:
            self.opened.append(said["opened"])
        elif "report" in said:
            self._reports.append(said["report"])
        else:
            self.hear(said)
