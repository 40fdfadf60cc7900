"""Results in Blender: as images, in the image editor, and beside their capture."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import bpy
import gpu
from gpu_extras.batch import batch_for_shader

from . import runtime
from .shared.snapshot import Entry

JOB: Final = "renderiq_job"
CAPTURE_OF: Final = "renderiq_capture_of"
_handler: Any = None


def load(entry: Entry) -> Any:
    """Returns the image of a result, loading it if it is not in this file yet. Raises ``RuntimeError``."""
    image = bpy.data.images.load(entry.result, check_existing=True)
    if image.get(JOB) != entry.job:
        image.name = f"Renderiq {entry.view}"
        image[JOB] = entry.job
    return image


def show(entry: Entry) -> Any:
    """Loads a result and shows it in every image editor that does not hold on to its image. Returns the image."""
    image = load(entry)
    runtime.log().info("shown %s", entry.job)
    for space in image_editors():
        if not space.use_image_pin:
            space.image = image
    return image


def image_editors() -> list[Any]:
    """Returns the image editors of all windows."""
    manager = bpy.context.window_manager
    areas = [area for window in manager.windows for area in window.screen.areas] if manager else []
    return [area.spaces.active for area in areas if area.type == "IMAGE_EDITOR"]


def entry_of(image: Any) -> Entry | None:
    """Returns the order that an image is the result of, or None."""
    job = image.get(JOB) if image else None
    return next((each for each in runtime.snapshot().entries if each.job == job), None) if job else None


def capture_image(entry: Entry) -> Any:
    """Returns the capture of an order as an image, or None if its file is gone."""
    if not Path(entry.capture).exists():
        return None
    image = bpy.data.images.load(entry.capture, check_existing=True)
    if image.get(CAPTURE_OF) != entry.job:
        image.name = f"Renderiq capture {entry.view}"
        image[CAPTURE_OF] = entry.job
    return image


# ---------------------------------------------------------------- before and after


def _shader(name: str) -> Any:
    """Returns a shader of Blender, whose names lost a prefix with 4.0."""
    return gpu.shader.from_builtin(name if bpy.app.version >= (4, 0, 0) else f"2D_{name}")


def _draw_compare() -> None:
    context = bpy.context
    space, region = context.space_data, context.region
    settings = getattr(context.scene, "renderiq", None)
    if not settings or not settings.compare or space.type != "IMAGE_EDITOR" or space.mode != "VIEW":
        return
    entry = entry_of(space.image)
    before = capture_image(entry) if entry else None
    if before is None or not before.size[0]:
        return
    left, bottom = region.view2d.view_to_region(0, 0, clip=False)
    right, top = region.view2d.view_to_region(1, 1, clip=False)
    part = settings.split
    middle = left + (right - left) * part
    shader = _shader("IMAGE")
    corners = ((left, bottom), (middle, bottom), (middle, top), (left, top))
    places = ((0, 0), (part, 0), (part, 1), (0, 1))
    batch = batch_for_shader(shader, "TRI_FAN", {"pos": corners, "texCoord": places})
    shader.bind()
    shader.uniform_sampler("image", gpu.texture.from_image(before))
    batch.draw(shader)
    line = _shader("UNIFORM_COLOR")
    wide = ((middle - 1, bottom), (middle + 1, bottom), (middle + 1, top), (middle - 1, top))
    strip = batch_for_shader(line, "TRI_FAN", {"pos": wide})
    line.bind()
    line.uniform_float("color", (1.0, 1.0, 1.0, 1.0))
    strip.draw(line)


def _guarded_draw() -> None:
    try:
        _draw_compare()
    except Exception:  # Blender would print the same error at each redraw
        runtime.log().exception("before and after could not be drawn")
        bpy.context.scene.renderiq.compare = False


def register() -> None:
    """Begins to draw before and after."""
    global _handler
    if not bpy.app.background:
        _handler = bpy.types.SpaceImageEditor.draw_handler_add(_guarded_draw, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    """Ends it."""
    global _handler
    if _handler is not None:
        bpy.types.SpaceImageEditor.draw_handler_remove(_handler, "WINDOW")
        _handler = None
