"""Captures a view: the picture, and beside it, in the same pixels, depth, material ids and normals.

Everything runs in Blender's main thread. What is changed is put back at the end, also after an error.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import bpy
from mathutils import Matrix, Vector

from . import runtime
from .develop import COLOUR, FLAT, NORMALS
from .region import region_optics
from .shared.colours import id_colours
from .shared.frame import Optics, capture_size, chosen_ratio, crop
from .shared.jobs import CAPTURE
from .shared.order import ViewCamera
from .shared.restore import Restoring

_MATCAP: Final = "check_normal+y.exr"
_PLAIN_GREY: Final = 0.8
"""Blender's colour of a new material in the viewport."""


class CaptureError(Exception):
    """The view cannot be captured. The message is a sentence for the user."""


@dataclass(frozen=True)
class Shot:
    """What to capture: the camera, the pixels, and the order's field ``aspectRatio``."""

    camera: ViewCamera
    size: tuple[int, int]
    ratio_name: str
    clip: tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A 3D view of a window."""

    window: Any
    area: Any
    region: Any
    space: Any


def place_of(context: Any) -> Place | None:
    """Returns the 3D view of the context, or else the largest one of a window, or None."""
    if bpy.app.background:
        return None
    own = [(context.window, context.area)] if context.area and context.area.type == "VIEW_3D" else []
    others = [(window, area) for window in context.window_manager.windows for area in window.screen.areas]
    others = sorted(
        (each for each in others if each[1].type == "VIEW_3D"), key=lambda each: -each[1].width * each[1].height
    )
    for window, area in own + others:
        region = next((each for each in area.regions if each.type == "WINDOW"), None)
        if region and region.width > 1 and region.height > 1:
            return Place(window, area, region, area.spaces.active)
    return None


def shot_of_region(context: Any, place: Place, choice: str, longer_side: int) -> Shot:
    """Returns the shot of a 3D view. One that looks through the camera is the camera's."""
    view = place.space.region_3d
    if view.view_perspective == "CAMERA" and (camera := _viewed_camera(context, place.space)):
        return shot_of_camera(context, camera, choice, longer_side)
    width, height = float(place.region.width), float(place.region.height)
    is_parallel = not view.is_perspective
    optics = region_optics(place.space.lens, view.view_distance, is_parallel=is_parallel)
    matrix, clip = view.view_matrix.inverted(), (place.space.clip_start, place.space.clip_end)
    distance = float(view.view_distance)
    if is_parallel:  # such a view has no front: it shows also what lies behind it
        back = min(place.space.clip_end / 2, 10 * distance + 200)
        matrix = matrix @ Matrix.Translation((0, 0, back))
        clip, distance = (0.01, back + place.space.clip_end), distance + back
    return _shot("3D view", matrix, optics, (width, height), choice, longer_side, distance, clip)


def shot_of_camera(context: Any, camera: Any, choice: str, longer_side: int) -> Shot:
    """Returns the shot of a camera of the scene. Raises ``CaptureError`` for a panoramic one."""
    data, render = camera.data, context.scene.render
    if data.type not in ("PERSP", "ORTHO"):
        raise CaptureError(f"{camera.name} is a panoramic camera. Choose a perspective or an orthographic one.")
    optics = Optics(
        data.lens, data.sensor_width, data.sensor_height, data.sensor_fit, data.shift_x, data.shift_y,
        data.type == "ORTHO", data.ortho_scale,
    )  # fmt: skip
    size = (render.resolution_x * render.pixel_aspect_x, render.resolution_y * render.pixel_aspect_y)
    matrix = camera.evaluated_get(context.evaluated_depsgraph_get()).matrix_world.copy()
    return _shot(
        camera.name,
        matrix,
        optics,
        size,
        choice,
        longer_side,
        _depth_of_scene(context, matrix),
        (data.clip_start, data.clip_end),
    )


def cameras_of(scene: Any) -> list[Any]:
    """Returns the cameras of a scene by their names, without panoramic ones."""
    found = [each for each in scene.objects if each.type == "CAMERA" and each.data.type in ("PERSP", "ORTHO")]
    return sorted(found, key=lambda each: each.name)


def sun_direction(context: Any) -> tuple[float, float, float] | None:
    """Returns the direction towards the strongest visible sun lamp, in Blender's axes, or None."""
    suns = [each for each in context.view_layer.objects if each.type == "LIGHT" and each.data.type == "SUN"]
    suns = [each for each in suns if each.visible_get() and not each.hide_render]
    if not suns:
        return None
    sun = max(suns, key=lambda each: each.data.energy)
    towards = sun.matrix_world.to_quaternion() @ Vector((0, 0, 1))
    return towards.x, towards.y, towards.z


