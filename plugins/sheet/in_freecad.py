"""Captures views with the workbench in ``Mod``, in FreeCAD's window.

``SHEET_URL``, ``SHEET_FOLDER`` and ``SHEET_HOST`` are its arguments. Each view is ordered twice by the workbench's own
code, with guides and with the model. Nobody is signed in, so the orders stay on the disk; their folders are copied.
"""

from __future__ import annotations

import math
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "freecad" / "hosts")]

import FreeCAD
import FreeCADGui
import Mesh
import scene
from PySide import QtCore

from plugins.sheet.meshes import read_glb
from plugins.sheet.shots import SENSOR, SHOTS, Shot, stand

URL, FOLDER, HOST = (os.environ[f"SHEET_{name}"] for name in ("URL", "FOLDER", "HOST"))
METRES = 1000.0
"""FreeCAD's millimetres in a metre."""
Steps = Iterator[Callable[[], Any]]


def load(shot: Shot) -> Any:
    """Opens the model of a view, and returns the document."""
    if shot.file.suffix == ".FCStd":
        copy = shutil.copy(shot.file, FOLDER)
        document = FreeCAD.openDocument(copy)
        FreeCADGui.runCommand("Std_ViewCreate", 0)  # the document may open with another window in front
        return document
    document = FreeCAD.newDocument(shot.view.model)
    for part in read_glb(shot.file):
        thing = document.addObject("Mesh::Feature", "Part")
        thing.Label = part.name
        thing.Mesh = Mesh.Mesh([corners.tolist() for points in part.points for corners in points * METRES])
        thing.ViewObject.ShapeColor = tuple(_as_shown(each) for each in part.colour)
        thing.ViewObject.Transparency = round(100 * (1 - part.opacity))
    document.recompute()
    return document


def _as_shown(linear: float) -> float:
    """Returns a colour as FreeCAD has it, in sRGB."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def look(shot: Shot, document: Any) -> None:
    from renderiq_freecad.scene import meshes

    points = [point for some in meshes(document) for mesh in some for point in mesh.points]
    low, high = ([pick(each[axis] for each in points) for axis in range(3)] for pick in (min, max))
    corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    eye, target = stand(shot.view, corners)
    view = FreeCADGui.ActiveDocument.ActiveView
    view.setCameraType("Perspective")
    width, height = view.getSize()
    view.getCameraNode().heightAngle.setValue(2 * math.atan(SENSOR / 2 / shot.view.lens * height / width))
    scene.look_from(view, eye, target)


def order(shot: Shot, kind: str) -> Steps:
    from renderiq_freecad import orders, runtime
    from renderiq_freecad.settings import Settings

    service = runtime.service()
    settings = Settings(seed=1, ratio="16:9", as_view=shot.as_viewport, model="cycles" if kind == "model" else "")
    known = {each.id for each in service.jobs.all()}
    runtime.run(orders.order(service, settings))

    def job() -> Any:
        assert not settings.problem, settings.problem
        return next((each for each in service.jobs.all() if each.id not in known), None)

    yield lambda: job() and (job().item or job().problem)
    assert not job().problem, job().problem
    shutil.copytree(service.jobs.folder(job().id), Path(FOLDER) / shot.name / kind)


def work() -> Steps:
    FreeCADGui.getMainWindow().setGeometry(0, 0, 1600, 1000)
    FreeCADGui.activateWorkbench("RenderiqWorkbench")
    yield lambda: "renderiq_freecad" in sys.modules
    from renderiq_freecad import panel, preferences, runtime

    panel.show()
    preferences.set_server(URL)
    preferences.set_longer_side(1280)
    runtime.restart()
    yield lambda: runtime.snapshot().models
    for shot in SHOTS[HOST]:
        if not shot.file.exists():
            continue
        document = load(shot)
        yield lambda: FreeCADGui.ActiveDocument and hasattr(FreeCADGui.ActiveDocument.ActiveView, "getCameraNode")
        shown = time.monotonic()
        yield lambda shown=shown: time.monotonic() > shown + 2  # a new window gets its size
        look(shot, document)
        for kind in ("guides", "model"):
            yield from order(shot, kind)
        print("captured", shot.name, flush=True)
        FreeCAD.closeDocument(document.Name)


_steps = work()
_condition: Callable[[], Any] = lambda: True  # noqa: E731 - what is waited for
_until = time.monotonic() + 300


def drive() -> None:
    global _condition, _until
    status = 0
    try:
        if not _condition():
            if time.monotonic() > _until:
                raise TimeoutError("a step of the sheet did not end")
            return
        _condition, _until = next(_steps), time.monotonic() + 300
        return
    except StopIteration:
        pass
    except BaseException:
        traceback.print_exc(file=(Path(FOLDER) / "error.txt").open("w"))  # FreeCAD's own stderr is no file
        status = 1
    os._exit(status)


_timer = QtCore.QTimer()
_timer.timeout.connect(drive)
_timer.start(100)
