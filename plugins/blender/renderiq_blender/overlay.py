"""Draws in the 3D view what a capture will show, before it is sent."""

from __future__ import annotations

from typing import Any

import bpy
import gpu
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gpu_extras.batch import batch_for_shader

from . import runtime
from .pictures import _shader
from .shared.frame import Crop, chosen_ratio, crop

_handler: Any = None
_DIM = (0.0, 0.0, 0.0, 0.5)
_LINE = (1.0, 0.75, 0.3, 0.9)


def frame_in_region(context: Any) -> Crop | None:
    """Returns what the capture shows, in pixels of the 3D view, or None if the view does not show it."""
    settings = context.scene.renderiq
    region, view = context.region, context.region_data
    if view is None:
        return None
    outer = Crop(0.0, 0.0, float(region.width), float(region.height))
    if view.view_perspective == "CAMERA":
        found = _camera_frame(context)
        if found is None:
            return None
        outer = found
    elif settings.frame == "CAMERA":
        return None
    names = runtime.snapshot().ratios
    _, ratio = chosen_ratio(settings.ratio, outer.width, outer.height, *((names,) if names else ()))
    inner = crop(outer.width, outer.height, ratio)
    return Crop(outer.x + inner.x, outer.y + inner.y, inner.width, inner.height)


def _camera_frame(context: Any) -> Crop | None:
    space = context.space_data
    camera = space.camera if space.use_local_camera else context.scene.camera
    if camera is None or camera.type != "CAMERA":
        return None
    matrix = camera.matrix_world.normalized()
    corners = [matrix @ each for each in camera.data.view_frame(scene=context.scene)]
    seen = [location_3d_to_region_2d(context.region, context.region_data, each) for each in corners]
    if any(each is None for each in seen):
        return None
    xs, ys = [each.x for each in seen], [each.y for each in seen]
    if max(xs) - min(xs) < 2 or max(ys) - min(ys) < 2:
        return None
    return Crop(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _draw() -> None:
    context = bpy.context
    settings = getattr(context.scene, "renderiq", None)
    if not settings or not settings.show_frame or not context.space_data.overlay.show_overlays:
        return
    found = frame_in_region(context)
    if found is None:
        return
    width, height = context.region.width, context.region.height
    left, bottom, right, top = found.x, found.y, found.x + found.width, found.y + found.height
    bars = ((0, 0, left, height), (right, 0, width, height), (left, 0, right, bottom), (left, top, right, height))
    gpu.state.blend_set("ALPHA")
    shader = _shader("UNIFORM_COLOR")
    shader.bind()
    for bar in bars:
        _fill(shader, bar, _DIM)
    for side in (
        (left, bottom, right, bottom + 1), (left, top - 1, right, top),
        (left, bottom, left + 1, top), (right - 1, bottom, right, top),
    ):  # fmt: skip
        _fill(shader, side, _LINE)
    gpu.state.blend_set("NONE")


def _fill(shader: Any, bar: tuple[float, float, float, float], colour: tuple[float, float, float, float]) -> None:
    left, bottom, right, top = bar
    if right - left < 0.5 or top - bottom < 0.5:
        return
    corners = ((left, bottom), (right, bottom), (right, top), (left, top))
    shader.uniform_float("color", colour)
    batch_for_shader(shader, "TRI_FAN", {"pos": corners}).draw(shader)


def _guarded_draw() -> None:
    try:
        _draw()
    except Exception:  # Blender would print the same error at each redraw
        runtime.log().exception("the frame could not be drawn")
        bpy.context.scene.renderiq.show_frame = False


def register() -> None:
    """Begins to draw."""
    global _handler
    if not bpy.app.background:
        _handler = bpy.types.SpaceView3D.draw_handler_add(_guarded_draw, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    """Ends it."""
    global _handler
    if _handler is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_handler, "WINDOW")
        _handler = None
