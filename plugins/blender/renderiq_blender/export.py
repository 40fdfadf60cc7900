"""Exports the scene as GLB for the path tracer: what is visible, with cameras and lights."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy

from . import runtime
from .capture import CaptureError

_OPTIONS: dict[str, Any] = {
    "export_format": "GLB",
    "export_cameras": True,
    "export_lights": True,
    "export_apply": True,
    "export_animations": False,
    "export_yup": True,
    "export_extras": False,
    "export_morph": False,
    "use_visible": True,
    "use_renderable": True,
    "use_active_scene": True,
    "use_selection": False,
    "export_draco_mesh_compression_enable": False,
    "will_save_settings": False,
    "check_existing": False,
}


def export_model(path: Path) -> None:
    """Writes the visible scene. Raises ``CaptureError`` if Blender's exporter is switched off or fails."""
    started = time.perf_counter()
    try:
        known = {each.identifier for each in bpy.ops.export_scene.gltf.get_rna_type().properties}
    except (KeyError, AttributeError) as error:
        raise CaptureError(
            "The path tracer needs Blender's add-on glTF 2.0. Switch it on in the preferences."
        ) from error
    options = {name: value for name, value in _OPTIONS.items() if name in known}
    try:
        bpy.ops.export_scene.gltf(filepath=str(path), **options)
    except RuntimeError as error:
        runtime.log().error("export: %s", error)
        raise CaptureError("Blender could not export the scene as glTF; the log file says more.") from error
    if not path.exists():
        raise CaptureError("Blender could not export the scene as glTF; the log file says more.")
    runtime.log().info("exported %d KB in %.2f s", path.stat().st_size // 1024, time.perf_counter() - started)
