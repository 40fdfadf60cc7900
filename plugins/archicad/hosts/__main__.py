"""``python -m plugins.archicad.hosts``: plays the story of a user with the built companion, Chromium and a local stack.

ArchiCAD is the strict double of the tests. Report and screenshots go to ``.local/archicad-host``. ``IFC=<file>`` is what
the double saves as the model; with it and ``make cycles`` the path tracer is in the story.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "plugins" / "archicad" / "tests")]

from fake_archicad import FakeArchicad
from plugins.archicad.hosts.panel import Panel
from plugins.archicad.hosts.process import Companion
from plugins.freecad.hosts.browser import DEMO, approve
from plugins.story.network import Network

FOLDER = ROOT / ".local" / "archicad-host"
DATA = ROOT / "tests" / "data"
CARDS = "[...document.querySelectorAll('.cards:not(.results) > li')]"
RESULTS = "document.querySelectorAll('.results > li').length"
WATCH = (  # a state may be on the page for a moment only
    "window.seen = new Set(); new MutationObserver(() => document.querySelectorAll('.cards > li')"
    ".forEach((e) => window.seen.add(e.className))).observe(document.body, {subtree: true, childList: true, attributes: true})"
    "; 0"
)
PROMPT = "a quiet evening with warm windows"


class Story:
    """One user. Each step is in ``steps`` when it was seen to be true."""

    def __init__(self, companion: Companion, network: Network, panel: Panel) -> None:
        self.companion, self.network, self.panel = companion, network, panel
        self.steps: list[str] = []

    def seen(self, step: str, is_true: bool = True) -> None:
        if not is_true:
            raise AssertionError(f"{step}: {self.panel.text()}")
        self.steps.append(step)
        print(f"  ✓ {step}", file=sys.stderr, flush=True)

    def play(self, with_model: bool) -> None:
        self.sign_in()
        self.order()
        self.cancel()
        self.offline()
        self.killed()
        if with_model:
            self.model()
        self.ends()

    def sign_in(self) -> None:
        panel = self.panel
        panel.press("Sign in")
        panel.wait("document.querySelector('.code')")
        panel.shoot("1-code")
        approve(self.companion.wait_for("browser", 1)[-1], FOLDER)
        panel.wait(f"document.body.innerText.includes({json.dumps(DEMO[0])}) || !document.querySelector('.sign-in')")
        self.seen("signed in by a code that was approved in Chromium")

    def order(self) -> None:
        panel = self.panel
        panel.press("Capture")
        panel.wait("document.querySelector('.frame img')?.naturalWidth > 0")
        self.seen("Capture had ArchiCAD publish the set, and the view is shown")
        panel.wait("document.querySelector('.cost')?.innerText.match(/[0-9]/)")
        panel.run(
            "(() => { const e = document.querySelector('textarea');"
            " Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(e, "
            f"{json.dumps(PROMPT)}); e.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
        )
        panel.shoot("2-capture")
        panel.run(WATCH)
        panel.order()
        panel.section("queue")
        panel.wait(f"{CARDS}.length || window.seen.size")
        panel.shoot("3-queue")
        panel.wait("window.seen.has('ordered') || window.seen.has('rendering')")
        self.seen("the queue showed its progress")
        panel.section("history")
        panel.wait(f"{RESULTS} === 1")
        panel.wait("document.querySelector('.results img')?.naturalWidth > 0")
        panel.wait("!document.querySelector('.message p')")
        panel.shoot("4-history")
        opened = self.companion.wait_for("xdg-open", 1)[-1]
        self.seen("the result is beside the published view", Path(opened).parent == self.companion.views / "Renderiq")
        self.seen("the result was opened in the system's viewer", Path(opened).stat().st_size > 10_000)
        panel.press("Compare")
        panel.wait("[...document.querySelectorAll('dialog img')].every((e) => e.naturalWidth > 0)")
        panel.shoot("5-compare")
        panel.run("document.querySelector('dialog').close()")
        self.seen("before and after are shown")

    def cancel(self) -> None:
        panel = self.panel
        panel.section("render")
        panel.order()
        panel.section("queue")
        panel.press("Cancel")
        panel.wait("document.querySelector('.cards > li.cancelled')")
        panel.shoot("6-cancelled")
        self.seen("an order was cancelled")
        panel.press("Remove")
        panel.wait(f"{CARDS}.length === 0")

    def offline(self) -> None:
        panel = self.panel
        self._switch(offline=True)
        self._order_all()
        panel.wait(f"{CARDS}.length === 3")
        panel.wait(f"{CARDS}.every((e) => e.classList.contains('waiting'))")
        panel.shoot("8-offline")
        self.seen("offline, three orders of all views wait")
        self._switch(offline=False)
        panel.section("history")
        panel.wait(f"{RESULTS} === 4", 240)
        panel.shoot("9-history")
        self.seen("online again, three came back")

    def killed(self) -> None:
        panel = self.panel
        self.network.unplug()
        self._order_all()
        panel.wait(f"{CARDS}.length === 3")
        self.companion.process.kill()
        self.companion.process.wait(30)
        self.companion.start()
        panel.open(self.companion.address)
        panel.section("queue")
        panel.wait(f"{CARDS}.length === 3")
        self.seen("after kill -9 without a network, the three orders are there")
        self.network.plug()
        panel.section("history")
        panel.wait(f"{RESULTS} === 7", 400)
        self.seen("with the network back, three came back, none twice")

    def model(self) -> None:
        panel = self.panel
        panel.section("render")
        panel.press("Capture")
        panel.wait("document.querySelector('.frame img')?.naturalWidth > 0")
        panel.choose("cycles")
        panel.choose("standard")  # a path tracer needs its time for each pixel
        panel.order()
        panel.wait("document.querySelector('dialog .words')")
        panel.shoot("10-consent")
        panel.press("I agree")
        self.seen("a consent was agreed to in the server's words")
        panel.press("Decide later")  # the question about other companies, which no order has asked for
        panel.section("history")
        panel.wait(f"{RESULTS} === 8", 2400)
        panel.shoot("11-path-traced")
        self.seen("the model that ArchiCAD saved as IFC was rendered by the path tracer")

    def ends(self) -> None:
        self.seen("SIGTERM ends it with 0", self.companion.end(signal.SIGTERM) == 0)
        self.companion.start()
        self.seen("Ctrl-C ends it with 0", self.companion.end(signal.SIGINT) == 0)
        log = (self.companion.home / "renderiq" / "archicad" / "renderiq.log").read_text("utf-8")
        secret = self.companion.address.partition("#")[2]
        words = {"e-mail address": DEMO[0], "password": DEMO[1], "prompt": PROMPT, "secret": secret, "token": "eyJ"}
        for name, word in words.items():
            self.seen(f"the log has no {name}", word not in log)
        self.seen("nothing unexpected is in the log", not re.search(r"Traceback|unexpected", log))

    def _order_all(self) -> None:
        panel = self.panel
        panel.section("render")
        panel.wait("document.querySelectorAll('input[name=views]').length === 2")
        panel.run("document.querySelectorAll('input[name=views]')[1].click()")
        panel.wait("document.querySelectorAll('.views .checks input:checked').length === 3")
        panel.wait("document.querySelector('.cost')?.innerText.includes('30')")
        panel.wait("!document.querySelector('.message p')")
        panel.shoot("7-views")
        panel.order()
        panel.section("queue")

    def _switch(self, *, offline: bool) -> None:
        panel = self.panel
        panel.open(self.companion.settings)
        panel.wait("document.querySelector('[name=folder]').value")
        panel.run(f"document.querySelector('[name=is_offline]').checked = {json.dumps(offline)}")
        panel.shoot(f"settings-{'offline' if offline else 'online'}")
        panel.press("Save")
        panel.wait("document.getElementById('status').textContent === 'Saved.'")
        panel.open(self.companion.address)


def main() -> int:
    """Plays the story. Returns the exit status."""
    from local.stack import Stack, path_tracer_parameters
    from plugins.archicad.build import build

    if not shutil.which("chromium"):
        print("- Chromium is not here: apt-get install chromium")
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    ifc = os.environ.get("IFC", "")
    tracer = path_tracer_parameters() if ifc else {}
    limits = {"RateLimits": json.dumps({"unknown": 1000, "archicad": 1000})}
    clean, edges = ((DATA / f"viewport_{name}.png").read_bytes() for name in ("clean", "edges"))
    views = {"Street.png": clean, "Garden.png": edges, "Corner.png": clean}
    with ExitStack() as stack:
        fake = FakeArchicad({"Views": views}, ifc=Path(ifc).read_bytes() if ifc else b"")
        stack.callback(fake.close)
        server = stack.enter_context(Stack(parameters={**tracer, **limits}))
        network = Network(server.url)
        companion = Companion(build(ROOT / "dist"), FOLDER, network.url, fake.port)
        companion.start("--set", "Views")
        stack.callback(companion.remove)
        panel = Panel(companion.address, FOLDER)
        stack.callback(panel.browser.close)
        story, started, outcome = Story(companion, network, panel), time.monotonic(), "as it should be"
        try:
            story.play(bool(tracer))
        except Exception as error:
            outcome = f"{type(error).__name__}: {error}"
            panel.shoot("failed")
        report: dict[str, Any] = {
            "outcome": outcome,
            "seconds": round(time.monotonic() - started),
            "steps": story.steps,
        }
        (FOLDER / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False), "utf-8")
        print(json.dumps(report, indent=1, ensure_ascii=False))
        return 0 if outcome == "as it should be" else 1


if __name__ == "__main__":
    sys.exit(main())
