"""Renders the sample viewports of the gallery with Blender's Workbench, without a display. Run by `make viewports`.

Each is rendered at twice its size without anti-aliasing and then reduced, which is supersampling. Edge lines are drawn
between pixels that show different faces.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector
from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.viewports import scenes
from benchmarks.viewports.model import MATERIAL_COLOURS, Model

INPUTS = Path(__file__).parents[1] / "gallery" / "inputs"
SUPERSAMPLING = 2
"""Rendered pixels per pixel and axis."""
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class View:
    """One capture: the model, the camera, and how a modelling program would show it. Lengths are in metres."""

    model: Callable[[], Model]
    size: tuple[int, int]
    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    lens: float = 32.0
    backdrop: tuple[Rgb, Rgb] | None = ((226, 230, 236), (226, 230, 236))
    """Colours at the top and at the bottom; None makes the background transparent."""
    ground: tuple[Rgb, Rgb] | None = None
    """Colours of a ground plane at the horizon and at the bottom of the frame."""
    edges: Rgb | None = None
    """Colour of edge lines; None draws none."""
    thickness: int = 3
    """Of edge lines, in rendered pixels."""
    studio: bool = False
    """Workbench's studio light and smooth shading instead of one colour per face."""
    quality: int | None = None
    """JPEG quality; None makes a PNG."""
    guides: tuple[str, ...] = field(default=())
    """Guide images to render as well: "depth", "material"."""


VIEWS: dict[str, View] = {
    "house-lines": View(scenes.house, (1600, 900), (-7, -17, 3.4), (5, 3, 3.4), edges=(20, 20, 20)),
    "house-small": View(scenes.house, (640, 360), (15, -15, 2.2), (5, 2, 3.3), edges=(20, 20, 20), thickness=2),
    "villa-gradient": View(
        scenes.villa, (1920, 1080), (-9, -19, 4.2), (7, 2, 3), 30, ((150, 184, 220), (226, 236, 246))
    ),
    "tower-portrait": View(
        scenes.tower, (1080, 1920), (44, -56, 10), (4, 6, 21), 30, ((255, 255, 255), (255, 255, 255)), edges=(0, 0, 0)
    ),
    "living-room": View(scenes.living_room, (1500, 1000), (2.6, -1.9, 1.5), (3.3, 4, 1.25), 20),
    "kitchen-lines": View(scenes.kitchen, (1440, 1080), (2.3, -2.9, 1.5), (2.6, 3, 1.25), 22, edges=(30, 30, 30)),
    "terrain": View(scenes.terrain, (1600, 900), (-4, -34, 14), (2, 10, 2), 30, ((198, 212, 226), (198, 212, 226))),
    "chair-gradient": View(
        scenes.chair, (1200, 1200), (1.5, -1.7, 1.15), (0.25, 0.24, 0.46), 45, ((196, 202, 210), (244, 246, 248))
    ),
    "vase-smooth": View(
        scenes.vase, (1200, 1200), (0.6, -3.6, 1.3), (0, 0, 0.45), 50, ((238, 238, 238), (238, 238, 238)), studio=True
    ),
    "house-dark": View(
        scenes.house, (1600, 900), (17, -14, 4.6), (5, 2.5, 3.3), 34, ((57, 57, 57), (57, 57, 57)), studio=True
    ),
    "street-lines": View(
        scenes.street,
        (1440, 1080),
        (1.2, -16, 1.8),
        (0.2, 10, 3.2),
        26,
        ((142, 182, 222), (226, 238, 246)),
        ((176, 186, 160), (150, 160, 132)),
        edges=(24, 24, 24),
    ),
    "pavilion-transparent": View(
        scenes.pavilion, (1500, 1000), (-7, -13, 3.2), (6, 2.5, 1.9), 30, None, guides=("depth", "material")
    ),
    "office-white": View(
        scenes.office,
        (1600, 900),
        (-10, -20, 4.4),
        (10, 3, 4.6),
        28,
        ((255, 255, 255), (255, 255, 255)),
        edges=(0, 0, 0),
    ),
}


