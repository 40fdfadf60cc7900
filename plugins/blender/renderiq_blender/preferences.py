"""The preferences of the extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import IntProperty, StringProperty

from . import runtime
from .shared import server


def built_url() -> str:
    """Returns the server that this package was built for."""
    return server.built_url(Path(__file__).parent)


def _changed(self: Any, _context: Any) -> None:
    runtime.restart(self.server.strip() or built_url(), self.results_folder)


class RenderiqPreferences(bpy.types.AddonPreferences):  # type: ignore[misc]  # bpy has no types
    """Server, folders, sizes."""

    bl_idname = __package__

    server: StringProperty(  # type: ignore[valid-type]
        name="Server", description="The address of the API. Each server has a sign-in and a queue of its own",
        default=built_url(), update=_changed,
    )  # fmt: skip
    results_folder: StringProperty(  # type: ignore[valid-type]
        name="Results", description="The folder for finished renders; empty for the extension's own",
        subtype="DIR_PATH",
        update=_changed,
    )  # fmt: skip
    longer_side: IntProperty(  # type: ignore[valid-type]
        name="Capture", description="Pixels of the longer side of a capture", default=1920, min=640, max=4096,
        subtype="PIXEL",
    )  # fmt: skip

    def draw(self, _context: Any) -> None:
        """Draws them."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "server")
        layout.prop(self, "results_folder")
        layout.prop(self, "longer_side")
        snapshot = runtime.snapshot()
        row = layout.row()
        if snapshot.is_signed_in:
            row.label(text=f"Signed in as {snapshot.email}" if snapshot.email else "Signed in", icon="CHECKMARK")
            row.operator("renderiq.sign_out", text="Sign out")
        else:
            row.label(text="Not signed in", icon="INFO")
            row.operator("renderiq.sign_in", text="Sign in")
        layout.operator("renderiq.open_log", icon="TEXT")


def preferences() -> RenderiqPreferences | None:
    """Returns the preferences, or None while the extension is switched off."""
    found = bpy.context.preferences.addons.get(__package__)
    return found.preferences if found else None


def longer_side() -> int:
    """Returns the pixels of the longer side of a capture."""
    found = preferences()
    return int(found.longer_side) if found else 1920


def register() -> None:
    """Registers the preferences."""
    bpy.utils.register_class(RenderiqPreferences)


def unregister() -> None:
    """Takes them away."""
    bpy.utils.unregister_class(RenderiqPreferences)
