"""The story of a user in Blender without a window: ``python headless.py ZIP URL FOLDER`` with ``bpy``, or by ``blender -b -P``.

Installs the zip, signs in, captures, orders, waits, cancels, goes offline and comes back. Writes ``report.json`` and
the pictures into FOLDER. Ends with status 1 if anything is not as it should be.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "story")]

import approve
import bpy
import network
import panels
import scene
import settings_dump

ARGUMENTS = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
ZIP, URL, FOLDER = Path(ARGUMENTS[0]).resolve(), ARGUMENTS[1], Path(ARGUMENTS[2]).resolve()
IS_EXTENSION = bpy.app.version >= (4, 2, 0)
MODULE = "bl_ext.user_default.renderiq" if IS_EXTENSION else "renderiq_blender"
PLUG = network.Network(URL)
REPORT: dict[str, Any] = {"blender": bpy.app.version_string, "python": sys.version.split()[0], "steps": {}}


def step(name: str, work: Callable[[], Any]) -> None:
    """Does one step of the story and writes down how it went."""
    started = time.perf_counter()
    try:
        outcome: Any = {"ok": True, "found": work()}
    except Exception as error:
        traceback.print_exc()
        outcome = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    outcome["seconds"] = round(time.perf_counter() - started, 2)
    REPORT["steps"][name] = outcome
    print(
        ("✓" if outcome["ok"] else "✗"),
        name,
        outcome.get("found") or outcome.get("error") or "",
        outcome["seconds"],
        "s",
        flush=True,
    )


def part(name: str) -> Any:
    """Returns a module of the installed extension."""
    return importlib.import_module(f"{MODULE}.{name}")


def wait(condition: Callable[[], Any], seconds: float = 120) -> Any:
    """Turns the timer as a window would, until a condition holds."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > until:
            raise TimeoutError(f"not so after {seconds} s; {part('runtime').snapshot()}")
        part("runtime").tick()
        time.sleep(0.05)
    return found


def entries() -> list[Any]:
    return list(part("runtime").snapshot().entries)


def states() -> list[str]:
    return [each.state for each in entries()]


def allow_online(is_allowed: bool) -> None:
    if IS_EXTENSION:
        bpy.context.preferences.system.use_online_access = is_allowed


def install() -> str:
    if IS_EXTENSION:
        bpy.ops.extensions.package_install_files(filepath=str(ZIP), repo="user_default", enable_on_install=True)
    else:
        bpy.ops.preferences.addon_install(filepath=str(ZIP))
        bpy.ops.preferences.addon_enable(module="renderiq_blender")
    return str(Path(part("runtime").__file__).parent.name)


def connect() -> int:
    bpy.context.preferences.addons[MODULE].preferences.server = PLUG.url
    if IS_EXTENSION:
        assert not bpy.app.online_access
        time.sleep(1.5)
        part("runtime").tick()
        assert not part("runtime").snapshot().styles, "styles were read although online access is off"
    allow_online(True)
    wait(lambda: part("runtime").snapshot().styles and part("runtime").snapshot().prices)
    wait(lambda: sum(bool(each.cover) for each in part("runtime").snapshot().styles) > 20, 60)
    return len(part("runtime").snapshot().styles)


def sign_in() -> str:
    opened: list[str] = []
    service = part("runtime").service()
    service.open_url = opened.append
    bpy.ops.renderiq.sign_in()
    wait(lambda: opened and part("runtime").snapshot().device)
    threading.Thread(target=approve.approve, args=(opened[0],), daemon=True).start()
    wait(lambda: part("runtime").snapshot().is_signed_in and part("runtime").snapshot().balance is not None)
    return f"{part('runtime').snapshot().balance} credits"


