"""Captures views with the installed extension: ``python in_blender.py ZIP URL FOLDER HOST``, or by ``blender -P``.

Each view is ordered twice by the extension's own code, with guides and with the model. Nobody is signed in, so the
orders stay on the disk; their folders are copied into FOLDER.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import bpy
import numpy as np
from mathutils import Vector

from plugins.sheet.shots import SENSOR, SHOTS, Shot, stand

ARGUMENTS = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
ZIP, URL, FOLDER, HOST = ARGUMENTS
IS_EXTENSION = bpy.app.version >= (4, 2, 0)
MODULE = "bl_ext.user_default.renderiq" if IS_EXTENSION else "renderiq_blender"


def part(name: str) -> Any:
    return importlib.import_module(f"{MODULE}.{name}")


def wait(condition: Callable[[], Any]) -> Any:
    until = time.monotonic() + 300
    while not (found := condition()):
        if time.monotonic() > until:
            raise TimeoutError(str(part("runtime").snapshot()))
        part("runtime").tick()
        time.sleep(0.05)
    return found


def install() -> None:
    if IS_EXTENSION:
        bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=True)
        bpy.context.preferences.system.use_online_access = True
    else:
        bpy.ops.preferences.addon_install(filepath=ZIP)
        bpy.ops.preferences.addon_enable(module="renderiq_blender")
    preferences = bpy.context.preferences.addons[MODULE].preferences
    preferences.server, preferences.longer_side = URL, 1280
    wait(lambda: part("runtime").snapshot().models)


def load(shot: Shot) -> None:
    """Puts the model and the camera of a view in the place of the scene."""
    for each in list(bpy.data.objects):
        bpy.data.objects.remove(each)
    for each in list(bpy.data.materials):
        bpy.data.materials.remove(each)
    with _older_numpy():
        bpy.ops.import_scene.gltf(filepath=str(shot.file))
    bpy.context.view_layer.update()
    meshes = [each for each in bpy.context.scene.objects if each.type == "MESH"]
    eye, target = stand(shot.view, [each.matrix_world @ Vector(corner) for each in meshes for corner in each.bound_box])
    data = bpy.data.cameras.new("View")
    data.lens, data.sensor_width, data.sensor_fit = shot.view.lens, SENSOR, "HORIZONTAL"
    data.clip_start, data.clip_end = 0.05, 1000
    camera = bpy.data.objects.new("View", data)
    camera.location = eye
    camera.rotation_euler = (Vector(target) - Vector(eye)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(camera)
    scene = bpy.context.scene
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = 1920, 1080
    bpy.context.view_layer.update()


@contextmanager
def _older_numpy() -> Iterator[None]:
    """Gives numpy a name back that the importer of Debian's Blender 3.4 still uses, and only that."""
    is_missing = not hasattr(np, "bool")
    if is_missing:
        np.bool = bool
    try:
        yield
    finally:
        if is_missing:
            del np.bool


def order(shot: Shot, kind: str) -> None:
    settings = bpy.context.scene.renderiq
    settings.frame, settings.ratio, settings.seed = "CAMERA", "16:9", 1
    settings.source = "VIEWPORT" if shot.as_viewport else "WORKBENCH"
    settings.model = "cycles" if kind == "model" else "default"
    service = part("runtime").service()
    job = part("operators").order(bpy.context, service)
    wait(lambda: (found := service.job(job)) and (found.item or found.problem))
    assert not service.job(job).problem, service.job(job).problem
    shutil.copytree(service.jobs.folder(job), Path(FOLDER) / shot.name / kind)


def work() -> None:
    status = 0
    try:
        install()
        for shot in SHOTS[HOST]:
            if shot.file.exists():
                load(shot)
                for kind in ("guides", "model"):
                    order(shot, kind)
                print("captured", shot.name, flush=True)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if bpy.app.background:
    work()
else:
    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(work, first_interval=3.0)
