"""The story of a user in Blender's real window: ``blender -P window.py -- ZIP URL FOLDER`` under Xvfb.

A generator is the user: it yields conditions, and Blender's own timer goes on when they hold. Writes screenshots and
``report.json`` into FOLDER.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "story")]


import approve
import bpy
import network
import scene
import settings_dump

ARGUMENTS = sys.argv[sys.argv.index("--") + 1 :]
ZIP, URL, FOLDER = Path(ARGUMENTS[0]).resolve(), ARGUMENTS[1], Path(ARGUMENTS[2]).resolve()
IS_EXTENSION = bpy.app.version >= (4, 2, 0)
MODULE = "bl_ext.user_default.renderiq" if IS_EXTENSION else "renderiq_blender"
REPORT: dict[str, Any] = {"blender": bpy.app.version_string, "python": sys.version.split()[0], "steps": []}
Steps = Iterator[Callable[[], Any]]


def part(name: str) -> Any:
    return importlib.import_module(f"{MODULE}.{name}")


def entries() -> list[Any]:
    return list(part("runtime").snapshot().entries)


def areas(kind: str) -> list[Any]:
    return [area for window in bpy.context.window_manager.windows for area in window.screen.areas if area.type == kind]


def shoot(name: str) -> None:
    """Takes a picture of the whole display."""
    subprocess.run(["import", "-window", "root", str(FOLDER / f"{name}.png")], check=True)
    note(f"screenshot {name}")


def note(text: str) -> None:
    REPORT["steps"].append(text)
    print("✓", text, flush=True)


def pause(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def button(name: str, **arguments: Any) -> Any:
    """Presses a button of the panel in the 3D view."""
    window = bpy.context.window_manager.windows[0]
    area = areas("VIEW_3D")[0]
    region = next(each for each in area.regions if each.type == "UI")
    with bpy.context.temp_override(window=window, area=area, region=region):
        return getattr(bpy.ops.renderiq, name)("EXEC_DEFAULT", **arguments)


def timed_draws() -> dict[str, list[tuple[float, float]]]:
    """Measures the drawings of each panel from now on, in seconds of the clock and of the processor.

    On a machine that is busy otherwise, the clock measures the others too.
    """
    found: dict[str, list[tuple[float, float]]] = {}

    def timed(original: Any, name: str) -> Any:
        def draw(self: Any, context: Any) -> None:  # Blender counts the arguments
            started, worked = time.perf_counter(), time.thread_time()
            original(self, context)
            took = time.perf_counter() - started, time.thread_time() - worked
            found.setdefault(name, []).append(took)

        return draw

    for each in part("panel").CLASSES:
        bpy.utils.unregister_class(each)
        each.draw = timed(each.draw, each.__name__)
    for each in part("panel").CLASSES:
        bpy.utils.register_class(each)
    return found


def choose_tab(area: Any) -> Steps:
    """Chooses the tab of the extension in a sidebar: the last one, by a turn of the wheel with Ctrl over it."""
    region = next(each for each in area.regions if each.type == "UI")
    height = bpy.context.window_manager.windows[0].height
    x, y = region.x + region.width - 9, height - (region.y + region.height - 40)  # over the tabs
    subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)
    yield pause(0.5)
    for _ in range(5):
        subprocess.run(["xdotool", "keydown", "ctrl", "click", "5", "keyup", "ctrl"], check=True)
        yield pause(0.3)


def user() -> Steps:
    runtime: Any
    yield pause(1)
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window, area=areas("VIEW_3D")[0]):
        bpy.ops.screen.area_split(direction="VERTICAL", factor=0.5)
    yield pause(1)
    largest = sorted(areas("VIEW_3D"), key=lambda each: each.x)
    largest[0].type = "IMAGE_EDITOR"
    yield pause(1)
    with bpy.context.temp_override(window=window, area=areas("VIEW_3D")[0]):
        scene.build()
    if IS_EXTENSION:
        bpy.ops.extensions.package_install_files(filepath=str(ZIP), repo="user_default", enable_on_install=True)
    else:
        bpy.ops.preferences.addon_install(filepath=str(ZIP))
        bpy.ops.preferences.addon_enable(module="renderiq_blender")
    note("installed")
    runtime = part("runtime")
    drawn = timed_draws()
    view = areas("VIEW_3D")[0].spaces.active
    view.show_region_ui = True
    areas("IMAGE_EDITOR")[0].spaces.active.show_region_ui = True
    yield pause(2)
    yield from choose_tab(areas("VIEW_3D")[0])
    yield from choose_tab(areas("IMAGE_EDITOR")[0])
    view.region_3d.view_perspective = "PERSP"
    view.region_3d.view_location = (0.5, 0, 1.6)
    view.region_3d.view_distance = 17
    view.region_3d.view_rotation = bpy.data.objects["Front"].rotation_euler.to_quaternion()
    plug = network.Network(URL)
    bpy.context.preferences.addons[MODULE].preferences.server = plug.url
    bpy.context.preferences.addons[MODULE].preferences.longer_side = 1280
    if IS_EXTENSION:
        yield pause(2)
        shoot("1-offline")
        bpy.context.preferences.system.use_online_access = True
    yield lambda: sum(bool(each.cover) for each in runtime.snapshot().styles) > 20
    yield pause(1.5)
    shoot("2-signed-out")

    opened: list[str] = []
    runtime.service().open_url = opened.append
    button("sign_in")
    yield lambda: opened and runtime.snapshot().device
    yield pause(1)
    shoot("3-code")
    threading.Thread(target=approve.approve, args=(opened[0],), daemon=True).start()
    yield lambda: runtime.snapshot().balance is not None

    settings = bpy.context.scene.renderiq
    settings.style, settings.seed, settings.prompt = "photorealistic@1", 7, "a clear morning"
    settings.ratio = "16:9"
    yield pause(1)
    shoot("4-ready")
    for source in ("VIEWPORT", "WORKBENCH"):
        settings.source = source
        count, before = len(entries()), settings_dump.dump()
        started = time.perf_counter()
        assert button("render") == {"FINISHED"}
        note(f"captured {source} in {time.perf_counter() - started:.2f} s")
        after = settings_dump.dump()
        changed = {name: (value, after.get(name)) for name, value in before.items() if after.get(name) != value}
        assert not changed, f"not put back: {changed}"
        assert before.keys() == after.keys(), before.keys() ^ after.keys()
        note("every setting is back")
        yield lambda count=count: len(entries()) == count + 1 and entries()[0].state != "preparing"
        yield pause(0.5)
        shoot(f"5-under-way-{source.lower()}")
        yield lambda: entries()[0].state == "done"
        yield pause(2)
        folder = Path(entries()[0].capture).parent
        for name in ("capture", "depth", "ids", "normals"):
            shutil.copy2(folder / f"{name}.png", FOLDER / f"{source.lower()}-{name}.png")
        shutil.copy2(entries()[0].result, FOLDER / f"{source.lower()}-result.png")
    image_space = areas("IMAGE_EDITOR")[0].spaces.active
    assert image_space.image
    assert image_space.image.get("renderiq_job") == entries()[0].job
    note(f"the image editor shows {image_space.image.name}")
    with bpy.context.temp_override(
        window=window,
        area=areas("IMAGE_EDITOR")[0],
        region=next(each for each in areas("IMAGE_EDITOR")[0].regions if each.type == "WINDOW"),
    ):
        bpy.ops.image.view_all(fit_view=True)
    yield pause(1)
    shoot("6-result")
    settings.compare, settings.split = True, 0.45
    yield pause(1)
    shoot("7-compare")
    settings.compare = False

    settings.source = "WORKBENCH"
    count = len(entries())
    button("render_cameras")
    yield lambda: len(entries()) == count + 2
    yield pause(0.5)
    shoot("8-batch")
    yield lambda: [each.state for each in entries()[:2]] == ["done", "done"]
    settings.quality = "high"
    count = len(entries())
    button("render")
    yield lambda: len(entries()) == count + 1 and entries()[0].state in ("ordered", "rendering")
    button("cancel", job=entries()[0].job)
    yield lambda: entries()[0].state in ("cancelled", "done")
    note(f"cancelled: {entries()[0].state}")
    settings.quality = "standard"

    for name in ("switch", "network") if IS_EXTENSION else ("network",):
        if name == "switch":
            bpy.context.preferences.system.use_online_access = False
            yield lambda: not runtime.snapshot().is_online
        else:
            plug.unplug()
        count = len(entries())
        for seed in (1, 2, 3):
            settings.seed = seed
            button("render")
        yield lambda count=count: len(entries()) == count + 3 and all(each.state == "waiting" for each in entries()[:3])
        yield pause(3)
        assert all(each.state == "waiting" for each in entries()[:3])
        shoot(f"9-three-wait-{name}")
        if name == "switch":
            bpy.context.preferences.system.use_online_access = True
        else:
            plug.plug()
        yield lambda: [each.state for each in entries()[:3]] == ["done"] * 3
        note(f"offline ({name}), queued three, came back, got three")

    runtime.service().board.update(balance=3)
    runtime.service()._due["balance"] = time.monotonic() + 60
    yield pause(4)  # Blender moves the panels below one that grows by and by
    shoot("10-too-few-credits")
    try:
        button("render")
        raise AssertionError("an order that is too expensive was taken")
    except RuntimeError as error:
        note(str(error).strip())
    REPORT["longest_tick_ms"] = round(runtime.longest_tick * 1000, 2)
    REPORT["draws_ms"] = {
        name: {
            "count": len(each),
            "median": round(sorted(clock for clock, _ in each)[len(each) // 2] * 1000, 2),
            "longest": round(max(clock for clock, _ in each) * 1000, 2),
            "longest of the processor": round(max(worked for _, worked in each) * 1000, 2),
        }
        for name, each in drawn.items()
    }
    assert runtime.longest_tick < 0.05, REPORT
    assert max(worked for each in drawn.values() for _, worked in each) < 0.05, REPORT
    assert all(each["median"] < 10 for each in REPORT["draws_ms"].values()), REPORT
    log = runtime.log_path().read_text(encoding="utf-8")
    for problem in ("unexpected", "could not be drawn"):
        assert problem not in log, log[-3000:]
    note("the log has no error")


_steps = user()
_condition: Callable[[], Any] = lambda: True  # noqa: E731 - what the user waits for
_until = time.monotonic() + 300


def drive() -> float | None:
    global _condition, _until
    try:
        if not _condition():
            if time.monotonic() > _until:
                raise TimeoutError(
                    f"after {REPORT['steps'][-1:]}: {part('runtime').snapshot().entries[:2]} {part('runtime').snapshot().problem}"
                )
            return 0.1
        _condition, _until = next(_steps), time.monotonic() + 400
        return 0.1
    except StopIteration:
        status = 0
    except BaseException as error:
        traceback.print_exc()
        REPORT["error"] = f"{type(error).__name__}: {error}"
        status = 1
    (FOLDER / "report.json").write_text(json.dumps(REPORT, indent=1), encoding="utf-8")
    print(json.dumps(REPORT, indent=1), flush=True)
    os._exit(status)


FOLDER.mkdir(parents=True, exist_ok=True)
faulthandler.enable()
bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(drive, first_interval=1.0)