def order_one() -> str:
    settings = bpy.context.scene.renderiq
    settings.style, settings.seed, settings.prompt = "photorealistic@1", 7, "a clear morning"
    settings.frame = "CAMERA"
    before = settings_dump.dump()
    assert bpy.ops.renderiq.render() == {"FINISHED"}
    after = settings_dump.dump()
    changed = {name: (value, after.get(name)) for name, value in before.items() if after.get(name) != value}
    assert not changed, f"not put back: {changed}"
    assert before.keys() == after.keys(), before.keys() ^ after.keys()
    wait(lambda: states()[:1] == ["done"])
    image = wait(lambda: next((each for each in bpy.data.images if each.get("renderiq_job")), None))
    entry = entries()[0]
    folder = Path(entry.capture).parent
    for name in ("capture", "depth", "ids", "normals"):
        shutil.copy2(folder / f"{name}.png", FOLDER / f"{name}.png")
    shutil.copy2(entry.result, FOLDER / "result.png")
    job = part("runtime").service().job(entry.job)
    REPORT["options"] = job.options
    assert set(job.options["materials"].values()) >= {"plaster", "brick", "glass", "grass", "roof_tiles"}, job.options
    assert tuple(image.size) == (1920, 1080), tuple(image.size)
    return f"{image.name} {tuple(image.size)}"


def fail_in_the_middle() -> str:
    """A capture that raises puts every setting back."""
    capture = part("capture")
    before = settings_dump.dump()
    original = capture._flat_look

    def broken(*arguments: Any) -> Any:
        original(*arguments)
        raise RuntimeError("broken on purpose")

    capture._flat_look = broken
    try:
        outcome = bpy.ops.renderiq.render()
    except RuntimeError as error:
        outcome = str(error)
    finally:
        capture._flat_look = original
    after = settings_dump.dump()
    changed = {name: (value, after.get(name)) for name, value in before.items() if after.get(name) != value}
    assert not changed, f"not put back: {changed}"
    assert "broken on purpose" in str(outcome)
    return str(outcome).strip()[:90]


def batch() -> str:
    count = len(entries())
    bpy.ops.renderiq.render_cameras()
    wait(lambda: len(entries()) == count + 2 and states()[:2] == ["done", "done"])
    looks = {each.look for each in entries()[:2]}
    assert len(looks) == 1, looks
    shutil.copy2(next(each.result for each in entries()[:2] if each.view == "Corner"), FOLDER / "second-camera.png")
    return ", ".join(sorted(each.view for each in entries()[:2]))


def again() -> str:
    job, count = entries()[-1].job, len(entries())
    bpy.ops.renderiq.again(job=job, style="dramatic@2", prompt="", quality="standard", seed=8)
    wait(lambda: len(entries()) == count + 1 and states()[:1] == ["done"])
    shutil.copy2(entries()[0].result, FOLDER / "again-dramatic.png")
    return entries()[0].look.style


def cancel() -> str:
    balance = part("runtime").snapshot().balance
    bpy.context.scene.renderiq.quality = "high"
    count = len(entries())
    bpy.ops.renderiq.render()
    wait(lambda: len(entries()) == count + 1 and states()[0] in ("ordered", "rendering", "waiting"))
    bpy.ops.renderiq.cancel(job=entries()[0].job)
    wait(lambda: states()[0] in ("cancelled", "done"))
    bpy.context.scene.renderiq.quality = "standard"
    return f"{states()[0]}, {balance} credits before"


def offline() -> str:
    allow_online(False)
    wait(lambda: not part("runtime").snapshot().is_online)
    time.sleep(1.0)
    count = len(entries())
    for seed in (1, 2, 3):
        bpy.context.scene.renderiq.seed = seed
        bpy.ops.renderiq.render()
    wait(lambda: len(entries()) == count + 3 and states()[:3] == ["waiting"] * 3)
    time.sleep(2.0)
    part("runtime").tick()
    assert states()[:3] == ["waiting"] * 3, states()
    allow_online(True)
    wait(lambda: states()[:3] == ["done"] * 3)
    return "three waited, three came back"


def network_lost() -> str:
    PLUG.unplug()
    count = len(entries())
    for seed in (4, 5, 6):
        bpy.context.scene.renderiq.seed = seed
        bpy.ops.renderiq.render()
    wait(lambda: len(entries()) == count + 3 and states()[:3] == ["waiting"] * 3)
    wait(lambda: entries()[2].reason, 60)
    reason = entries()[2].reason
    PLUG.plug()
    wait(lambda: states()[:3] == ["done"] * 3, 400)
    return f"three waited ({reason}), three came back"


