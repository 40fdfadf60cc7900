"""Builds kitchen.glb and playground.glb from furniture that other people modelled and gave away (CC0).

The furniture is the archive BlendSwap-CC-0.sh3f, which Debian's package sweethome3d-furniture installs in
/usr/share/sweethome3d/furniture. Only floors and walls are added here. Run with the Python of .venv-captures:

    .venv-captures/bin/python benchmarks/captures/models/assemble.py BlendSwap-CC-0.sh3f
"""

from __future__ import annotations

import math
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

HERE = Path(__file__).parent
Place = tuple[str, float, float, float, float]
"""The name of a model, its centre on the floor (x, y in metres), its height above the floor and its turn in degrees."""
Block = tuple[str, tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""The name of a box, its lowest and its highest corner in metres, and its colour in linear RGB."""

KITCHEN: list[Place] = [
    ("largeFridge", 0.5, 2.62, 0.0, 0),
    ("drawersCabinet", 1.35, 2.65, 0.0, 0),
    ("lowerCabinet", 1.95, 2.65, 0.0, 0),
    ("oven", 2.55, 2.68, 0.0, 0),
    ("drawersCabinet", 3.15, 2.65, 0.0, 0),
    ("lowerCabinet", 3.75, 2.65, 0.0, 0),
    ("upperCabinet", 1.35, 2.8, 1.45, 0),
    ("glassDoorCabinet", 1.95, 2.8, 1.45, 0),
    ("rangeHood", 2.55, 2.72, 1.5, 0),
    ("upperCabinet", 3.15, 2.8, 1.45, 0),
    ("upperShelves", 3.75, 2.8, 1.45, 0),
    ("table", 1.7, 0.75, 0.0, 0),
    ("silla2", 1.3, 0.2, 0.0, 180),
    ("silla2", 2.1, 1.3, 0.0, 0),
    ("bookcase", 5.6, 2.8, 0.0, 0),
    ("couch2", 4.6, 0.55, 0.0, 180),
    ("littlePlant", 4.75, 2.75, 0.0, 0),
]
PLAYGROUND: list[Place] = [
    ("childHut", 0.0, 3.0, 0.0, 20),
    ("childSwing", 4.4, 3.4, 0.0, -15),
    ("seesaw", 2.8, 0.3, 0.0, 30),
    ("bench", -3.0, 0.6, 0.0, 60),
    ("umbrella", -2.9, 3.3, 0.0, 0),
    ("deckChair", -2.3, 2.4, 0.0, 150),
    ("mofx_mailbox", 0.6, -1.3, 0.0, 200),
    ("barrel", 1.6, 1.9, 0.0, 0),
    ("crate", 2.2, 2.3, 0.0, 25),
]
KITCHEN_BLOCKS: list[Block] = [
    ("floor", (0, -0.6, -0.1), (6.4, 3.0, 0), (0.42, 0.36, 0.30)),
    ("back wall", (0, 3.0, -0.1), (6.4, 3.12, 2.5), (0.78, 0.76, 0.70)),
    ("left wall", (-0.12, -0.6, -0.1), (0, 3.12, 2.5), (0.70, 0.72, 0.74)),
]
PLAYGROUND_BLOCKS: list[Block] = [("slab", (-4.6, -2.4, -0.15), (6.4, 5.2, 0), (0.36, 0.45, 0.24))]


def main() -> None:
    """Builds the two models from the archive that the command line names."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(sys.argv[1]) as archive:
            archive.extractall(folder)
        build(Path(folder), KITCHEN, KITCHEN_BLOCKS, HERE / "kitchen.glb")
        build(Path(folder), PLAYGROUND, PLAYGROUND_BLOCKS, HERE / "playground.glb")


def build(archive: Path, places: list[Place], blocks: list[Block], file: Path) -> None:
    """Builds one model of ``places`` in the archive and of ``blocks``, and writes it as a glTF file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sizes = catalogue(archive)
    for number, place in enumerate(places):
        put(archive, sizes, place, number)
    for name, low, high, colour in blocks:
        box(name, low, high, colour)
    bpy.ops.export_scene.gltf(
        filepath=str(file),
        export_texcoords=False,
        export_normals=False,
        export_image_format="NONE",
        export_yup=True,
        export_draco_mesh_compression_enable=True,
        export_draco_mesh_compression_level=6,
    )
    print(file, file.stat().st_size)


def catalogue(archive: Path) -> dict[str, tuple[float, float, float]]:
    """Width, depth and height in metres by the name of a model."""
    text = (archive / "PluginFurnitureCatalog.properties").read_text("latin-1")
    values = dict(re.findall(r"^(\w+#\d+)=(.*?)\s*$", text, re.MULTILINE))
    sizes = {}
    for key, path in values.items():
        if key.startswith("model#"):
            width, depth, height = (float(values[key.replace("model", side)]) for side in ("width", "depth", "height"))
            sizes[Path(path).stem] = (width / 100, depth / 100, height / 100)
    return sizes


def put(archive: Path, sizes: dict[str, tuple[float, float, float]], place: Place, number: int) -> None:
    """Imports one model as one object, in the size that the catalogue gives."""
    name, x, y, z, turn = place
    path = next(archive.glob(f"blendswap-cc-0/*/{name}.obj"))
    bpy.ops.wm.obj_import(filepath=str(path), forward_axis="NEGATIVE_Z", up_axis="Y")
    parts = list(bpy.context.selected_objects)
    with bpy.context.temp_override(active_object=parts[0], selected_editable_objects=parts):
        bpy.ops.object.join()
    item = parts[0]
    item.name = f"{name} {number}"
    item.data.transform(item.matrix_world)
    item.matrix_world = Matrix.Identity(4)
    corners = np.array([vertex.co[:] for vertex in item.data.vertices])
    low, high = corners.min(0), corners.max(0)
    scale = np.array(sizes[name]) / np.maximum(high - low, 1e-6)
    middle = Vector((*((low + high) / 2)[:2], low[2]))
    item.data.transform(Matrix.Diagonal((*scale, 1)) @ Matrix.Translation(-middle))
    item.data.transform(Matrix.Translation((x, y, z)) @ Matrix.Rotation(math.radians(turn), 4, "Z"))
    for material in item.data.materials:
        flatten(material)


def flatten(material: bpy.types.Material) -> None:
    """Replaces the texture of a material by its average colour: the models get textures of their style later."""
    shader = material.node_tree.nodes["Principled BSDF"]
    colour = shader.inputs["Base Color"]
    if colour.links:
        image = colour.links[0].from_node.image
        pixels = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(pixels)
        colour.default_value = (*(pixels.reshape(-1, image.channels)[:, :3] ** 2.2).mean(0), 1.0)
    for link in list(material.node_tree.links):
        if link.to_node == shader:
            material.node_tree.links.remove(link)
    material.name = f"{material.name} {len(bpy.data.materials)}"


def box(
    name: str,
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    colour: tuple[float, float, float],
) -> None:
    """Adds a box between two corners, in metres."""
    bpy.ops.mesh.primitive_cube_add(size=1)
    item = bpy.context.object
    item.name = name
    item.data.transform(
        Matrix.Translation((Vector(low) + Vector(high)) / 2) @ Matrix.Diagonal((*(Vector(high) - Vector(low)), 1))
    )
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (*colour, 1)
    item.data.materials.append(material)


if __name__ == "__main__":
    main()
