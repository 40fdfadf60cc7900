"""``python -m plugins.dotnet.story [revit] [autocad]``: plays the story of a user against the local stack.

The host is the strict double of the tests, in a process of Mono with the built plugin; the panel is the real page in
Chromium; server, network and pictures are real. Screenshots, pictures and ``report.json`` go to
``.local/dotnet-story/<host>``.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Final

from local.paths import ROOT
from local.stack import Stack
from plugins.dotnet.build import HOSTS, PAGE, SHARED, missing, program
from plugins.dotnet.story.host import DotNetHost
from plugins.story.network import Network
from plugins.story.panel import PanelStory
from tests.support.chromium import CHROMIUM, browser

FOLDER: Final = ROOT / ".local" / "dotnet-story"
_GUIDES: Final = {"revit": ["image", "materialIdImage"], "autocad": ["image"]}
_VIEWS: Final = {"revit": 3, "autocad": 4}


class Story(PanelStory):
    """What Revit and AutoCAD have of their own."""

    def __init__(self, name: str, host: DotNetHost, network: Network, folder: Path) -> None:
        super().__init__(host, network, folder)
        self.name = name

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

    def places(self) -> str:
        self.host.click("Put into a view", within=".results")
        self.host.wait(lambda: self.host.report()["placed"])
        self.host.sees("document.body.innerText.includes('The picture is in the')")
        return str(self.host.report()["placed"])

    def orders_all_views(self) -> str:
        entries = self.ordered_views(_VIEWS[self.name])
        assert len({each["seed"] for each in entries}) == 1
        assert self.host.report()["changes"] == ""
        return ", ".join(each["view"] for each in entries)


def play(name: str, url: str) -> bool:
    """Plays the story of a host. Returns whether everything was as it should be."""
    host = HOSTS[name]
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "home"
    home.mkdir(parents=True)
    files = [SHARED / "story" / "Stdio.cs", *sorted((host.folder / "story").glob("*.cs"))]
    made = program(host, f"{host.assembly}.Played", files)
    print(f"→ {name}")
    with browser() as page:
        network = Network(url)
        story = Story(name, DotNetHost(made, PAGE, network.url, home, page, folder / "host.log"), network, folder)
        steps = [
            story.opens, story.signs_in, story.shows_styles, story.captures, story.orders, story.compares, story.places,
            story.cancels, story.goes_offline, story.loses_the_network, story.orders_all_views,
            story.has_no_secret_in_the_log, story.signs_out,
        ]  # fmt: skip
        return story.play(steps)


def main() -> int:
    """Plays the stories. Returns the exit status."""
    lacks = [each for each in (missing(), "" if CHROMIUM else "Chromium", "" if PAGE.exists() else "the panel") if each]
    if lacks:
        print(f"→ The stories were not played. They need {', '.join(lacks)}")
        return 1
    limits = {"RateLimits": json.dumps({"unknown": 1000, "revit": 1000, "autocad": 1000})}
    with Stack(parameters=limits) as stack:
        outcomes = [play(name, stack.url) for name in sys.argv[1:] or HOSTS]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
