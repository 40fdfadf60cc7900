"""``python -m plugins.rhino.hosts``: plays the story of a user with the built installer, on a local stack.

Rhino is the strict double of the tests, whose captures a small rasterizer draws. Report and pictures go to
``.local/rhino-host``. With ``make cycles`` the path tracer is in the story.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "plugins" / "rhino" / "tests")]

import drawing_double
import eto_double
import models
import rhino_double
from local.stack import Stack, path_tracer_parameters
from plugins.blender.hosts.approve import DEMO, approve
from plugins.rhino.build import build
from plugins.rhino.hosts.outline import overlap
from plugins.story.network import Network

FOLDER = ROOT / ".local" / "rhino-host"
PROMPT = "a quiet evening with warm windows"


class Story:
    """One user. Each step is in ``steps`` when it was seen to be true."""

    def __init__(self, panel: Any, runtime: Any, network: Network) -> None:
        self.panel, self.runtime, self.network = panel, runtime, network
        self.steps: list[str] = []

    def seen(self, step: str, is_true: bool = True) -> None:
        entries = [(each.state, each.code, each.reason) for each in self.runtime.snapshot().entries]
        assert is_true, (step, entries, self.panel.form.settings.problem)
        self.steps.append(step)
        print(f"  ✓ {step}", flush=True)

    def turn(self) -> None:
        """One turn of Rhino's main thread."""
        if self.runtime._timer is not None and self.runtime._timer.is_running:
            self.runtime._timer.Elapsed.fire()
        eto_double.APPLICATION.pump()

    def wait(self, what: Callable[[], Any], seconds: float = 120) -> Any:
        until = time.monotonic() + seconds
        while not (found := what()):
            if time.monotonic() > until:
                self.seen("waited in vain", False)
            self.turn()
            time.sleep(0.01)
        return found

    def press(self, text: str) -> None:
        self.wait(lambda: self._has(text))
        eto_double.button(self.panel.window, text).press()

    def _has(self, text: str) -> bool:
        try:
            return bool(eto_double.button(self.panel.window, text).Enabled)
        except LookupError:
            return False

    def says(self, text: str) -> bool:
        return any(text in each for each in eto_double.texts(self.panel.window))

    def entries(self, *states: str) -> list[Any]:
        return [each for each in self.runtime.snapshot().entries if each.state in states]

    # ------------------------------------------------------------ the story

    def play(self, with_model: bool) -> None:
        self.sign_in()
        self.order()
        self.cancel()
        self.offline()
        self.rhino_offline()
        self.batch()
        self.again()
        self.restart()
        if with_model:
            self.model()
        self.ends()

    def sign_in(self) -> None:
        opened: list[str] = []
        self.runtime.service().open_url = opened.append
        self.press("Sign in")
        self.wait(lambda: opened and self.says("Approve this code"))
        self.seen("the window shows the code, and the browser got its page")
        approve(opened[0])
        self.wait(lambda: self.says(DEMO[0]) and self.says("credits"))
        self.seen("signed in; the window shows who, and the balance")

    def order(self) -> None:
        self.wait(lambda: len(self.runtime.snapshot().styles) > 5)
        form = self.panel.form
        form.prompt.Text = PROMPT
        form.style.control.SelectedIndex = 2
        form.wallpaper.Checked = True
        self.seen("a style and a prompt are chosen", bool(form.settings.style) and form.settings.prompt == PROMPT)
        self.press("Render")
        states: set[str] = set()

        def done() -> bool:
            states.update(each.state for each in self.runtime.snapshot().entries)
            return bool(self.entries("done"))

        self.wait(done)
        self.seen(f"the queue went through {', '.join(sorted(states))}", bool(states & {"ordered", "rendering"}))
        job = self.runtime.service().jobs.get(self.entries("done")[0].job)
        self.seen("depth and material ids were sent", {"depth_image", "material_id_image"} <= set(job.images))
        self.seen("materials were told by their names", set(job.options["materials"].values()) >= {"brick", "glass"})
        windows = len(eto_double.Form.shown)
        self.wait(lambda: len(eto_double.Form.shown) > windows or self._beside())
        self.wait(self._beside)
        self.wait(lambda: [each for each in eto_double.Form.shown if each.Title.startswith("Render of")])
        self.seen("the result is beside the model, and in a window of its own")
        viewport = rhino_double.RhinoDoc.ActiveDoc.Views.ActiveView.ActiveViewport
        self.wait(lambda: viewport._wallpaper)
        self.seen("and is the wallpaper, as it was asked for", viewport._wallpaper == str(self._beside()[0]))
        form.wallpaper.Checked = False
        shutil.copy(self._beside()[0], FOLDER / "result.webp")
        shutil.copy(self.runtime.service().jobs.folder(job.id) / "capture.png", FOLDER / "capture.png")
        for name in ("depth.png", "ids.png"):
            shutil.copy(self.runtime.service().jobs.folder(job.id) / name, FOLDER / name)
        self.press("Compare")
        self.seen("before and after are shown", len(eto_double.Form.shown) >= 3)

    def _beside(self) -> list[Path]:
        return sorted((FOLDER / "model").glob("House-*"))

    def cancel(self) -> None:
        self.network.unplug()
        self.press("Render")
        self.wait(lambda: self.entries("waiting", "uploading"))
        self.press("Cancel")
        self.wait(lambda: self.entries("cancelled"))
        self.seen("an order was cancelled")
        self.network.plug()
        self.press("Remove")

    def offline(self) -> None:
        done = len(self.entries("done"))
        self.network.unplug()
        for count in range(3):
            self.press("Render")
            self.wait(lambda count=count: len(self.entries("waiting")) == count + 1)
        self.seen("the network is gone: three orders wait")
        self.network.plug()
        self.wait(lambda: len(self.entries("done")) == done + 3, 300)
        self.seen("the network is back: three results came")

    def rhino_offline(self) -> None:
        done = len(self.entries("done"))
        rhino_double.APP._init(IsInternetAccessAllowed=False)
        self.wait(lambda: self.says("Rhino does not allow internet access"))
        for count in range(3):
            self.press("Queue")
            self.wait(lambda count=count: len(self.entries("waiting")) == count + 1)
        self.seen("Rhino's own switch is off: three orders wait, and the window says so")
        rhino_double.APP._init(IsInternetAccessAllowed=True)
        self.wait(lambda: len(self.entries("done")) == done + 3, 300)
        self.seen("Rhino's own switch is on: three results came")

    def batch(self) -> None:
        done = len(self.entries("done"))
        self.press("All 3 named views")
        self.wait(lambda: len(self.entries("done")) == done + 3, 300)
        newest = self.entries("done")[:3]
        self.seen("three named views came", {each.view for each in newest} == {"Street", "Garden", "Plan"})
        self.seen("with one seed", len({each.look.seed for each in newest}) == 1)

    def again(self) -> None:
        done = len(self.entries("done"))
        self.panel.form.prompt.Text = "in the morning"
        self.wait(lambda: not self.runtime.is_working())
        self.press("Again with…")
        self.wait(lambda: len(self.entries("done")) == done + 1, 300)
        self.seen("Again with… rendered the same capture", self.entries("done")[0].look.prompt == "in the morning")

        self.wait(lambda: len(self._beside()) == len(self.entries("done")))
        self.seen("all results are beside the model, also that of Again with…")

    def restart(self) -> None:
        """Rhino ends while an order waits. In the next one, the model is open under another number."""
        done, beside = len(self.entries("done")), len(self._beside())
        self.panel.form.wallpaper.Checked = True
        self.network.unplug()
        self.press("Render")
        self.wait(lambda: self.entries("waiting"))
        before = self.runtime.service().session
        self._close()
        rhino_double.RhinoDoc.ActiveDoc = models.model(str(FOLDER / "model" / "House.3dm"))
        self._open()
        self.seen("Rhino was started again", self.runtime.service().session != before)
        self.network.plug()
        self.wait(lambda: len(self.entries("done")) == done + 1, 300)
        self.wait(lambda: len(self._beside()) == beside + 1)
        self.seen("the result that came then is beside the model")
        viewport = rhino_double.RhinoDoc.ActiveDoc.Views.ActiveView.ActiveViewport
        self.wait(lambda: viewport._wallpaper)
        self.seen("and is the wallpaper of the viewport, in the model that was opened again")
        self.panel.form.wallpaper.Checked = False

    def _close(self) -> None:
        for each in list(eto_double.Form.shown):
            each.Close()
        rhino_double.APP.Closing.fire()
        self.seen("closed; no picture is left", not drawing_double.alive)
        left = [each for each in rhino_double.PIPELINE.KINDS if getattr(rhino_double.PIPELINE, each).handlers]
        self.seen("and no handler", not left)

    def _open(self) -> None:
        """What the alias does in a Rhino that has just been started: nothing of the plugin is in its memory."""
        for name in [each for each in sys.modules if each.partition(".")[0] == "renderiq_rhino"]:
            del sys.modules[name]
        runpy.run_path(rhino_double.ALIASES._aliases["Renderiq"].split('"')[1], run_name="__main__")
        from renderiq_rhino import panel, runtime

        self.runtime, self.panel = runtime, panel.show()
        self.wait(lambda: self.entries("done"))

    def model(self) -> None:
        done, choice = len(self.entries("done")), self.panel.form.model
        names = [value for _, value in choice._items]
        choice.control.SelectedIndex = names.index("cycles")
        self.press("Render")
        eto_double.Dialog.answer = _agree
        self.press("Read and decide")
        self.seen("agreed to a consent in the server's words; what was refused is sent")
        self.wait(lambda: len(self.entries("done")) == done + 1, 900)
        job = self.runtime.service().jobs.get(self.entries("done")[0].job)
        self.seen("the model was path traced", "model_file" in job.images and "sun" in job.options)
        self._compare(self.entries("done")[0])
        self.press("All 3 named views")
        self.wait(lambda: len(self.entries("done")) == done + 4, 1800)
        for each in self.entries("done")[:3]:
            self._compare(each)

    def _compare(self, entry: Any) -> None:
        """Holds a path-traced picture to the material ids of the same view, which Rhino drew."""
        jobs = self.runtime.service().jobs
        drawn = next(each for each in jobs.all() if each.view == entry.view and "material_id_image" in each.images)
        colours = {name: colour for colour, name in drawn.options["materials"].items()}
        ids = jobs.folder(drawn.id) / "ids.png"
        shutil.copy(entry.result, FOLDER / f"traced-{entry.view}.webp")
        shutil.copy(ids, FOLDER / f"traced-{entry.view}-ids.png")
        part = overlap(Path(entry.result), ids, colours["brick"], colours.get("glass", ""))
        self.seen(f"{entry.view}, path traced: {part:.0%} of the house are where Rhino drew it", part > 0.98)

    def ends(self) -> None:
        log = self.runtime.log_path().read_text("utf-8")
        self.seen("the log has no prompt and no address", PROMPT not in log and DEMO[0] not in log)
        longest = self.runtime.turns.longest_work * 1000
        self.seen(f"longest turn of the plugin's own work: {longest:.0f} ms of the processor")
        self._close()


