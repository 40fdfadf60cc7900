"""Everything that a capture might change, as plain values, to compare it before and after. Needs Blender."""

from __future__ import annotations

from typing import Any

import bpy

_SKIPPED = {"rna_type", "is_dirty", "bl_rna", "stereo_views", "frame_current_final", "renderiq"}


def dump() -> dict[str, Any]:
    """Returns the settings of scene, render, display, view layer, objects, materials, and of all 3D views."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    found: dict[str, Any] = {}
    for name, owner in {
        "scene": scene, "render": scene.render, "image": scene.render.image_settings, "display": scene.display,
        "shading": scene.display.shading, "view": scene.view_settings, "device": scene.display_settings, "layer": layer,
    }.items():  # fmt: skip
        found.update(_values(name, owner))
    for each in bpy.data.objects:
        found[f"object {each.name}"] = (
            each.hide_render,
            each.hide_viewport,
            each.hide_get(),
            each.select_get(),
            _plain(each.matrix_world),
        )
    for each in bpy.data.materials:
        found[f"material {each.name}"] = _plain(each.diffuse_color)
    for kind in ("cameras", "meshes", "lights", "worlds", "node_groups"):
        found[kind] = sorted(each.name for each in getattr(bpy.data, kind))
    manager = bpy.context.window_manager
    for index, area in enumerate(area for window in manager.windows for area in window.screen.areas):
        if area.type == "VIEW_3D":
            space = area.spaces.active
            for name, owner in {
                "space": space,
                "overlay": space.overlay,
                "shade": space.shading,
                "region": space.region_3d,
            }.items():
                found.update(_values(f"{name} {index}", owner))
    return found


def _values(prefix: str, owner: Any) -> dict[str, Any]:
    return {
        f"{prefix}.{each.identifier}": _plain(getattr(owner, each.identifier, None))
        for each in owner.bl_rna.properties
        if each.identifier not in _SKIPPED and each.type not in ("COLLECTION",)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)  # a quaternion that is set and read is not the same to the last bit
    if isinstance(value, (bool, int, str, type(None))):
        return value
    if isinstance(value, bpy.types.ID):
        return value.name
    if hasattr(value, "__len__") and not isinstance(value, dict):
        return repr([_plain(each) for each in value])
    return type(value).__name__
