"""The scene of the host tests: a small house with named materials, a sun, and two cameras. Needs Blender."""

from __future__ import annotations

from typing import Any

import bpy
from mathutils import Vector

MATERIALS = {
    "Plaster white": (0.82, 0.8, 0.76),
    "Red brick": (0.45, 0.16, 0.1),
    "Roof tiles": (0.3, 0.11, 0.08),
    "Glass": (0.35, 0.5, 0.6),
    "Oak wood": (0.36, 0.2, 0.09),
    "Grass": (0.16, 0.3, 0.07),
}


def build() -> None:
    """Replaces the scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True) if bpy.app.background else _clear()
    materials = {name: _material(name, colour) for name, colour in MATERIALS.items()}
    box("Ground", (0, 0, -0.05), (30, 30, 0.1), materials["Grass"])
    box("House", (0, 0, 1.5), (8, 6, 3), materials["Plaster white"])
    box("Wing", (5.5, -0.5, 1.2), (3, 4, 2.4), materials["Red brick"])
    box("Door", (-0.5, -3.02, 1.05), (1.1, 0.06, 2.1), materials["Oak wood"])
    for number, x in enumerate((-2.6, 1.8)):
        box(f"Window {number}", (x, -3.02, 1.7), (1.5, 0.06, 1.2), materials["Glass"])
    roof(materials["Roof tiles"])
    bpy.ops.mesh.primitive_uv_sphere_add(segments=48, ring_count=24, radius=0.9, location=(-5.6, -3.4, 0.9))
    bpy.ops.object.shade_smooth()
    bpy.context.object.name = "Ball"
    bpy.context.object.data.materials.append(materials["Red brick"])
    lamp = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    lamp.data.energy = 4
    lamp.rotation_euler = (0.7, 0.2, 0.6)
    bpy.context.scene.collection.objects.link(lamp)
    first = camera("Front", (-9, -13, 2.4), (0.8, 0, 1.7), 32)
    camera("Corner", (13, -9, 4.5), (1, 0, 1.4), 35)
    bpy.context.scene.camera = first
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y = 1920, 1080
    bpy.context.view_layer.update()


def _clear() -> None:
    for each in list(bpy.data.objects):
        bpy.data.objects.remove(each)


def _material(name: str, colour: tuple[float, float, float]) -> Any:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (*colour, 1)
    return material


def box(name: str, centre: tuple[float, float, float], size: tuple[float, float, float], material: Any) -> Any:
    """Adds a box."""
    bpy.ops.mesh.primitive_cube_add(size=1, location=centre)
    found = bpy.context.object
    found.name, found.scale = name, size
    found.data.materials.append(material)
    return found


def roof(material: Any) -> None:
    """Adds a gabled roof."""
    x, y, low, high = 4.4, 3.5, 2.9, 5.0
    corners = [(-x, -y, low), (x, -y, low), (x, y, low), (-x, y, low), (-x, 0, high), (x, 0, high)]
    faces = [(0, 1, 5, 4), (2, 3, 4, 5), (0, 4, 3), (1, 2, 5), (3, 2, 1, 0)]
    mesh = bpy.data.meshes.new("Roof")
    mesh.from_pydata(corners, [], faces)
    mesh.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Roof", mesh))


def camera(name: str, place: tuple[float, float, float], target: tuple[float, float, float], lens: float) -> Any:
    """Adds a camera."""
    data = bpy.data.cameras.new(name)
    data.lens = lens
    found = bpy.data.objects.new(name, data)
    found.location = place
    found.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(found)
    return found