@dataclass(frozen=True)
class Captured:
    """The files in the folder of a job, and Blender's materials by the colours of the id pass."""

    files: tuple[str, ...]
    names: dict[str, str]


def capture(
    context: Any, shot: Shot, folder: Path, *, place: Place | None, as_viewport: bool, with_guides: bool
) -> Captured:
    """Writes the files of a shot into ``folder``.

    ``as_viewport`` draws the picture as ``place`` is shaded; without a place Workbench draws it. Raises
    ``CaptureError`` and ``NotRestoredError``.
    """
    started = time.perf_counter()
    files, names = [], {}
    with Restoring() as restoring:
        for each in context.objects_in_mode if hasattr(context, "objects_in_mode") else ():
            each.update_from_editmode()
        _show_same_objects(context, restoring, place)
        camera = _temporary_camera(context, restoring, shot)
        _render_settings(context, restoring, camera, shot.size)
        if place and as_viewport:
            _draw_viewport(context, place, folder / CAPTURE)
            files.append(CAPTURE)
        else:
            with Restoring() as look:
                _workbench_look(context, look, place)
                _render(context, look, folder / COLOUR)
            files.append(COLOUR)
        if with_guides:
            with Restoring() as look:
                names = _flat_look(context, look)
                _render(context, look, folder / FLAT)
            files.append(FLAT)
            with Restoring() as look:
                _normal_look(context, look)
                _render(context, look, folder / NORMALS)
            files.append(NORMALS)
    runtime.log().info("captured %d x %d in %.2f s", *shot.size, time.perf_counter() - started)
    return Captured(tuple(files), names)


# ---------------------------------------------------------------- what is seen


def _shot(
    name: str, matrix: Any, optics: Optics, frame: tuple[float, float], choice: str, longer_side: int, distance: float,
    clip: tuple[float, float],
) -> Shot:  # fmt: skip
    ratios = runtime.snapshot().ratios
    ratio_name, ratio = chosen_ratio(choice, *frame, *((ratios,) if ratios else ()))
    size = capture_size(ratio, longer_side)
    inner = optics.cropped(*frame, crop(*frame, ratio))
    turn = matrix.to_quaternion()
    forward, up = turn @ Vector((0, 0, -1)), turn @ Vector((0, 1, 0))
    camera = ViewCamera(
        name, tuple(matrix.translation), tuple(forward), tuple(up), inner, size[0] / size[1], max(distance, 1e-3)
    )
    return Shot(camera, size, ratio_name, clip)


def _viewed_camera(context: Any, space: Any) -> Any:
    camera = space.camera if space.use_local_camera else context.scene.camera
    return camera if camera and camera.type == "CAMERA" else None


