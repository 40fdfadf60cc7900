"""Writes depth, normals and materials of the picture: numbers of what is first hit in the middle of each pixel.

Every material becomes a lamp of its own that shines in what it stands for, and one sample is taken. So glass, relief
and noise do not matter, and an edge is between two pixels. The scene cannot be rendered any more after that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Vector

from renderiq.engines.cycles.blender import grass
from renderiq.engines.cycles.blender.graph import Graph
from renderiq.engines.cycles.layers import DATA, NAMES, RECORD

_POINT: Final = 0.01
"""Pixels around the middle of a pixel that are looked at."""
_UNNAMED: Final = "without material"


def write(folder: Path, surfaces: dict[str, str]) -> None:
    """Writes ``layers.DATA`` and ``layers.NAMES``. ``surfaces`` is the name of the surface by that of the material."""
    scene = bpy.context.scene
    for each in [thing for thing in scene.objects if thing.get(grass.GROWN)]:  # too fine for one sample a pixel
        bpy.data.objects.remove(each)
    _give_all_a_material()
    used = list(bpy.data.materials)
    _settings(scene)
    names = [{"name": each.name[:200], "surface": surfaces.get(each.name, "")} for each in used]
    (folder / NAMES).write_text(json.dumps(names), "utf-8")

    def depth_and_number(graph: Graph, number: int) -> Any:
        depth = graph.node("ShaderNodeCameraData").outputs["View Z Depth"]
        return graph.combine(depth, float(number))

    axes = scene.camera.matrix_world.to_3x3().normalized().transposed()

    def normal(graph: Graph, _number: int) -> Any:
        facing = graph.node("ShaderNodeNewGeometry").outputs["Normal"]
        parts = [graph.vector("DOT_PRODUCT", facing, tuple(Vector(axis))) for axis in axes]
        # A lamp cannot shine in negative light.
        return graph.combine(*(graph.math("MULTIPLY_ADD", part, 0.5, 0.5) for part in parts))

    first, second = (_shot(folder, used, shine) for shine in (depth_and_number, normal))
    record = np.empty(first.shape[:2], RECORD)
    is_hit = first[..., 3] > 0.5
    record["depth"] = np.where(is_hit, first[..., 0], np.inf)
    record["material"] = np.where(is_hit, np.rint(first[..., 1]), 0).astype(np.uint32)
    record["normal"] = np.where(is_hit[..., None], second[..., :3] * 2 - 1, 0)
    record.tofile(folder / DATA)


def _give_all_a_material() -> None:
    plain = bpy.data.materials.new(_UNNAMED)
    for each in bpy.context.scene.objects:
        if each.type == "LIGHT":
            each.hide_render = True
        if each.type == "MESH" and not each.material_slots:
            each.data.materials.append(plain)
        for slot in each.material_slots:
            if slot.material is None:
                slot.material = plain


def _settings(scene: Any) -> None:
    cycles = scene.cycles
    cycles.samples, cycles.use_adaptive_sampling, cycles.use_denoising = 1, False, False
    cycles.max_bounces = 0
    cycles.sample_clamp_direct = cycles.sample_clamp_indirect = 0.0
    cycles.pixel_filter_type, cycles.filter_width = "BOX", _POINT
    scene.render.film_transparent = True
    scene.render.use_persistent_data = False
    image = scene.render.image_settings
    image.file_format, image.color_mode, image.color_depth = "OPEN_EXR", "RGBA", "32"


def _shot(folder: Path, used: list[Any], shine: Callable[[Graph, int], Any]) -> Any:
    for number, material in enumerate(used, 1):
        if not material.node_tree:
            material.use_nodes = True
        material.node_tree.nodes.clear()
        material.cycles.emission_sampling = "NONE"
        graph = Graph(material.node_tree)
        lamp = graph.node("ShaderNodeEmission", {"Color": shine(graph, number), "Strength": 1.0})
        graph.put(graph.node("ShaderNodeOutputMaterial").inputs["Surface"], lamp.outputs[0])
    file = folder / "shot.exr"
    scene = bpy.context.scene
    scene.render.filepath = str(file)
    bpy.ops.render.render(write_still=True)
    picture = bpy.data.images.load(str(file))
    width, height = picture.size
    pixels = np.empty(width * height * 4, np.float32)
    picture.pixels.foreach_get(pixels)
    bpy.data.images.remove(picture)
    file.unlink(missing_ok=True)
    return pixels.reshape(height, width, 4)[::-1]
