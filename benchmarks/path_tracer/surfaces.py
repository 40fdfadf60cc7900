"""Draws every surface of the library on a sphere and on a wall, at true scale. Runs with the path tracer's Python.

``PYTHONPATH=layers/common .venv-cycles/bin/python benchmarks/path_tracer/surfaces.py PICTURE``
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import bpy

from renderiq.engines.cycles.blender import materials, world
from renderiq.engines.cycles.light import light_of
from renderiq.engines.cycles.surfaces import library
from renderiq.styles import registry

COLUMNS = 7
CELL = 2.4


def draw(picture: Path, samples: int = 24) -> None:
    """Writes the picture: rows of walls 2.2 m wide and high, with a sphere of 0.8 m before each."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    names = [name for name in library() if name != "backdrop"]
    for number, name in enumerate(names):
        column, row = number % COLUMNS, number // COLUMNS
        x, y, z = column * CELL, 0.0, -row * CELL
        material = materials.make(name, library()[name])
        bpy.ops.mesh.primitive_plane_add(size=2.2, location=(x, y, z), rotation=(math.pi / 2, 0, 0))
        bpy.context.object.data.materials.append(material)
        bpy.ops.mesh.primitive_uv_sphere_add(
            radius=0.4, segments=64, ring_count=32, location=(x + 0.5, y - 0.7, z - 0.5)
        )
        bpy.ops.object.shade_smooth()
        bpy.context.object.data.materials.append(material)
    world.build_sky(light_of(registry().get("photorealistic")), math.radians(215))
    rows = -(-len(names) // COLUMNS)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", COLUMNS * CELL
    camera.location = ((COLUMNS - 1) * CELL / 2, -20, -(rows - 1) * CELL / 2)
    camera.rotation_euler = (math.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = True
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.exposure = -3.9
    scene.render.resolution_x, scene.render.resolution_y = 200 * COLUMNS, 200 * rows
    scene.render.threads_mode, scene.render.threads = "FIXED", 2
    scene.render.filepath = str(picture.resolve())
    bpy.ops.render.render(write_still=True)
    print("\n".join(f"row {n // COLUMNS + 1}, {n % COLUMNS + 1}: {name}" for n, name in enumerate(names)))


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
