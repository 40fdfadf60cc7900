"""The story of a user of a host with the panel: the steps that are the same everywhere, and how they are played."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from plugins.story.host import PlayedHost
from plugins.story.network import Network

DEMO: Final = ("demo@example.com", "Renderiq-demo-1")


class PanelStory:
    """The steps. What they find is in the report. Pictures go to ``folder``."""

    def __init__(self, host: PlayedHost, network: Network, folder: Path) -> None:
        self.host, self.network, self.folder = host, network, folder
        self.report: dict[str, Any] = {}

    def picture(self, name: str) -> None:
        """Keeps what the page looks like."""
        self.host.page.screenshot(self.folder / f"{name}.png", width=440, height=900)

    def play(self, steps: list[Callable[[], Any]]) -> bool:
        """Does the steps and writes down how each went. Returns whether all went well."""
        done = [self._step(each.__name__.replace("_", " "), each) for each in steps]
        self.host.quit()
        (self.folder / "report.json").write_text(json.dumps(self.report, indent=1), encoding="utf-8")
        return all(done)

    def opens(self) -> str:
        self.host.open_panel()
        self.host.sees("document.body.innerText.includes('Sign in')")
        self.picture("1-signed-out")
        return "the panel is there"

    def signs_in(self) -> str:
        self.host.click("Sign in")
        address = self.host.wait(lambda: self.host.opened and self.host.opened[0])
        self.host.sees("document.querySelector('.code')")
        self.picture("2-code")
        tab = self.host.page.another_tab()
        tab.open(address)
        for field, value in zip(("email", "password"), DEMO, strict=True):
            tab.evaluate(f"document.querySelector('[name={field}]').value = {json.dumps(value)}")
        tab.evaluate("document.querySelector('[name=password]').form.requestSubmit()")
        approve = "[...document.querySelectorAll('button')].find((each) => each.innerText.trim() === 'Approve')"
        tab.wait_for(f"Boolean({approve})", seconds=60)
        tab.evaluate(f"{approve}.click()")
        tab.wait_for(f"!{approve}", seconds=60)
        tab.close_tab()
        self.host.sees("/\\d/.test(document.querySelector('.balance')?.innerText || '')")
        return str(self.host.page.evaluate("document.querySelector('.balance').innerText"))

    def shows_styles(self) -> int:
        self.host.sees("document.querySelectorAll('.styles img').length > 20")
        self.host.sees(
            "[...document.querySelectorAll('.styles img')].slice(0, 4).every((each) => each.naturalWidth > 0)"
        )
        return int(self.host.page.evaluate("document.querySelectorAll('.styles img').length"))

    def captures(self) -> str:
        self.host.click("Capture")
        self.host.sees("document.querySelector('.frame img')?.naturalWidth > 0")
        self.host.sees("document.body.innerText.includes('Capture again')")
        self.picture("3-capture")
        return str(self.host.page.evaluate("document.querySelector('.frame img').naturalWidth"))

    def compares(self) -> str:
        self.host.click("History", within=".tabs")
        self.host.sees("document.querySelectorAll('.results li').length === 1")
        self.picture("4-history")
        self.host.click("Compare", within=".results")
        self.host.sees(
            "[...document.querySelectorAll('.compare img')].filter((each) => each.naturalWidth > 0).length === 2"
        )
        self.host.sees("document.getAnimations().length === 0")
        self.picture("5-compare")
        self.host.click("Close")
        return "before and after"

    def cancels(self) -> str:
        balance = self.host.page.evaluate("document.querySelector('.balance').innerText")
        self.host.order_view()
        self.host.click("Queue", within=".tabs")
        self.host.click("Cancel", within=".cards")
        self.host.wait(lambda: self.host.states()[0] in ("cancelled", "done"))
        self.picture("6-cancelled")
        return f"{self.host.states()[0]}, {balance} before"

    def goes_offline(self) -> str:
        self.host.switch_offline()
        self.host.sees("document.body.innerText.includes('offline')")
        self._three("7-offline")
        self.host.switch_offline()
        self.host.wait(lambda: self.host.states()[:3] == ["done"] * 3)
        return "three waited, three came back"

    def loses_the_network(self) -> str:
        self.network.unplug()
        self._three("8-unreachable", text="cannot be reached")
        self.network.plug()
        self.host.wait(lambda: self.host.states()[:3] == ["done"] * 3, 500)
        return "three waited, three came back"

    def has_no_secret_in_the_log(self) -> int:
        log = Path(self.host.report()["log"]).read_text("utf-8")
        assert DEMO[0] not in log
        assert "eyJ" not in log
        assert not re.search(r"\bERROR\b", log), log[-3000:]
        return len(log.splitlines())

    def signs_out(self) -> str:
        self.host.click("Settings", within=".tabs")
        self.picture("9-settings")
        self.host.click("Sign out")
        self.host.sees("document.body.innerText.includes('Sign in')")
        return "signed out"

    def ordered_views(self, many: int) -> list[dict[str, Any]]:
        """Orders all views, waits until all are done, and returns their orders. Keeps their pictures."""
        self.host.click("Render", within=".tabs")
        count = len(self.host.states())
        self.host.order_views()
        self.host.wait(lambda: len(self.host.states()) == count + many and set(self.host.states()[:many]) == {"done"})
        entries: list[dict[str, Any]] = self.host.report()["entries"][:many]
        for each in entries:
            shutil.copy2(each["result"], self.folder / f"view-{each['view'].replace(' ', '-')}.png")
        return entries

    def _three(self, name: str, text: str = "") -> None:
        count = len(self.host.states())
        for number in (1, 2, 3):
            self.host.order_view()
            self.host.wait(lambda number=number: len(self.host.states()) == count + number)
        self.host.wait(lambda: self.host.states()[:3] == ["waiting"] * 3)
        if text:
            self.host.sees(f"document.body.innerText.includes({json.dumps(text)})")
        self.host.click("Queue", within=".tabs")
        self.picture(name)

    def _step(self, name: str, work: Callable[[], Any]) -> bool:
        started = time.perf_counter()
        try:
            outcome: dict[str, Any] = {"ok": True, "found": work()}
        except Exception as error:
            outcome = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        outcome["seconds"] = round(time.perf_counter() - started, 1)
        self.report[name] = outcome
        found = outcome.get("found", outcome.get("error"))
        print("✓" if outcome["ok"] else "✗", name, found, outcome["seconds"], "s", flush=True)
        return bool(outcome["ok"])