def _depth_of_scene(context: Any, matrix: Any) -> float:
    """Returns how far the middle of the scene is in front of a camera; at least 1."""
    towards, place = matrix.to_quaternion() @ Vector((0, 0, -1)), matrix.translation
    depths = [
        (each.matrix_world.translation - place).dot(towards)
        for each in context.view_layer.objects
        if each.type == "MESH"
    ]
    depths = sorted(each for each in depths if each > 0)
    return max(1.0, depths[len(depths) // 2]) if depths else 10.0


def _show_same_objects(context: Any, restoring: Restoring, place: Place | None) -> None:
    """Has viewport and render show the same objects: those that are visible in both."""
    space = place.space if place else None
    rendered = _rendered_objects(context)
    for each in context.view_layer.objects:
        if each.type in ("CAMERA", "EMPTY", "LIGHT", "LIGHT_PROBE", "SPEAKER", "ARMATURE", "LATTICE"):
            continue
        is_seen = each.visible_get(viewport=space) if space else each.visible_get()
        if not is_seen and not each.hide_render:
            restoring.set(each, "hide_render", True)
        elif is_seen and (each.hide_render or each.name not in rendered):
            each.hide_set(True)
            restoring.then(f"the visibility of {each.name}", partial(each.hide_set, False))


def _rendered_objects(context: Any) -> set[str]:
    """Returns the names of the objects that are in a collection which renders."""
    found: set[str] = set()

    def look(layer: Any) -> None:
        if not layer.exclude and not layer.collection.hide_render:
            found.update(each.name for each in layer.collection.objects)
            for child in layer.children:
                look(child)

    look(context.view_layer.layer_collection)
    return found


def _temporary_camera(context: Any, restoring: Restoring, shot: Shot) -> Any:
    view, optics = shot.camera, shot.camera.optics
    data = bpy.data.cameras.new(".renderiq")
    restoring.then("the temporary camera", lambda: bpy.data.cameras.remove(data))
    camera = bpy.data.objects.new(".renderiq", data)
    restoring.then("the temporary camera", lambda: bpy.data.objects.remove(camera))
    data.type = "ORTHO" if optics.is_parallel else "PERSP"
    data.sensor_fit, data.sensor_width, data.lens = "HORIZONTAL", optics.sensor_width, optics.lens
    data.ortho_scale, data.shift_x, data.shift_y = optics.ortho_scale, optics.shift_x, optics.shift_y
    data.clip_start, data.clip_end = shot.clip
    forward, up = Vector(view.forward), Vector(view.up)
    turn = Matrix((forward.cross(up), up, -forward)).transposed().to_4x4()
    camera.matrix_world = Matrix.Translation(view.position) @ turn
    context.scene.collection.objects.link(camera)
    context.view_layer.update()
    return camera


# ---------------------------------------------------------------- settings


def _render_settings(context: Any, restoring: Restoring, camera: Any, size: tuple[int, int]) -> None:
    scene, render = context.scene, context.scene.render
    restoring.set(scene, "camera", camera)
    for marker in scene.timeline_markers:
        if marker.camera:  # a marker would choose its own camera
            restoring.set(marker, "camera", None)
    restoring.set(render, "resolution_x", size[0])
    restoring.set(render, "resolution_y", size[1])
    restoring.set(render, "resolution_percentage", 100)
    restoring.set_known(
        render, pixel_aspect_x=1.0, pixel_aspect_y=1.0, use_border=False, use_crop_to_border=False, use_multiview=False,
        use_compositing=False, use_sequencer=False, use_stamp=False, use_motion_blur=False, use_freestyle=False,
        use_file_extension=False, use_overwrite=True, use_placeholder=False, dither_intensity=0.0,
        use_single_layer=True,
    )  # fmt: skip
    restoring.set(render, "filepath", render.filepath + " ")  # whatever is written there is put back
    result = next((each for each in bpy.data.images if each.type == "RENDER_RESULT"), None)
    if result and len(result.render_slots) > 1:  # the user's last render stays in its slot
        slots, last = result.render_slots, len(result.render_slots) - 1
        if slots.active_index != last:
            restoring.set(slots, "active_index", last)


@contextmanager
def _image_format(render: Any, kind: str) -> Iterator[None]:
    """Writes PNG or uncompressed OpenEXR for a while. The kind of media goes first: formats depend on it."""
    settings = render.image_settings
    names = [
        each
        for each in (
            "media_type",
            "file_format",
            "color_mode",
            "color_depth",
            "exr_codec",
            "compression",
            "color_management",
        )
        if hasattr(settings, each)
    ]
    before = [(each, getattr(settings, each)) for each in names]
    try:
        if kind == "EXR":
            if hasattr(settings, "media_type"):
                settings.media_type = "MULTI_LAYER_IMAGE"
            settings.file_format, settings.color_depth, settings.exr_codec = "OPEN_EXR_MULTILAYER", "32", "NONE"
        else:
            if hasattr(settings, "media_type"):
                settings.media_type = "IMAGE"
            settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGB", "8"
            if hasattr(settings, "color_management"):
                settings.color_management = "FOLLOW_SCENE"
        yield
    finally:
        for name, value in before:
            setattr(settings, name, value)


def _render(context: Any, restoring: Restoring, path: Path) -> None:
    """Renders with Workbench into an OpenEXR file."""
    scene, render = context.scene, context.scene.render
    restoring.set(render, "engine", "BLENDER_WORKBENCH")
    restoring.set(render, "film_transparent", True)
    restoring.set(context.view_layer, "use_pass_z", True)
    restoring.set(context.view_layer, "use_pass_combined", True)
    render.filepath = str(path)
    with _image_format(render, "EXR"):
        outcome = bpy.ops.render.render(write_still=True, layer=context.view_layer.name, scene=scene.name)
    if "FINISHED" not in outcome or not path.exists():
        raise CaptureError(
            "Blender could not draw the view. Its graphics driver may be missing; the log file says more."
        )


def _plain_shading(restoring: Restoring, shading: Any) -> None:
    restoring.set_known(
        shading, show_xray=False, show_shadows=False, show_cavity=False, show_object_outline=False,
        show_specular_highlight=False, use_dof=False,
    )  # fmt: skip


def _workbench_look(context: Any, restoring: Restoring, place: Place | None) -> None:
    """Faces in the colours of the materials, or in those of the viewport, under soft studio light."""
    scene = context.scene
    shading = scene.display.shading
    restoring.set(scene.display, "render_aa", "8")
    restoring.set(shading, "light", "STUDIO")
    _plain_shading(restoring, shading)
    colours = "MATERIAL"
    if (
        place
        and place.space.shading.type == "SOLID"
        and place.space.shading.color_type in ("OBJECT", "VERTEX", "TEXTURE")
    ):
        colours = place.space.shading.color_type
    restoring.set(shading, "color_type", colours)
    for material in _materials():
        if colour := _node_colour(material):
            restoring.set(material, "diffuse_color", colour)


def _flat_look(context: Any, restoring: Restoring) -> dict[str, str]:
    """One flat colour per material, without anti-aliasing. Returns the names of the materials by their colours."""
    scene = context.scene
    restoring.set(scene.display, "render_aa", "OFF")
    restoring.set(scene.display.shading, "light", "FLAT")
    restoring.set(scene.display.shading, "color_type", "MATERIAL")
    _plain_shading(restoring, scene.display.shading)
    materials = _materials()
    names = {}
    for material, colour in zip(materials, id_colours(len(materials)), strict=True):
        restoring.set(material, "diffuse_color", (*(each / 255 for each in colour), 1.0))
        names["#{:02x}{:02x}{:02x}".format(*colour)] = material.name
    return names


def _normal_look(context: Any, restoring: Restoring) -> None:
    """Normals as colours, without anti-aliasing."""
    scene = context.scene
    shading = scene.display.shading
    restoring.set(scene.display, "render_aa", "OFF")
    restoring.set(shading, "light", "MATCAP")
    restoring.set(shading, "studio_light", _MATCAP)
    restoring.set(shading, "color_type", "SINGLE")
    restoring.set(shading, "single_color", (1.0, 1.0, 1.0))
    restoring.set_known(shading, use_matcap_flip=False)
    _plain_shading(restoring, shading)


def _materials() -> list[Any]:
    return [each for each in bpy.data.materials if each.users and not each.is_grease_pencil]


def _node_colour(material: Any) -> tuple[float, float, float, float] | None:
    """Returns the base colour of a material's nodes, if nobody has chosen a colour for the viewport."""
    shown = tuple(material.diffuse_color)
    if any(abs(each - _PLAIN_GREY) > 1e-3 for each in shown[:3]) or not material.node_tree:
        return None
    for node in material.node_tree.nodes:
        if node.type == "BSDF_PRINCIPLED":
            socket = node.inputs.get("Base Color")
            if socket and not socket.is_linked:
                red, green, blue = tuple(socket.default_value)[:3]
                return red, green, blue, shown[3]
    return None


# ---------------------------------------------------------------- as the viewport


def _keep_view(restoring: Restoring, view: Any) -> None:
    """Puts the direction of a view back: looking through a camera overwrites it."""
    before = {name: getattr(view, name) for name in ("view_location", "view_distance", "view_rotation")}
    before = {name: value.copy() if hasattr(value, "copy") else value for name, value in before.items()}
    for name, value in before.items():
        restoring.then(name, partial(setattr, view, name, value))


def _draw_viewport(context: Any, place: Place, path: Path) -> None:
    """Draws what the viewport shows, by its own shading, without overlays, gizmos and selection."""
    scene, space, view = context.scene, place.space, place.space.region_3d
    with Restoring() as restoring:
        restoring.set(space.overlay, "show_overlays", False)
        restoring.set(space, "show_gizmo", False)
        restoring.set(space, "use_local_camera", False)
        restoring.set(space, "use_render_border", False)
        _keep_view(restoring, view)
        restoring.set(view, "view_perspective", "CAMERA")
        if space.shading.type == "SOLID":
            restoring.set(space.shading, "background_type", "VIEWPORT")
            restoring.set(space.shading, "background_color", (0.76, 0.79, 0.84))
            restoring.set_known(space.shading, show_object_outline=False)
            restoring.set(scene.view_settings, "view_transform", "Standard")
            restoring.set_known(scene.view_settings, look="None", exposure=0.0, gamma=1.0, use_curve_mapping=False)
        restoring.set(scene.render, "film_transparent", False)
        scene.render.filepath = str(path)
        with (
            _image_format(scene.render, "PNG"),
            context.temp_override(window=place.window, area=place.area, region=place.region),
        ):
            outcome = bpy.ops.render.opengl(write_still=True, view_context=True)
    if "FINISHED" not in outcome or not path.exists():
        raise CaptureError(
            "Blender could not draw the viewport. Choose Clean as the capture, or look into the log file."
        )
