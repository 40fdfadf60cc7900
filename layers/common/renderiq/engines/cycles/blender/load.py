"""Reads a model into an empty scene, and bounds and cleans what came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np

from renderiq.engines.cycles.blender import draco
from renderiq.engines.cycles.scene import MAX_TEXTURE_PIXELS, MAX_TEXTURE_SIDE, ModelKind, RenderLimits

UNSEEN_IFC: Final = ("IfcOpeningElement", "IfcSpace", "IfcAnnotation", "IfcGrid", "IfcVirtualElement")
_MAX_OBJECTS: Final = 300_000
_FAR_AWAY: Final = 2_000.0
"""Metres from the origin beyond which a model is moved to it: single precision would make its faces tremble."""
_WELDED: Final = 1e-5


class RefusedModelError(Exception):
    """The model cannot be rendered. The message is a sentence for the user."""

    def __init__(self, message: str, *, code: str = "MODEL_UNREADABLE") -> None:
        super().__init__(message)
        self.code = code


def load(path: Path, kind: ModelKind, limits: RenderLimits) -> None:
    """Reads a model into the scene: metres, Z up. Raises ``RefusedModelError``."""
    try:
        _READERS[kind](path, limits)
    except RefusedModelError:
        raise
    except Exception as error:
        print(f"log import: {type(error).__name__}: {str(error)[:300]}", flush=True)
        raise RefusedModelError(f"The {kind.upper()} file cannot be read. Export it again.") from error
    _drop_what_acts()


def _read_glb(path: Path, _limits: RenderLimits) -> None:
    import addon_utils  # type: ignore[import-not-found]  # of Blender

    draco.unpack(path)
    addon_utils.enable("io_scene_gltf2")
    bpy.ops.import_scene.gltf(
        filepath=str(path),
        import_shading="NORMALS",
        guess_original_bind_pose=False,
        disable_bone_shape=True,
        import_select_created_objects=False,
    )


def _read_usd(path: Path, _limits: RenderLimits) -> None:
    bpy.ops.wm.usd_import(filepath=str(path), import_textures_mode="IMPORT_PACK", import_lights=True)


def _read_obj(path: Path, _limits: RenderLimits) -> None:
    bpy.ops.wm.obj_import(filepath=str(path), use_split_objects=True)


def _read_fbx(path: Path, _limits: RenderLimits) -> None:
    bpy.ops.wm.fbx_import(filepath=str(path), use_anim=False)


def _read_ifc(path: Path, limits: RenderLimits) -> None:
    """Makes one object of each element, with the styles of the file. ``part`` of an object is its IFC class."""
    import ifcopenshell
    import ifcopenshell.geom

    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    model = ifcopenshell.open(str(path))
    elements = ifcopenshell.geom.iterator(settings, model, 1, exclude=list(UNSEEN_IFC))
    paints: dict[tuple[str, str], Any] = {}
    names = _style_names(model)
    triangles = 0
    going = elements.initialize()
    while going:
        shape = elements.get()
        geometry = shape.geometry
        faces = np.array(geometry.faces, np.int32).reshape(-1, 3)
        triangles += len(faces)
        if triangles > limits.max_triangles:
            raise too_many_triangles(triangles, limits.max_triangles)
        if len(faces):
            _add_element(shape, _part(shape, model), geometry, faces, paints, names)
        going = elements.next()


def _style_names(model: Any) -> dict[str, str]:
    """The name of a style by the number of its rendering, of which alone the geometry knows."""
    return {
        str(rendering.id()): style.Name or ""
        for style in model.by_type("IfcSurfaceStyle")
        for rendering in style.Styles or ()
    }


def _part(shape: Any, model: Any) -> str:
    """The IFC class of an element. A roof is often a slab of the type ROOF."""
    kind = str(getattr(model.by_id(shape.id), "PredefinedType", None) or "")
    return f"{shape.type} {kind}" if kind == "ROOF" else str(shape.type)


def _add_element(
    shape: Any, part: str, geometry: Any, faces: Any, paints: dict[tuple[str, str], Any], names: dict[str, str]
) -> None:
    corners = np.array(geometry.verts, np.float64).reshape(-1, 3)
    mesh = bpy.data.meshes.new(shape.type)
    mesh.from_pydata(corners.tolist(), [], faces.tolist())
    for style in geometry.materials:
        given = style.name or ""
        key = (names.get(given.rpartition("-")[2], given), part)
        if key not in paints:
            paints[key] = _paint(style, *key)
        mesh.materials.append(paints[key])
    if len(geometry.materials):
        chosen = np.clip(np.array(geometry.material_ids, np.int32), 0, len(geometry.materials) - 1)
        if len(chosen) == len(mesh.polygons):
            mesh.polygons.foreach_set("material_index", chosen)
    else:
        key = ("", part)
        if key not in paints:
            paints[key] = bpy.data.materials.new("")
            paints[key]["part"] = part
        mesh.materials.append(paints[key])
    element = bpy.data.objects.new(f"{shape.type} {shape.name}"[:60], mesh)
    element["part"] = part
    bpy.context.scene.collection.objects.link(element)


def _paint(style: Any, name: str, part: str) -> Any:
    material = bpy.data.materials.new(name[:60])
    material["part"] = part
    diffuse = style.diffuse
    colour = [float(each) for each in getattr(diffuse, "components", (0.8, 0.8, 0.8))]
    opacity = 1.0 - float(style.transparency or 0.0) if style.transparency == style.transparency else 1.0
    linear = np.power(np.clip(colour, 0, 1), 2.2)
    material.use_nodes = True
    principled = material.node_tree.nodes.get("Principled BSDF")
    if principled:
        principled.inputs["Base Color"].default_value = (*linear, 1.0)
        principled.inputs["Alpha"].default_value = opacity
    material.diffuse_color = (*linear, opacity)
    return material


_READERS: Final[dict[ModelKind, Callable[[Path, RenderLimits], None]]] = {
    ModelKind.GLB: _read_glb,
    ModelKind.IFC: _read_ifc,
    ModelKind.USDZ: _read_usd,
    ModelKind.OBJ: _read_obj,
    ModelKind.FBX: _read_fbx,
}


def too_many_triangles(count: int, limit: int) -> RefusedModelError:
    """The error for a model that is too large."""
    return RefusedModelError(
        f"The model has {count:,} triangles or more; at most {limit:,} can be rendered. "
        "Leave out what is not seen from the camera, or export with fewer details.",
        code="MODEL_TOO_LARGE",
    )


def _drop_what_acts() -> None:
    """Removes animations, drivers, scripts and lamps of other scenes, so that a model is only what it shows."""
    for kind in (bpy.data.objects, bpy.data.materials, bpy.data.meshes, bpy.data.cameras, bpy.data.lights):
        for each in kind:
            each.animation_data_clear()
    for text in list(bpy.data.texts):
        bpy.data.texts.remove(text)
    for action in list(bpy.data.actions):
        bpy.data.actions.remove(action)


def meshes() -> list[Any]:
    """Returns the objects that have faces and are rendered."""
    return [
        each
        for each in bpy.context.scene.objects
        if each.type == "MESH" and each.data.polygons and not each.hide_render
    ]


def check(limits: RenderLimits) -> int:
    """Returns the number of triangles. Raises ``RefusedModelError`` for a model that is empty or too large."""
    if len(bpy.context.scene.objects) > _MAX_OBJECTS:
        raise RefusedModelError(
            f"The model has {len(bpy.context.scene.objects):,} objects; at most {_MAX_OBJECTS:,} can be rendered. "
            "Join objects before the export.",
            code="MODEL_TOO_LARGE",
        )
    triangles = 0
    counted: dict[str, int] = {}
    for each in meshes():
        if each.data.name not in counted:
            counted[each.data.name] = len(each.data.loops) - 2 * len(each.data.polygons)
        triangles += counted[each.data.name]
    if triangles > limits.max_triangles:
        raise too_many_triangles(triangles, limits.max_triangles)
    if not triangles:
        raise RefusedModelError("The model has no surfaces: nothing of it can be seen.")
    pixels = sum(image.size[0] * image.size[1] for image in bpy.data.images if image.source == "FILE")
    if pixels > MAX_TEXTURE_PIXELS:
        raise RefusedModelError(
            f"The pictures in the model have {pixels // 1_000_000:,} megapixels; at most "
            f"{MAX_TEXTURE_PIXELS // 1_000_000} can be rendered. Export smaller textures.",
            code="MODEL_TOO_LARGE",
        )
    return triangles


def clean() -> None:
    """Removes corners that are no numbers, shrinks large pictures, and moves a model that is far away to the origin.

    Raises ``RefusedModelError`` if nothing is left.
    """
    for mesh in {each.data for each in meshes()}:
        places = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", places)
        if not np.isfinite(places).all() or np.abs(places).max(initial=0) > 1e7:
            _drop_vertices(mesh, places.reshape(-1, 3))
        mesh.validate(clean_customdata=False)
    for image in bpy.data.images:
        if max(image.size, default=0) > MAX_TEXTURE_SIDE:
            factor = MAX_TEXTURE_SIDE / max(image.size)
            image.scale(max(1, int(image.size[0] * factor)), max(1, int(image.size[1] * factor)))
    if not meshes():
        raise RefusedModelError("The model has no surfaces: nothing of it can be seen.")


def _drop_vertices(mesh: Any, places: Any) -> None:
    import bmesh

    bad = ~(np.isfinite(places).all(axis=1) & (np.abs(places).max(axis=1) <= 1e7))
    places[bad] = 0
    mesh.vertices.foreach_set("co", places.ravel())
    shape = bmesh.new()
    shape.from_mesh(mesh)
    shape.verts.ensure_lookup_table()
    bmesh.ops.delete(shape, geom=[shape.verts[index] for index in np.flatnonzero(bad)], context="VERTS")
    shape.to_mesh(mesh)
    shape.free()


def recentre(centre: tuple[float, float, float]) -> tuple[float, float, float]:
    """Moves a model whose centre is far from the origin. Returns how far it was moved."""
    if max(abs(each) for each in centre) < _FAR_AWAY:
        return 0.0, 0.0, 0.0
    bpy.context.view_layer.update()
    offset = (-centre[0], -centre[1], -centre[2])
    for each in bpy.context.scene.objects:
        if each.parent is None:
            each.location = tuple(place + moved for place, moved in zip(each.location, offset, strict=True))
    bpy.context.view_layer.update()
    return offset


def parts() -> dict[str, str]:
    """Returns on what part of a building each material is: an IFC class, or the name of the first object with it."""
    found: dict[str, str] = {}
    for each in meshes():
        for slot in each.material_slots:
            if slot.material and slot.material.name not in found:
                found[slot.material.name] = str(slot.material.get("part") or f"{each.name} {each.data.name}")
    return found
