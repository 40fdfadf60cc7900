"""Loads a model into Blender, places the camera and reads the maps of a view. Needs the environment .venv-captures."""

from __future__ import annotations

import contextlib
import math
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import bmesh
import bpy
import numpy as np
from mathutils import Matrix, Vector

from benchmarks.captures.catalogue import MODELS, View
from benchmarks.captures.truth import Maps, Mask, Numbers

FINER = 2
"""Pixels are drawn this many times finer in each direction and then averaged, as a host's multisampling does."""
UNSEEN_IFC = ("IfcSpace", "IfcOpeningElement", "IfcAnnotation", "IfcGrid")


def stage(view: View, size: tuple[int, int]) -> bpy.types.Scene:
    """A scene with the model and the camera of a view, for a capture of the given width and height."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    path = MODELS[view.model]
    with silence():
        load_ifc(path) if path.suffix == ".ifc" else bpy.ops.import_scene.gltf(filepath=str(path))
    keep_meshes(view.hide)
    number_materials()
    low, high = bounds()
    for axis, part in view.cuts:
        cut(axis, part, low, high)
    scene.render.resolution_x, scene.render.resolution_y = (side * FINER for side in size)
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = True
    scene.view_settings.view_transform = "Standard"
    scene.render.dither_intensity = 0
    aim(scene, view, low, high)
    return scene


def load_ifc(path: Path) -> None:
    """Makes one object per element of an IFC file, with its materials."""
    import ifcopenshell
    import ifcopenshell.geom

    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    model = ifcopenshell.open(path)  # the iterator does not keep the model alive
    elements = ifcopenshell.geom.iterator(settings, model, 1, exclude=list(UNSEEN_IFC))
    paints: dict[str, bpy.types.Material] = {}
    going = elements.initialize()
    while going:
        shape = elements.get()
        geometry = shape.geometry
        mesh = bpy.data.meshes.new(shape.type)
        corners = np.array(geometry.verts).reshape(-1, 3)
        mesh.from_pydata(corners.tolist(), [], np.array(geometry.faces).reshape(-1, 3).tolist())
        for material in geometry.materials:
            if material.name not in paints:
                paints[material.name] = paint(
                    material.name, material.diffuse.components, 1 - (material.transparency or 0)
                )
            mesh.materials.append(paints[material.name])
        mesh.polygons.foreach_set("material_index", np.maximum(geometry.material_ids, 0))
        weld(mesh)
        item = bpy.data.objects.new(f"{shape.type}/{shape.name}", mesh)
        bpy.context.scene.collection.objects.link(item)
        going = elements.next()


def paint(name: str, colour: Sequence[float], alpha: float) -> bpy.types.Material:
    """Returns a material of an sRGB ``colour`` from 0 to 1 and an opacity ``alpha``."""
    material = bpy.data.materials.new(name)
    linear = np.power(colour, 2.2)
    material.diffuse_color = (*linear, 0.35 if alpha < 0.95 else 1.0)
    return material


def weld(mesh: bpy.types.Mesh) -> None:
    """Joins the vertices of ``mesh`` that are in one place."""
    shape = bmesh.new()
    shape.from_mesh(mesh)
    bmesh.ops.remove_doubles(shape, verts=shape.verts, dist=1e-5)
    shape.to_mesh(mesh)
    shape.free()


def meshes() -> list[bpy.types.Object]:
    """Returns the objects of the scene that have faces."""
    return [each for each in bpy.context.scene.objects if each.type == "MESH" and each.data.polygons]


def keep_meshes(hide: str) -> None:
    """Leaves only visible meshes, in world coordinates, with smooth faces where neighbours meet at less than 30°."""
    for item in list(bpy.context.scene.objects):
        unwanted = item.type != "MESH" or (hide and re.search(hide, item.name))
        if not unwanted:
            item.data = item.data.copy()
            item.data.transform(item.matrix_world)
    kept = [each for each in meshes() if not (hide and re.search(hide, each.name))]
    for item in list(bpy.context.scene.objects):
        if item not in kept:
            bpy.data.objects.remove(item)
    for item in kept:
        item.parent = None
        item.matrix_world = Matrix.Identity(4)
        item.data.polygons.foreach_set("use_smooth", [True] * len(item.data.polygons))
        item.data.set_sharp_from_angle(angle=math.radians(30))


def number_materials() -> None:
    """Numbers objects and materials from 1, and gives every material the colour that Workbench draws it in."""
    for number, item in enumerate(meshes(), 1):
        item.pass_index = number
        for slot in item.material_slots:
            if slot.material is None:
                slot.material = bpy.data.materials.get("plain") or paint("plain", (0.8, 0.8, 0.8), 1)
        if not item.material_slots:
            item.data.materials.append(bpy.data.materials.get("plain") or paint("plain", (0.8, 0.8, 0.8), 1))
    for number, material in enumerate(bpy.data.materials, 1):
        material.pass_index = number
        shader = material.node_tree and material.node_tree.nodes.get("Principled BSDF")
        if shader:
            colour, alpha = shader.inputs["Base Color"].default_value, shader.inputs["Alpha"].default_value
            material.diffuse_color = (*colour[:3], 0.35 if alpha < 0.95 else 1.0)
    for item in meshes():
        mark_materials(item)


def mark_materials(item: bpy.types.Object) -> None:
    """Stores the number of the material of each face in an attribute, which survives a material override."""
    mesh = item.data
    numbers = [slot.material.pass_index for slot in item.material_slots]
    index = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", index)
    attribute = mesh.attributes.get("material number") or mesh.attributes.new("material number", "FLOAT", "FACE")
    attribute.data.foreach_set("value", np.array(numbers, np.float32)[np.minimum(index, len(numbers) - 1)])


def corners() -> Numbers:
    """The corners of all meshes, shape (n, 3)."""
    found = []
    for item in meshes():
        points = np.empty(len(item.data.vertices) * 3, np.float32)
        item.data.vertices.foreach_get("co", points)
        found.append(points.reshape(-1, 3))
    return np.concatenate(found)


def bounds() -> tuple[Vector, Vector]:
    """Returns the lowest and the highest corner of the scene."""
    points = corners()
    return Vector(points.min(0)), Vector(points.max(0))


def cut(axis: str, part: float, low: Vector, high: Vector) -> None:
    """Cuts every object at a plane and closes the cut with dark faces, as a host draws a section."""
    number = "xyz".index(axis)
    normal = Vector([float(each == number) for each in range(3)]) * (1 if part > 0 else -1)
    place = Vector(low)
    place[number] = low[number] + abs(part) * (high[number] - low[number])
    dark = bpy.data.materials.get("cut") or paint("cut", (0.22, 0.22, 0.22), 1)
    dark.pass_index = len(bpy.data.materials)
    for item in meshes():
        item.data.materials.append(dark)
        shape = bmesh.new()
        shape.from_mesh(item.data)
        everything = [*shape.verts, *shape.edges, *shape.faces]
        found = bmesh.ops.bisect_plane(shape, geom=everything, plane_co=place, plane_no=normal, clear_outer=True)
        edges = [each for each in found["geom_cut"] if isinstance(each, bmesh.types.BMEdge)]
        if edges:
            filled = bmesh.ops.triangle_fill(shape, use_beauty=True, use_dissolve=False, edges=edges, normal=normal)
            for face in filled["geom"]:
                if isinstance(face, bmesh.types.BMFace):
                    face.material_index, face.smooth = len(item.data.materials) - 1, False
        shape.to_mesh(item.data)
        shape.free()
        mark_materials(item)


def aim(scene: bpy.types.Scene, view: View, low: Vector, high: Vector) -> None:
    """Adds the camera."""
    lens = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", lens)
    scene.collection.objects.link(camera)
    scene.camera = camera
    extent = high - low
    lens.lens, lens.sensor_fit, lens.clip_start, lens.clip_end = view.lens, "HORIZONTAL", 0.05, 1000
    if view.eye is not None:
        eye, target = (low + Vector(map(math.prod, zip(part, extent, strict=True))) for part in (view.eye, view.target))
        camera.location, camera.rotation_euler = eye, (target - eye).to_track_quat("-Z", "Y").to_euler()
        bpy.context.view_layer.update()
        return
    azimuth, elevation = math.radians(view.azimuth), math.radians(min(view.elevation, 89.8))
    away = Vector((math.sin(azimuth), -math.cos(azimuth), 0)) * math.cos(elevation) + Vector(
        (0, 0, math.sin(elevation))
    )
    camera.rotation_euler = (-away).to_track_quat("-Z", "Y").to_euler()
    turn = camera.rotation_euler.to_matrix()
    points = corners() @ np.array(turn)
    middle = (points.max(0) + points.min(0)) / 2
    points -= middle
    aspect = scene.render.resolution_x / scene.render.resolution_y
    across, up = np.abs(points[:, 0]), np.abs(points[:, 1]) * aspect
    if view.orthographic:
        lens.type, lens.ortho_scale = "ORTHO", 2 * max(across.max(), up.max()) / view.fill
        distance = 2 * extent.length
    else:
        slope = 18 / view.lens * view.fill
        distance = float((np.maximum(across, up) / slope + points[:, 2]).max())
    camera.location = turn @ Vector((*middle[:2], middle[2] + distance))
    bpy.context.view_layer.update()


def read_maps(scene: bpy.types.Scene) -> Maps:
    """Reads what each pixel shows, by two renders of Cycles with one sample in the middle of each pixel."""
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = 1, False, 0
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = "BOX", 0.01
    numbers = _render_values(scene, ("ShaderNodeObjectInfo", "Object Index"), "material number", "View Z Depth")
    normals = _render_normals(scene)
    objects = np.round(numbers[..., 0]).astype(np.int32)
    depth = numbers[..., 2]
    return Maps(objects, np.round(numbers[..., 1]).astype(np.int32), depth, normals, _positions(scene, depth))


def _render_values(scene: bpy.types.Scene, first: tuple[str, str], attribute: str, third: str) -> Numbers:
    def link(nodes: bpy.types.Nodes, links: bpy.types.NodeLinks, colour: bpy.types.NodeSocket) -> None:
        joined = nodes.new("ShaderNodeCombineXYZ")
        index, named, camera = nodes.new(first[0]), nodes.new("ShaderNodeAttribute"), nodes.new("ShaderNodeCameraData")
        named.attribute_name = attribute
        for number, socket in enumerate((index.outputs[first[1]], named.outputs["Fac"], camera.outputs[third])):
            links.new(socket, joined.inputs[number])
        links.new(joined.outputs[0], colour)

    return _render_override(scene, link)


def _render_normals(scene: bpy.types.Scene) -> Numbers:
    """World normals, each turned towards the camera. Emission cannot be negative, so that they are sent as (n + 1)."""

    def link(nodes: bpy.types.Nodes, links: bpy.types.NodeLinks, colour: bpy.types.NodeSocket) -> None:
        lifted = nodes.new("ShaderNodeVectorMath")
        lifted.operation, lifted.inputs[1].default_value = "ADD", (1, 1, 1)
        links.new(nodes.new("ShaderNodeNewGeometry").outputs["Normal"], lifted.inputs[0])
        links.new(lifted.outputs[0], colour)

    normals = _render_override(scene, link)[..., :3] - 1
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
    return normals


def read_shadows(scene: bpy.types.Scene, sun: Vector) -> tuple[Mask, Mask]:
    """The pixels of the model, and of a ground under it, that lie in the shadow of a sun in the direction ``sun``."""
    lamp = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    lamp.data.energy, lamp.data.angle = 4, 0
    lamp.rotation_euler = sun.to_track_quat("Z", "Y").to_euler()
    scene.collection.objects.link(lamp)
    for item in meshes():
        # A host lets the sun through glass.
        item.visible_shadow = any(slot.material.diffuse_color[3] == 1 for slot in item.material_slots)

    def link(nodes: bpy.types.Nodes, links: bpy.types.NodeLinks, output: bpy.types.NodeSocket) -> None:
        links.new(nodes.new("ShaderNodeBsdfDiffuse").outputs[0], output)

    model = _render_override(scene, link, emitting=False)[..., 0] < 0.01
    low, high = bounds()
    bpy.ops.mesh.primitive_plane_add(size=2000, location=((low.x + high.x) / 2, (low.y + high.y) / 2, low.z - 0.01))
    ground = bpy.context.object
    for item in meshes():
        item.visible_camera = item == ground
    plane = _render_override(scene, link, emitting=False)
    below = (plane[..., 0] < 0.01) & (plane[..., 3] > 0)
    bpy.data.objects.remove(ground)
    for item in meshes():
        item.visible_camera = True
    bpy.data.objects.remove(lamp)
    return model, below


Link = Callable[["bpy.types.Nodes", "bpy.types.NodeLinks", "bpy.types.NodeSocket"], None]


def _render_override(scene: bpy.types.Scene, link: Link, *, emitting: bool = True) -> Numbers:
    """A render in one material: RGBA, shape (height, width, 4).

    ``link`` joins its nodes to the colour that every face emits, or to the surface of the material.
    """
    material = bpy.data.materials.new("override")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    output = nodes.new("ShaderNodeOutputMaterial")
    if emitting:
        emission = nodes.new("ShaderNodeEmission")
        links.new(emission.outputs[0], output.inputs[0])
        link(nodes, links, emission.inputs["Color"])
    else:
        link(nodes, links, output.inputs["Surface"])
    bpy.context.view_layer.material_override = material
    scene.render.engine = "CYCLES"
    setting = scene.render.image_settings
    setting.file_format, setting.color_mode, setting.color_depth = "OPEN_EXR", "RGBA", "32"
    pixels = _render_file(scene, "exr")
    bpy.context.view_layer.material_override = None
    bpy.data.materials.remove(material)
    return pixels


def render_workbench(scene: bpy.types.Scene) -> Numbers:
    """What Workbench draws with the settings in ``scene.display``: RGBA from 0 to 1, shape (height, width, 4)."""
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.display.render_aa = "OFF"
    setting = scene.render.image_settings
    setting.file_format, setting.color_mode, setting.color_depth = "PNG", "RGBA", "8"
    return _render_file(scene, "png")


def _render_file(scene: bpy.types.Scene, kind: str) -> Numbers:
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / f"pass.{kind}")
        with silence():
            bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        image.alpha_mode = "CHANNEL_PACKED"
        image.colorspace_settings.name = "Non-Color"
        pixels = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(pixels)
        width, height = image.size
        bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)[::-1]


def rays(scene: bpy.types.Scene) -> tuple[Numbers, Numbers]:
    """An origin and a direction per pixel: the point at depth d is origin + d · direction, in world coordinates."""
    camera = scene.camera
    width, height = scene.render.resolution_x, scene.render.resolution_y
    right, up, back = np.array(camera.matrix_world.to_3x3(), np.float32).T
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    y = (0.5 - (np.arange(height, dtype=np.float32) + 0.5) / height) * height / width
    plane = x[None, :, None] * right + y[:, None, None] * up
    eye = np.array(camera.matrix_world.translation, np.float32)
    if camera.data.type == "ORTHO":
        return eye + plane * camera.data.ortho_scale, np.broadcast_to(-back, plane.shape)
    return np.broadcast_to(eye, plane.shape), plane * (36 / camera.data.lens) - back


def describe_camera(scene: bpy.types.Scene) -> tuple[Numbers, dict[str, Any]]:
    """The camera's right, up and backward direction as rows, and what a plugin would send of the camera."""
    camera = scene.camera
    axes = np.array(camera.matrix_world.to_3x3(), np.float32).T
    eye = np.array(camera.matrix_world.translation, np.float32)
    sent: dict[str, Any] = {
        "position": eye.tolist(),
        "target": (eye - axes[2]).tolist(),
        "up": [0.0, 0.0, 1.0],
    }
    if camera.data.type == "ORTHO":
        return axes, sent | {"projection": "parallel"}
    slope = 18 / camera.data.lens * scene.render.resolution_y / scene.render.resolution_x
    return axes, sent | {"projection": "perspective", "fov": math.degrees(2 * math.atan(slope))}


def _positions(scene: bpy.types.Scene, depth: Numbers) -> Numbers:
    origin, direction = rays(scene)
    return (origin + direction * depth[..., None]).astype(np.float32)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Blender and its importers write to the C library's standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)
