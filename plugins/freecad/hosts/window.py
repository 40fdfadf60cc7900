"""The story of a user in FreeCAD's real window. ``STORY_URL`` is the API, ``STORY_FOLDER`` gets pictures and a report.

A generator is the user: it yields conditions, and a timer goes on when they hold.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "story")]

import browser
import FreeCAD
import FreeCADGui
import network
import scene
import state
from PySide import QtCore, QtGui

URL, FOLDER = os.environ["STORY_URL"], Path(os.environ["STORY_FOLDER"])
REPORT: dict[str, Any] = {"freecad": ".".join(FreeCAD.Version()[:3]), "python": sys.version.split()[0], "steps": []}
Steps = Iterator[Callable[[], Any]]


def note(text: str) -> None:
    REPORT["steps"].append(text)
    print("✓", text, flush=True)


def shoot(name: str) -> None:
    """Takes a picture of the whole display."""
    QtGui.QApplication.primaryScreen().grabWindow(0).save(str(FOLDER / f"{name}.png"))
    note(f"screenshot {name}")


def entries_text(snapshot: Any) -> str:
    return f"{snapshot.problem} {[(each.state, each.code, each.reason) for each in snapshot.entries[:4]]}"


def pause(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def row_button(panel: Any, name: str, job: str) -> Any:
    """Returns a button of a row, or the entry of its menu."""
    for kind in (QtGui.QToolButton, QtGui.QAction):
        if found := panel.findChild(kind, f"Renderiq-{name}-{job}"):
            return found if kind is QtGui.QToolButton else _Chosen(found)
    raise AssertionError((name, job))


class _Chosen:
    """An entry of a menu."""

    def __init__(self, action: Any) -> None:
        self.click = action.trigger


def user() -> Steps:
    yield pause(2)
    window = FreeCADGui.getMainWindow()
    window.showNormal()
    window.setGeometry(0, 0, 1600, 1000)
    yield pause(1)
    document = scene.build(FOLDER / "House.FCStd")
    view = FreeCADGui.ActiveDocument.ActiveView
    scene.look_from(view, (-9000, -13000, 2400))
    note("a document with a house")
    assert "RenderiqWorkbench" in FreeCADGui.listWorkbenches()
    FreeCADGui.activateWorkbench("RenderiqWorkbench")
    yield pause(1)
    note("the workbench from Mod/Renderiq is active")

    from renderiq_freecad import panel as panels
    from renderiq_freecad import preferences, runtime

    panel = panels.show()
    window.resizeDocks([panel], [440], QtCore.Qt.Horizontal)
    yield pause(1)
    scene.look_from(view, (-9000, -13000, 2400))

    def entries() -> list[Any]:
        return list(runtime.snapshot().entries)

    plug = network.Network(URL)
    panel.server.setText(plug.url)
    panel.server.editingFinished.emit()
    preferences.set_longer_side(1280)
    yield lambda: sum(bool(each.cover) for each in runtime.snapshot().styles) > 20
    yield pause(2)
    shoot("1-signed-out")
    assert panel.render.text() == "Queue"

    opened: list[str] = []
    runtime.service().open_url = opened.append
    panel.account.sign_in.click()
    yield lambda: opened and runtime.snapshot().device
    yield pause(1)
    shoot("2-code")
    approving = threading.Thread(target=browser.approve, args=(opened[0], FOLDER), daemon=True)
    approving.start()
    yield lambda: runtime.snapshot().balance is not None
    yield lambda: not approving.is_alive()
    note("signed in by a code, approved in Chromium")

    form = panel.form
    form.styles.list.itemClicked.emit(form.styles.list.item(1))
    assert form.settings.style, "a style was clicked"
    form.prompt.setPlainText("a clear morning")
    form.seed.setValue(7)
    form.ratio.setCurrentIndex(form.ratio.findData("16:9"))
    yield pause(1.5)
    shoot("3-ready")
    assert panel.frames.overlay is not None
    assert panel.frames.overlay.frame is not None
    yield from _captures(panel, document, view, entries)
    yield from _result(panel, entries)
    yield from _cancelled(panel, entries)
    yield from _batch(panel, entries)
    yield from _offline(panel, entries, plug)
    yield from _placed(panel, entries, document)
    yield from _looks(panel)
    yield from _ordered_model(panel, entries)
    yield from _too_expensive(panel, entries)
    _measured(runtime)
    yield from _traced(panel, entries)


def _captures(panel: Any, document: Any, view: Any, entries: Callable[[], list[Any]]) -> Steps:
    form, size = panel.form, view.getSize()
    FreeCADGui.Selection.addSelection(document.Name, "Box", "Face1", 1.0, 2.0, 3.0)
    view.setAxisCross(True)
    for source in (True, False):
        form.source.setCurrentIndex(form.source.findData(source))
        count, before = len(entries()), state.dump(document, view)
        started = time.perf_counter()
        panel.render.click()
        yield lambda count=count: len(entries()) == count + 1
        note(f"captured {'as FreeCAD draws it' if source else 'clean'} in {time.perf_counter() - started:.1f} s")
        after = state.dump(document, view)
        changed = {name: (value, after.get(name)) for name, value in before.items() if after.get(name) != value}
        assert not changed, f"not put back: {changed}"
        assert before.keys() == after.keys(), before.keys() ^ after.keys()
        note("everything of the view and the document is back")
        yield pause(0.3)
        shoot("4-under-way-view" if source else "4-under-way-clean")
        yield lambda: entries()[0].state == "done"
        folder = Path(entries()[0].capture).parent
        for name in ("capture", "depth", "ids", "normals"):
            target = FOLDER / f"{'view' if source else 'clean'}-{name}.png"
            target.write_bytes((folder / f"{name}.png").read_bytes())
        yield _shown
        if source:
            _to_3d_view()
            yield lambda: view.getSize() == size
    _to_3d_view()
    yield lambda: view.getSize() == size
    yield from _broken(panel, document, view, entries)
    FreeCADGui.Selection.clearSelection()
    view.setAxisCross(False)


def _broken(panel: Any, document: Any, view: Any, entries: Callable[[], list[Any]]) -> Steps:
    """A drawing that fails in the middle: everything is back, and the panel has a sentence."""
    from renderiq_freecad import passes

    def fail(_: Any) -> None:
        raise RuntimeError("no graphics")

    count, before, whole = len(entries()), state.dump(document, view), passes.Drawing.ids
    passes.Drawing.ids = fail
    panel.render.click()
    yield lambda: panel.form.settings.problem
    passes.Drawing.ids = whole
    yield pause(0.5)
    assert state.dump(document, view) == before
    assert len(entries()) == count
    note(f"a capture that fails puts everything back, and says: {panel.form.settings.problem}")


def _shown() -> Any:
    """Returns the window of a result, or None as long as there is none with its pictures."""
    area = FreeCADGui.getMainWindow().findChild(QtGui.QMdiArea)
    found = [each.widget() for each in area.subWindowList() if each.widget().objectName() == "RenderiqResult"]
    return found[0] if found and found[0].is_loaded else None


def _result(panel: Any, entries: Callable[[], list[Any]]) -> Steps:
    panel.refresh()
    row_button(panel, "show", entries()[0].job).click()
    yield _shown
    yield pause(1)
    beside = sorted(FOLDER.glob("House-*.png"))
    assert len(beside) == 2, beside
    note(f"beside the document: {beside[-1].name}")
    shoot("5-result")
    panel.scroll.ensureWidgetVisible(panel.history)
    row_button(panel, "compare", entries()[0].job).click()
    yield lambda: _shown() and _shown().split == 0.5
    yield pause(1)
    shoot("6-compare")
    count = len(entries())
    others = [each for each in QtGui.QApplication.topLevelWidgets() if each.objectName() == "RenderiqResult"]
    assert not any(each.isVisible() for each in others), "a result before has become a window of its own"
    panel.form.seed.setValue(8)
    row_button(panel, "again", entries()[0].job).click()
    yield lambda: len(entries()) == count + 1 and entries()[0].state == "done"
    assert (entries()[0].look.seed, entries()[1].look.seed) == (8, 7)
    yield lambda: len(list(FOLDER.glob("House-*.png"))) == 3
    note("Again with… another seed, from the same capture")


def _cancelled(panel: Any, entries: Callable[[], list[Any]]) -> Steps:
    _to_3d_view()
    yield pause(0.5)
    form, count = panel.form, len(entries())
    form.quality.setCurrentIndex(form.quality.findData("high"))
    panel.render.click()
    yield lambda: len(entries()) == count + 1 and entries()[0].state in ("waiting", "uploading", "ordered", "rendering")
    panel.refresh()
    row_button(panel, "cancel", entries()[0].job).click()
    yield lambda: entries()[0].state in ("cancelled", "done")
    assert entries()[0].state == "cancelled"
    note("one was cancelled")
    form.quality.setCurrentIndex(form.quality.findData("standard"))
    panel.scroll.verticalScrollBar().setValue(0)


def _batch(panel: Any, entries: Callable[[], list[Any]]) -> Steps:
    count = len(entries())
    assert panel.render_all.text() == "All 2 views", panel.render_all.text()
    panel.render_all.click()
    yield lambda: len(entries()) == count + 2 and [each.state for each in entries()[:2]] == ["done"] * 2
    assert {each.view for each in entries()[:2]} == set(scene.VIEWS)
    for each in entries()[:2]:
        (FOLDER / f"batch-{each.view}.png").write_bytes(Path(each.capture).read_bytes())
    note("both saved views as a batch")


def _offline(panel: Any, entries: Callable[[], list[Any]], plug: Any) -> Steps:
    from renderiq_freecad import runtime

    for name in ("switch", "network"):
        _to_3d_view()
        yield pause(0.5)
        if name == "switch":
            panel.account.online.click()
            yield lambda: not runtime.snapshot().is_online
        else:
            plug.unplug()
        count = len(entries())
        for number in (1, 2, 3):
            panel.form.seed.setValue(number)
            yield lambda: panel.render.isEnabled()
            panel.render.click()
            yield lambda number=number, count=count: len(entries()) == count + number
        yield lambda: all(each.state == "waiting" for each in entries()[:3])
        yield pause(3)
        assert all(each.state == "waiting" for each in entries()[:3])
        panel.scroll.ensureWidgetVisible(panel.queue, 0, 200)
        yield pause(1)
        shoot(f"7-three-wait-{name}")
        panel.scroll.verticalScrollBar().setValue(0)
        if name == "switch":
            panel.account.online.click()
        else:
            plug.plug()
        yield lambda: [each.state for each in entries()[:3]] == ["done"] * 3
        note(f"offline ({name}), queued three, came back, got three")


def _placed(panel: Any, entries: Callable[[], list[Any]], document: Any) -> Steps:
    _to_3d_view()
    yield pause(0.5)
    count = len(document.Objects)
    panel.refresh()
    row_button(panel, "place", entries()[0].job).click()
    yield lambda: len(document.Objects) == count + 1
    plane = document.Objects[-1]
    assert plane.TypeId == "Image::ImagePlane"
    assert Path(plane.ImageFile).is_file()
    _to_3d_view()  # the last results may have opened meanwhile
    yield pause(2)
    shoot("8-placed")
    document.undo()
    yield lambda: len(document.Objects) == count
    note("placed in the document as an image, and undone in one step")


def _looks(panel: Any) -> Steps:
    from renderiq_freecad import runtime

    panel.keep_look("Morning")
    yield lambda: runtime.snapshot().looks == ("Morning",) and panel.looks.count() == 1
    panel.form.prompt.setPlainText("something else")
    panel.use_look()
    assert panel.form.settings.prompt == "a clear morning"
    note("a look was saved and used")


def _ordered_model(panel: Any, entries: Callable[[], list[Any]]) -> Steps:
    from renderiq_freecad import runtime

    form = panel.form
    if not any(each.is_path_tracer for each in runtime.snapshot().models):
        note("no path tracer is here: the model was not sent")
        return
    name = next(each.name for each in runtime.snapshot().models if each.is_path_tracer)
    form.model.setCurrentIndex(form.model.findData(name))
    form.ratio.setCurrentIndex(form.ratio.findData("9:16"))  # a third of the pixels, for two busy cores
    form.has_sun.setChecked(True)
    count = len(entries())
    yield lambda: panel.render.isEnabled()
    panel.render.click()
    yield lambda: len(entries()) == count + 1
    yield lambda: entries()[0].state in ("done", "failed")
    assert entries()[0].code == "CONSENT_REQUIRED", entries()[0]
    yield lambda: runtime.snapshot().consents and panel.account.decide.isVisible()
    panel.account.decide.click()
    yield pause(1)
    dialog = panel.findChild(QtGui.QDialog, "RenderiqConsents")
    assert not dialog.agree.isEnabled(), "nothing is agreed to without a box"
    shoot("9-consent")
    box = next(iter(dialog.boxes.values()))
    assert not box.isChecked()
    box.click()
    dialog.agree.click()
    yield lambda: entries()[0].state in ("ordered", "rendering", "done")
    note("agreed to a consent in the server's words; what was refused is sent")
    job = Path(entries()[0].capture).parent
    (FOLDER / "model.glb").write_bytes((job / "model.glb").read_bytes())
    form.model.setCurrentIndex(0)


def _traced(panel: Any, entries: Callable[[], list[Any]]) -> Steps:
    """Waits for the path tracer, which takes minutes on a busy machine."""
    if entries()[0].look.model == "":
        return
    yield lambda: entries()[0].state in ("done", "failed")
    assert entries()[0].state == "done", entries()[0]
    (FOLDER / "traced-result.png").write_bytes(Path(entries()[0].result).read_bytes())
    yield _shown
    yield pause(2)
    shoot("11-path-traced")
    note("the path tracer rendered the model itself")


def _too_expensive(panel: Any, entries: Callable[[], list[Any]]) -> Steps:
    from renderiq_freecad import runtime

    _to_3d_view()

    def is_poor() -> bool:
        runtime.service().board.update(balance=3)  # again and again: the service reads the true one when an order moves
        panel.refresh()
        return not panel.render.isEnabled()

    yield is_poor
    assert is_poor()
    assert "only 3 credits are left" in panel.price.text(), panel.price.text()
    text = panel.price.text()
    panel.scroll.verticalScrollBar().setValue(0)
    yield pause(1)
    is_poor()
    shoot("10-too-few-credits")
    note(f"an order that is too expensive: {text}")


def _to_3d_view() -> None:
    area = FreeCADGui.getMainWindow().findChild(QtGui.QMdiArea)
    for each in area.subWindowList():
        if each.widget().objectName() == "RenderiqResult":
            each.close()


def _measured(runtime: Any) -> None:
    REPORT["milliseconds"] = {
        "longest turn of the plugin, clock": round(runtime.turns.longest_turn * 1000, 1),
        "longest turn of the plugin, processor": round(runtime.turns.longest_work * 1000, 1),
        "longest call of FreeCAD": round(runtime.turns.longest_call * 1000, 1),
    }
    assert runtime.turns.longest_work < 0.05, REPORT["milliseconds"]
    log = runtime.log_path().read_text(encoding="utf-8")
    assert "unexpected" not in log, log[-3000:]
    for secret in ("a clear morning", "demo@example.com", "eyJ"):
        assert secret not in log, secret
    note("the log has no error but the one that was made, and no token, e-mail address or prompt")


_steps = user()
_condition: Callable[[], Any] = lambda: True  # noqa: E731 - what the user waits for
_until = time.monotonic() + 300


def drive() -> None:
    global _condition, _until
    try:
        if not _condition():
            if time.monotonic() > _until:
                from renderiq_freecad import runtime

                shoot("stuck")
                raise TimeoutError(f"after {REPORT['steps'][-1:]}: {entries_text(runtime.snapshot())}")
            return
        _condition, _until = next(_steps), time.monotonic() + 1200
        return
    except StopIteration:
        status = 0
    except BaseException as error:
        traceback.print_exc()
        shoot("failed")
        REPORT["error"] = f"{type(error).__name__}: {error}"
        status = 1
    (FOLDER / "report.json").write_text(json.dumps(REPORT, indent=1, ensure_ascii=False), encoding="utf-8")
    os._exit(status)


faulthandler.enable((FOLDER / "crash.txt").open("w"))  # FreeCAD's own stderr is no file
_timer = QtCore.QTimer()
_timer.timeout.connect(drive)
_timer.start(100)