def main() -> None:
    """Renders the viewports that the command line names, or all of them."""
    INPUTS.mkdir(parents=True, exist_ok=True)
    chosen = sys.argv[1:] or list(VIEWS)
    for name in chosen:
        for suffix, picture in render_view(VIEWS[name]).items():
            quality = VIEWS[name].quality
            if quality and not suffix:
                picture.save(INPUTS / f"{name}.jpg", quality=quality)
            else:
                picture.save(INPUTS / f"{name}{suffix}.png", optimize=True)
        print(name, flush=True)


def render_view(view: View) -> dict[str, Image.Image]:
    """Returns the capture under "" and the guide images of the view under ".depth" and ".material"."""
    scene, mesh, camera = build_scene(view)
    width, height = view.size
    add_colour_attributes(mesh, camera)
    pictures: dict[str, Image.Image] = {}
    shown = render(scene, "studio" if view.studio else "shade", smooth=view.studio)
    background = render_background(view, camera)
    if view.edges:
        shown = draw_edge_lines(shown, render(scene, "face"), view)
    if background is None:
        clear = shown.convert("RGBa").resize(view.size, Image.Resampling.BOX).convert("RGBA")
        pictures[""] = clear
    else:
        large = background.resize(shown.size, Image.Resampling.BILINEAR)
        large.paste(shown.convert("RGB"), (0, 0), shown.getchannel("A"))
        pictures[""] = large.resize(view.size, Image.Resampling.BOX)
    for guide in view.guides:
        plane = render(scene, guide)
        solid = Image.new("RGB", plane.size, "black")
        solid.paste(plane.convert("RGB"), (0, 0), plane.getchannel("A"))
        flat = solid.resize((width, height), Image.Resampling.NEAREST)
        pictures[f".{guide}"] = flat.convert("L") if guide == "depth" else flat
    return pictures