def unaffordable() -> str:
    service = part("runtime").service()
    service.board.update(balance=3)
    service._due["balance"] = time.monotonic() + 60
    try:
        outcome = str(bpy.ops.renderiq.render())
    except RuntimeError as error:
        outcome = str(error).strip()
    service._due.clear()
    assert "only 3 credits are left" in outcome, outcome
    return outcome


def path_traced() -> str:
    wait(lambda: (part("runtime").snapshot().balance or 0) > 100)
    model = part("runtime").snapshot().model("cycles")
    if model is None:
        return "not offered by this server"
    bpy.context.scene.renderiq.model, bpy.context.scene.renderiq.ratio = "cycles", "source"
    bpy.context.scene.render.resolution_y = 320  # a path tracer needs its time for each pixel
    count = len(entries())
    bpy.ops.renderiq.render()
    wait(lambda: len(entries()) == count + 1 and states()[0] in ("done", "failed"), 1200)
    if entries()[0].code == "CONSENT_REQUIRED":  # the first model of this user
        wait(lambda: part("runtime").snapshot().consents)
        bpy.ops.renderiq.consent(is_agreed=True)
        wait(lambda: states()[0] in ("ordered", "rendering", "done"))
        wait(lambda: states()[0] in ("done", "failed"), 1200)
    bpy.context.scene.renderiq.model, bpy.context.scene.renderiq.ratio = "default", "nearest"
    bpy.context.scene.render.resolution_y = 1080
    entry = entries()[0]
    assert entry.state == "done", entry.reason
    shutil.copy2(entry.result, FOLDER / "path-traced.png")
    shutil.copy2(Path(entry.capture), FOLDER / "path-traced-capture.png")
    return json.dumps(part("runtime").service().job(entry.job).options)


def no_stall() -> str:
    longest = part("runtime").longest_tick
    assert longest < 0.05, longest
    return f"longest turn of the timer {longest * 1000:.1f} ms"


def no_secret() -> int:
    log = part("runtime").log_path().read_text(encoding="utf-8")
    tokens = part("runtime").service()._tokens.load()
    for secret in (tokens.access_token, tokens.refresh_token, tokens.email, "a clear morning"):
        assert secret not in log
    assert "unexpected" not in log, log[-2000:]
    return len(log.splitlines())


def panels_drawn() -> str:
    """Every panel finds its icons, buttons and settings in this Blender. A window shows how they look."""
    image = next(each for each in bpy.data.images if each.get("renderiq_job"))
    texts = panels.draw(part("panel").CLASSES, image)
    assert "photorealistic@1" in " ".join(texts), texts
    allow_online(False)
    wait(lambda: not IS_EXTENSION or not part("runtime").snapshot().is_online)
    offline_texts = panels.draw(part("panel").CLASSES, image)
    allow_online(True)
    assert not IS_EXTENSION or "Online access is off." in " ".join(offline_texts), offline_texts
    wait(lambda: part("runtime").snapshot().is_online)
    return f"{len(texts)} texts"


def sign_out() -> str:
    bpy.ops.renderiq.sign_out()
    wait(lambda: not part("runtime").snapshot().is_signed_in)
    return "signed out"


def uninstall() -> str:
    bpy.ops.preferences.addon_disable(module=MODULE)
    assert not hasattr(bpy.types.Scene, "renderiq")
    return "switched off"


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not IS_EXTENSION:
        bpy.ops.preferences.addon_enable(module="io_scene_gltf2")
    scene.build()
    for work in (
        install, connect, sign_in, order_one, fail_in_the_middle, batch, again, cancel,
        *((offline,) if IS_EXTENSION else ()),
        network_lost, unaffordable, path_traced, panels_drawn, no_stall, no_secret, sign_out, uninstall,
    ):  # fmt: skip
        step(work.__name__.replace("_", " "), work)
    (FOLDER / "report.json").write_text(json.dumps(REPORT, indent=1), encoding="utf-8")
    return 0 if all(each["ok"] for each in REPORT["steps"].values()) else 1


status = main()
sys.stdout.flush()
os._exit(status)  # bpy's own end can wait for threads for ever
