"""``python -m plugins.sketchup.story``: plays the story of a user of SketchUp against the local stack.

SketchUp is the strict double of the tests, in a process of Ruby; the panel is the real page in Chromium; server,
network and pictures are real. Screenshots, pictures and ``report.json`` go to ``.local/sketchup-story``.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
FOLDER: Final = ROOT / ".local" / "sketchup-story"
DEMO: Final = ("demo@example.com", "Renderiq-demo-1")
REPORT: Final[dict[str, Any]] = {"steps": {}}


class Story:
    """The steps, in their order."""

    def __init__(self, host: Any, plug: Any) -> None:
        self.host, self.plug = host, plug

    def picture(self, name: str) -> None:
        """Keeps what the page looks like."""
        self.host.page.screenshot(FOLDER / f"{name}.png", width=440, height=900)

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
        assert found["changed"] == [], found["changed"]
        assert found["files"] == [["image", "material_id_image", "depth_image"]], found["files"]
        shutil.copy2(found["entries"][0]["result"], FOLDER / "result.png")
        return str(found["entries"][0]["look"])

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
        self.host.click("Put into the scene", within=".results")
        self.host.wait(lambda: len(self.host.report()["pages"]) == 4)
        self.host.sees("document.body.innerText.includes('The picture is in the scene')")
        return str(self.host.report()["pages"][-1])

    def cancels(self) -> str:
        balance = self.host.page.evaluate("document.querySelector('.balance').innerText")
        self._again()
        self.host.click("Queue", within=".tabs")
        self.host.click("Cancel", within=".cards")
        self.host.wait(lambda: self.host.states()[0] in ("cancelled", "done"))
        self.picture("6-cancelled")
        return f"{self.host.states()[0]}, {balance} before"

    def goes_offline(self) -> str:
        self.host.menu("Work Offline")
        self.host.sees("document.body.innerText.includes('offline')")
        self._three("7-offline")
        self.host.menu("Work Offline")
        self.host.wait(lambda: self.host.states()[:3] == ["done"] * 3)
        return "three waited, three came back"

    def loses_the_network(self) -> str:
        self.plug.unplug()
        self._three("8-unreachable", text="cannot be reached")
        self.plug.plug()
        self.host.wait(lambda: self.host.states()[:3] == ["done"] * 3, 500)
        return "three waited, three came back"

    def orders_all_scenes(self) -> str:
        self.host.click("Render", within=".tabs")
        count = len(self.host.states())
        self.host.menu("Render Scenes")
        self.host.wait(lambda: len(self.host.states()) == count + 3 and set(self.host.states()[:3]) == {"done"})
        entries = self.host.report()["entries"][:3]
        assert len({each["look"]["seed"] for each in entries}) == 1
        for each in entries:
            shutil.copy2(each["result"], FOLDER / f"scene-{each['view'].replace(' ', '-')}.png")
        return ", ".join(each["view"] for each in entries)

    def never_stalls(self) -> str:
        found = self.host.report()
        assert found["longest"] < 0.05, (found["longest"], found["name"])
        return f"longest turn {found['longest'] * 1000:.1f} ms: {found['name']}"

    def has_no_secret_in_the_log(self) -> int:
        log = Path(self.host.report()["log"]).read_text("utf-8")
        assert DEMO[0] not in log
        assert "eyJ" not in log
        assert "ERROR" not in log, log[-3000:]
        return len(log.splitlines())

    def signs_out(self) -> str:
        self.host.click("Settings", within=".tabs")
        self.picture("9-settings")
        self.host.click("Sign out")
        self.host.sees("document.body.innerText.includes('Sign in')")
        return "signed out"

    def _again(self) -> None:
        self.host.menu("Render View")

    def _three(self, name: str, text: str = "") -> None:
        count = len(self.host.states())
        for number in (1, 2, 3):
            self._again()
            self.host.wait(lambda number=number: len(self.host.states()) == count + number)
        self.host.wait(lambda: self.host.states()[:3] == ["waiting"] * 3)
        if text:
            self.host.sees(f"document.body.innerText.includes({json.dumps(text)})")
        self.host.click("Queue", within=".tabs")
        self.picture(name)


def step(name: str, work: Callable[[], Any]) -> bool:
    """Does one step and writes down how it went."""
    started = time.perf_counter()
    try:
        outcome: dict[str, Any] = {"ok": True, "found": work()}
    except Exception as error:
        outcome = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    outcome["seconds"] = round(time.perf_counter() - started, 1)
    REPORT["steps"][name] = outcome
    found = outcome.get("found", outcome.get("error"))
    print("✓" if outcome["ok"] else "✗", name, found, outcome["seconds"], "s", flush=True)
    return bool(outcome["ok"])


def main() -> int:
    """Plays the story. Returns the exit status."""
    from local.stack import Stack
    from plugins.blender.hosts.network import Network
    from plugins.sketchup.build import PANEL, build
    from plugins.sketchup.story.host import SketchUp
    from tests.support.chromium import CHROMIUM, browser

    missing = [name for name in ("ruby",) if not shutil.which(name)] + ([] if CHROMIUM else ["chromium"])
    if missing or not (PANEL / "panel.html").exists():
        print(f"→ The story of SketchUp was not played. It needs {', '.join(missing) or 'the panel: npm'}")
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    home = FOLDER / "home"
    home.mkdir(parents=True)
    with zipfile.ZipFile(build(FOLDER)) as archive:
        archive.extractall(FOLDER / "extension")
    limits = {"RateLimits": json.dumps({"unknown": 1000, "sketchup": 1000})}
    with Stack(parameters=limits) as stack, browser() as page:
        plug = Network(stack.url)
        host = SketchUp(FOLDER / "extension", plug.url, home, page, FOLDER / "sketchup.log")
        story = Story(host, plug)
        steps = [
            story.opens, story.signs_in, story.shows_styles, story.captures, story.orders, story.compares, story.places,
            story.cancels, story.goes_offline, story.loses_the_network, story.orders_all_scenes, story.never_stalls,
            story.has_no_secret_in_the_log, story.signs_out,
        ]  # fmt: skip
        done = [step(each.__name__.replace("_", " "), each) for each in steps]
        host.quit()
    (FOLDER / "report.json").write_text(json.dumps(REPORT, indent=1), encoding="utf-8")
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