def _agree(dialog: Any) -> None:
    for each in eto_double.inside(dialog):
        if isinstance(each, eto_double.CheckBox):
            each.Checked = True
    eto_double.button(dialog, "Agree to what is checked").press()


def play(installer: Path, network: Network, with_model: bool) -> None:
    """Installs the file in the double, and plays. Raises ``AssertionError`` where something is not as it should be."""
    (FOLDER / "model").mkdir(parents=True)
    path = FOLDER / "model" / "House.3dm"
    path.write_bytes(b"a model")
    rhino_double.RhinoDoc.ActiveDoc = models.model(str(path))
    runpy.run_path(str(installer), run_name="__main__")
    from renderiq_rhino import panel, preferences, runtime

    preferences.keep("longer_side", 960)
    story = Story(panel.show(), runtime, network)
    story.seen(
        "one file installed the plugin, its three commands and its window", len(rhino_double.ALIASES._aliases) == 3
    )
    try:
        story.play(with_model)
    finally:
        (FOLDER / "report.json").write_text(json.dumps({"steps": story.steps}, indent=1, ensure_ascii=False), "utf-8")


def main() -> int:
    """Plays the story. Returns the exit status."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.environ["RENDERIQ_HOME"] = str(FOLDER / "home")
    sys.modules.update({**rhino_double.modules(), **eto_double.modules()})
    with_model = (ROOT / ".venv-cycles").exists()
    parameters = {"RateLimits": json.dumps({"unknown": 1000, "rhino": 1000})}
    if with_model:
        parameters |= path_tracer_parameters()
    with Stack(parameters=parameters) as stack:
        network = Network(stack.url)
        urllib.request.urlopen(f"{network.url}/capabilities", timeout=60).close()
        play(build(FOLDER / "dist", network.url), network, with_model)
    print(f"✓ Rhino's double: {FOLDER / 'report.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