def build_scene(view: View) -> tuple[bpy.types.Scene, bpy.types.Mesh, bpy.types.Object]:
    """Builds a Blender scene; returns it with its mesh and its camera."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    model = view.model()
    corners: list[tuple[float, float, float]] = []
    faces: list[list[int]] = []
    index: dict[tuple[float, float, float], int] = {}
    for points, _, smooth in model.faces:
        face = []
        for point in points:
            key = (round(point[0], 5), round(point[1], 5), round(point[2], 5))
            if not smooth or key not in index:
                index[key] = len(corners)
                corners.append(point)
            face.append(index[key])
        faces.append(face)
    mesh = bpy.data.meshes.new("model")
    mesh.from_pydata(corners, [], faces)
    mesh.polygons.foreach_set("use_smooth", [smooth for _, _, smooth in model.faces])
    mesh.update()
    mesh["materials"] = [list(MATERIAL_COLOURS).index(material) for _, material, _ in model.faces]
    scene.collection.objects.link(bpy.data.objects.new("model", mesh))
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_fit, lens.clip_end = view.lens, "HORIZONTAL", 500
    lens.clip_start = 0.01 * (Vector(view.target) - Vector(view.eye)).length
    if view.size[1] > view.size[0]:
        lens.sensor_fit = "VERTICAL"
    camera = bpy.data.objects.new("camera", lens)
    scene.collection.objects.link(camera)
    scene.camera = camera
    setting = scene.render
    setting.resolution_x, setting.resolution_y = (side * SUPERSAMPLING for side in view.size)
    setting.resolution_percentage = 100
    camera.location = view.eye
    camera.rotation_euler = (Vector(view.target) - Vector(view.eye)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.view_layer.update()
    return scene, mesh, camera


def add_colour_attributes(mesh: bpy.types.Mesh, camera: bpy.types.Object) -> None:
    """Adds a colour attribute for each pass: all passes render the same faces in different colours."""
    sun = Vector((-0.55, -0.62, 0.75)).normalized()
    material_colours = [np.array(colour, np.float64) / 255 for colour in MATERIAL_COLOURS.values()]
    into_camera = camera.matrix_world.inverted()
    distance = [-(into_camera @ vertex.co).z for vertex in mesh.vertices]
    seen = [far for far in distance if far > 0.05]
    near, far = max(0.05, min(seen)), max(seen)
    passes: dict[str, list[tuple[float, ...]]] = {name: [] for name in ("shade", "face", "material", "depth", "studio")}
    materials = list(mesh["materials"])
    for polygon in mesh.polygons:
        colour = material_colours[materials[polygon.index]]
        # Modelling programs shade each face by its direction only.
        light = 0.66 + 0.34 * max(0.0, polygon.normal.dot(sun)) - 0.05 * max(0.0, polygon.normal.x)
        number = polygon.index + 1
        face = np.array([number * 53 % 251, number * 97 % 241, number // 7 % 256]) / 255
        for loop in polygon.loop_indices:
            depth = 1 - (distance[mesh.loops[loop].vertex_index] - near) / (far - near)
            for name, value in (
                ("shade", colour * min(light, 1.0)),
                ("face", face),
                ("material", colour),
                ("depth", np.full(3, max(0.02, depth))),
                ("studio", colour),
            ):
                passes[name].append((*value, 1.0))
    for name in passes:
        mesh.color_attributes.new(name, "FLOAT_COLOR", "CORNER")
    for name, colours in passes.items():
        mesh.color_attributes[name].data.foreach_set("color_srgb", np.array(colours, np.float32).ravel())


def render(scene: bpy.types.Scene, name: str, *, smooth: bool = False) -> Image.Image:
    """Renders one pass, the colour attribute ``name``, with transparent background."""
    mesh = scene.objects["model"].data
    mesh.color_attributes.active_color = mesh.color_attributes[name]
    setting = scene.render
    setting.engine, setting.film_transparent = "BLENDER_WORKBENCH", True
    setting.image_settings.file_format, setting.image_settings.color_mode = "PNG", "RGBA"
    scene.display.render_aa = "OFF"
    scene.display.shading.light = "STUDIO" if smooth else "FLAT"
    scene.display.shading.color_type = "VERTEX"
    scene.display.shading.show_specular_highlight = False
    scene.view_settings.view_transform = "Standard"
    setting.dither_intensity = 0
    with tempfile.TemporaryDirectory() as folder:
        setting.filepath = str(Path(folder) / "pass.png")
        with _suppress_stdout():
            bpy.ops.render.render(write_still=True)
        return Image.open(setting.filepath).convert("RGBA")


def draw_edge_lines(shown: Image.Image, faces: Image.Image, view: View) -> Image.Image:
    """Returns ``shown`` with lines between the faces, which have one colour each in ``faces``."""
    number = np.asarray(faces).astype(np.int32)
    edge = np.zeros(number.shape[:2], bool)
    across = (number[:, 1:] != number[:, :-1]).any(axis=2)
    down = (number[1:] != number[:-1]).any(axis=2)
    edge[:, 1:] |= across
    edge[1:] |= down
    stroke = Image.fromarray(edge.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(view.thickness | 1))
    with_lines = shown.copy()
    with_lines.paste((*view.edges, 255) if view.edges else (0, 0, 0, 255), (0, 0), stroke)
    return with_lines


def render_background(view: View, camera: bpy.types.Object) -> Image.Image | None:
    """Returns the gradients of background and ground, or None if the background is transparent."""
    if view.backdrop is None:
        return None
    width, height = view.size
    horizon = float(height)
    if view.ground:
        # The row in which a horizontal ray from the camera meets the picture.
        forward = camera.matrix_world.to_quaternion() @ Vector((0, 0, -1))
        level = camera.matrix_world.inverted().to_3x3() @ Vector((forward.x, forward.y, 0)).normalized()
        scale = view.lens / 36 * max(width, height)
        horizon = height / 2 - scale * level.y / -level.z
    y = np.arange(height, dtype=np.float64)[:, None]
    rise = np.clip(y / max(1.0, horizon), 0, 1)
    picture = np.array(view.backdrop[0]) * (1 - rise) + np.array(view.backdrop[1]) * rise
    if view.ground:
        fall = np.clip((y - horizon) / (height - horizon), 0, 1)
        picture = np.where(
            y > horizon, np.array(view.ground[0]) * (1 - fall) + np.array(view.ground[1]) * fall, picture
        )
    rows = np.round(picture).astype(np.uint8)
    return Image.fromarray(np.repeat(rows[:, None], width, axis=1))


@contextlib.contextmanager
def _suppress_stdout() -> Iterator[None]:
    """Suppresses the C library's standard output, to which Blender writes the name of each saved frame."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


if __name__ == "__main__":
    main()
