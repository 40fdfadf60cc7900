"""``python -m plugins.sketchup.story``: plays the story of a user of SketchUp against the local stack.

SketchUp is the strict double of the tests, in a process of Ruby; the panel is the real page in Chromium; server,
network and pictures are real. Screenshots, pictures and ``report.json`` go to ``.local/sketchup-story``.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from typing import Final

from local.paths import ROOT
from local.stack import Stack
from plugins.sketchup.build import PANEL, build
from plugins.sketchup.story.host import SketchUp
from plugins.story.network import Network
from plugins.story.panel import PanelStory
from tests.support.chromium import CHROMIUM, browser

FOLDER: Final = ROOT / ".local" / "sketchup-story"


class Story(PanelStory):
    """What is SketchUp's own."""

    def orders(self) -> str:
        self.host.click("Render", within=".order")
        self.host.wait(lambda: self.host.states() == ["done"])
        found = self.host.report()
        assert found["changed"] == [], found["changed"]
        assert found["files"] == [["image", "material_id_image", "depth_image"]], found["files"]
        shutil.copy2(found["entries"][0]["result"], self.folder / "result.png")
        return str(found["entries"][0]["look"])

    def places(self) -> str:
        self.host.click("Put into the scene", within=".results")
        self.host.wait(lambda: len(self.host.report()["pages"]) == 4)
        self.host.sees("document.body.innerText.includes('The picture is in the scene')")
        return str(self.host.report()["pages"][-1])

    def orders_all_scenes(self) -> str:
        entries = self.ordered_views(3)
        assert len({each["look"]["seed"] for each in entries}) == 1
        return ", ".join(each["view"] for each in entries)

    def never_stalls(self) -> str:
        found = self.host.report()
        assert found["longest"] < 0.05, (found["longest"], found["name"])
        return f"longest turn {found['longest'] * 1000:.1f} ms: {found['name']}"


def main() -> int:
    """Plays the story. Returns the exit status."""
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
        network = Network(stack.url)
        host = SketchUp(FOLDER / "extension", network.url, home, page, FOLDER / "sketchup.log")
        story = Story(host, network, FOLDER)
        steps = [
            story.opens, story.signs_in, story.shows_styles, story.captures, story.orders, story.compares, story.places,
            story.cancels, story.goes_offline, story.loses_the_network, story.orders_all_scenes, story.never_stalls,
            story.has_no_secret_in_the_log, story.signs_out,
        ]  # fmt: skip
        return 0 if story.play(steps) else 1


if __name__ == "__main__":
    sys.exit(main())
