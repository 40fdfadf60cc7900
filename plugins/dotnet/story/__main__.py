"""``python -m plugins.dotnet.story [revit] [autocad]``: plays the story of a user against the local stack.

The host is the strict double of the tests, in a process of Mono with the built plugin; the panel is the real page in
Chromium; server, network and pictures are real. Screenshots, pictures and ``report.json`` go to
``.local/dotnet-story/<host>``.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
FOLDER: Final = ROOT / ".local" / "dotnet-story"
DEMO: Final = ("demo@example.com", "Renderiq-demo-1")
_GUIDES: Final = {"revit": ["image", "materialIdImage"], "autocad": ["image"]}
_VIEWS: Final = {"revit": 3, "autocad": 4}


class Story:
    """The steps, in their order."""

    def __init__(self, name: str, host: Any, plug: Any, folder: Path) -> None:
        self.name, self.host, self.plug, self.folder = name, host, plug, folder

    def picture(self, name: str) -> None:
        """Keeps what the page looks like."""
        self.host.page.screenshot(self.folder / f"{name}.png", width=440, height=900)

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

    def orders(self) -> str:
        self.host.click("Render", within=".order")
        self.host.wait(lambda: self.host.states() == ["done"])
        found = self.host.report()
        assert found["changes"] == "", found["changes"]
        entry = found["entries"][0]
        assert entry["files"] == _GUIDES[self.name], entry["files"]
        for path in Path(entry["folder"]).glob("*.png"):
            shutil.copy2(path, self.folder / f"sent-{path.name}")
        shutil.copy2(entry["result"], self.folder / "result.png")
        return f"{entry['view']} {entry['options']}"

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

    def places(self) -> str:
        self.host.click("Put into a view", within=".results")
        self.host.wait(lambda: self.host.report()["placed"])
        self.host.sees("document.body.innerText.includes('The picture is in the')")
        return str(self.host.report()["placed"])

    def cancels(self) -> str:
        balance = self.host.page.evaluate("document.querySelector('.balance').innerText")
        self.host.press("View")
        self.host.click("Queue", within=".tabs")
        self.host.click("Cancel", within=".cards")
        self.host.wait(lambda: self.host.states()[0] in ("cancelled", "done"))
        self.picture("6-cancelled")
        return f"{self.host.states()[0]}, {balance} before"

    def goes_offline(self) -> str:
        self.host.press("Offline")
        self.host.sees("document.body.innerText.includes('offline')")
        self._three("7-offline")
        self.host.press("Offline")
        self.host.wait(lambda: self.host.states()[:3] == ["done"] * 3)
        return "three waited, three came back"

    def loses_the_network(self) -> str:
        self.plug.unplug()
        self._three("8-unreachable", text="cannot be reached")
        self.plug.plug()
        self.host.wait(lambda: self.host.states()[:3] == ["done"] * 3, 500)
        return "three waited, three came back"

    def orders_all_views(self) -> str:
        self.host.click("Render", within=".tabs")
        count = len(self.host.states())
        self.host.press("Views")
        many = _VIEWS[self.name]
        self.host.wait(lambda: len(self.host.states()) == count + many and set(self.host.states()[:many]) == {"done"})
        found = self.host.report()
        entries = found["entries"][:many]
        assert len({each["seed"] for each in entries}) == 1
        assert found["changes"] == "", found["changes"]
        for each in entries:
            shutil.copy2(each["result"], self.folder / f"view-{each['view'].replace(' ', '-')}.png")
        return ", ".join(each["view"] for each in entries)

    def has_no_secret_in_the_log(self) -> int:
        log = Path(self.host.report()["log"]).read_text("utf-8")
        assert DEMO[0] not in log
        assert "eyJ" not in log
        assert " ERROR " not in log, log[-3000:]
        return len(log.splitlines())

    def signs_out(self) -> str:
        self.host.click("Settings", within=".tabs")
        self.picture("9-settings")
        self.host.click("Sign out")
        self.host.sees("document.body.innerText.includes('Sign in')")
        return "signed out"

    def _three(self, name: str, text: str = "") -> None:
        count = len(self.host.states())
        for number in (1, 2, 3):
            self.host.press("View")
            self.host.wait(lambda number=number: len(self.host.states()) == count + number)
        self.host.wait(lambda: self.host.states()[:3] == ["waiting"] * 3)
        if text:
            self.host.sees(f"document.body.innerText.includes({json.dumps(text)})")
        self.host.click("Queue", within=".tabs")
        self.picture(name)


def step(report: dict[str, Any], name: str, work: Callable[[], Any]) -> bool:
    """Does one step and writes down how it went."""
    started = time.perf_counter()
    try:
        outcome: dict[str, Any] = {"ok": True, "found": work()}
    except Exception as error:
        outcome = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    outcome["seconds"] = round(time.perf_counter() - started, 1)
    report[name] = outcome
    found = outcome.get("found", outcome.get("error"))
    print("✓" if outcome["ok"] else "✗", name, found, outcome["seconds"], "s", flush=True)
    return bool(outcome["ok"])


def play(name: str, url: str) -> bool:
    """Plays the story of a host. Returns whether everything was as it should be."""
    from plugins.blender.hosts.network import Network
    from plugins.dotnet.build import HOSTS, PAGE, SHARED, program
    from plugins.dotnet.story.host import PlayedHost
    from tests.support.chromium import browser

    host = HOSTS[name]
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "home"
    home.mkdir(parents=True)
    files = [SHARED / "story" / "Stdio.cs", *sorted((host.folder / "story").glob("*.cs"))]
    made = program(host, f"{host.assembly}.Played", files)
    report: dict[str, Any] = {}
    with browser() as page:
        plug = Network(url)
        played = PlayedHost(made, PAGE, plug.url, home, page, folder / "host.log")
        story = Story(name, played, plug, folder)
        steps = [
            story.opens, story.signs_in, story.shows_styles, story.captures, story.orders, story.compares, story.places,
            story.cancels, story.goes_offline, story.loses_the_network, story.orders_all_views,
            story.has_no_secret_in_the_log, story.signs_out,
        ]  # fmt: skip
        print(f"→ {name}")
        done = [step(report, each.__name__.replace("_", " "), each) for each in steps]
        played.quit()
    (folder / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return all(done)


def main() -> int:
    """Plays the stories. Returns the exit status."""
    from local.stack import Stack
    from plugins.dotnet.build import HOSTS, PAGE
    from tests.support.chromium import CHROMIUM

    missing = [] if shutil.which("mono") and shutil.which("mcs") else ["Mono"]
    missing += [] if CHROMIUM else ["Chromium"]
    missing += [] if PAGE.exists() else ["the panel (make panel-build)"]
    if missing:
        print(f"→ The stories were not played. They need {', '.join(missing)}")
        return 1
    limits = {"RateLimits": json.dumps({"unknown": 1000, "revit": 1000, "autocad": 1000})}
    with Stack(parameters=limits) as stack:
        outcomes = [play(name, stack.url) for name in sys.argv[1:] or HOSTS]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
