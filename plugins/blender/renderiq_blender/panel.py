"""The panels in the sidebars of the 3D view and of the image editor."""

from __future__ import annotations

import time
from typing import Any

import bpy

from . import capture, covers, pictures, runtime
from .operators import is_path_traced, offer_for
from .shared.prices import Offer, in_credits
from .shared.sentences import state_words
from .shared.snapshot import PREPARING, Entry
from .wrapping import wrapped

_SHOWN = 12


def draw_text(layout: Any, text: str, width: float, icon: str = "NONE") -> None:
    """Draws a text in several lines, the first one with an icon."""
    scale = bpy.context.preferences.system.ui_scale
    column = layout.column(align=True)
    column.scale_y = 0.8
    space = 0 if icon == "NONE" else 20 * scale
    for number, line in enumerate(wrapped(text, width - space, scale)):
        column.label(text=line, icon=icon if not number or icon == "NONE" else "BLANK1")


class _Panel(bpy.types.Panel):  # type: ignore[misc]  # bpy has no types
    bl_space_type, bl_region_type, bl_category = "VIEW_3D", "UI", "Renderiq"


class RENDERIQ_PT_main(_Panel):
    """Account, view and button."""

    bl_idname, bl_label = "RENDERIQ_PT_main", "Renderiq"

    def draw(self, context: Any) -> None:
        """Draws the panel."""
        layout, found, width = self.layout, runtime.snapshot(), context.region.width
        settings = context.scene.renderiq
        _draw_account(layout, width)
        for text, icon in (
            (f"The queue is paused. {found.paused}" if found.paused else "", "PAUSE"),
            (found.problem, "ERROR"),
        ):
            if text:
                box = layout.box()
                draw_text(box, text, width, icon)
                box.operator("renderiq.resume", text="Resume" if icon == "PAUSE" else "Try again")
        if found.consents:
            box = layout.box()
            box.label(text="The server asks for your consent", icon="QUESTION")
            box.operator("renderiq.consent")
        layout.row().prop(settings, "frame", expand=True)
        column = layout.column()
        column.use_property_split, column.use_property_decorate = True, False
        column.prop(settings, "ratio")
        column.prop(settings, "source")
        column.prop(settings, "show_frame")
        row = column.row()
        row.enabled = not is_path_traced(settings.look())
        row.prop(settings, "use_guides")
        _draw_button(layout, context)


def _draw_account(layout: Any, width: float) -> None:
    found = runtime.snapshot()
    if not found.is_online:
        box = layout.box()
        icon = "INTERNET_OFFLINE" if bpy.app.version >= (4, 2, 0) else "INFO"
        draw_text(
            box, "Online access is off. Orders are kept on this computer and are sent when it is on.", width, icon
        )
        box.operator("renderiq.allow_online")
    if found.is_too_old or found.update:
        box = layout.box()
        text = "This version is too old for the server." if found.is_too_old else "A newer version is there."
        draw_text(box, f"{text} Install {found.update or 'the newest one'}.", width)
        if found.download_url:
            box.operator("wm.url_open", text="Download", icon="URL").url = found.download_url
    if found.is_signing_in:
        box = layout.box()
        if found.device:
            box.label(text=f"Code {found.device.user_code}", icon="KEYINGSET")
            draw_text(box, "Approve this code on the page in your browser.", width)
            box.operator("wm.url_open", text="Open the page again", icon="URL").url = found.device.complete_url
        else:
            box.label(text="Asking for a code…")
        box.operator("renderiq.cancel_sign_in")
    elif found.is_signed_in:
        layout.label(text=found.email or "Signed in by key", icon="USER")
        if found.balance is not None:
            layout.label(text=in_credits(found.balance), icon="BLANK1")
    else:
        layout.operator("renderiq.sign_in", icon="USER")


def _draw_button(layout: Any, context: Any) -> None:
    found = runtime.snapshot()
    cameras = _count_cameras(context.scene)
    one, all_of_them = offer_for(context), offer_for(context, max(cameras, 1))
    column = layout.column()
    row = column.row()
    row.scale_y = 1.6
    row.enabled = one.is_affordable and not found.is_too_old
    waits = not found.is_online or not found.is_signed_in
    row.operator("renderiq.render", text="Queue" if waits else "Render", icon="RENDER_STILL")
    _draw_offer(column, one, context.region.width)
    if cameras > 1:
        row = column.row()
        row.enabled = all_of_them.is_affordable and not found.is_too_old
        row.operator("renderiq.render_cameras", text=f"All {cameras} cameras", icon="RENDER_ANIMATION")
        _draw_offer(column, all_of_them, context.region.width)


def _draw_offer(layout: Any, found: Offer, width: float) -> None:
    draw_text(layout, found.sentence(), width, "NONE" if found.is_affordable else "ERROR")


_counted: tuple[str, float, int] = ("", 0.0, 0)


def _count_cameras(scene: Any) -> int:
    """Returns how many cameras a scene has, counted once a second: scenes are large, and panels are drawn often."""
    global _counted
    name, at, _ = _counted
    if name != scene.name or time.monotonic() - at > 1:
        _counted = scene.name, time.monotonic(), len(capture.cameras_of(scene))
    return _counted[2]


class RENDERIQ_PT_look(_Panel):
    """Style, prompt, fidelity, seed."""

    bl_idname, bl_label, bl_parent_id = "RENDERIQ_PT_look", "Look", "RENDERIQ_PT_main"

    def draw(self, context: Any) -> None:
        """Draws the panel."""
        layout, settings = self.layout, context.scene.renderiq
        layout.template_icon_view(settings, "style", show_labels=True, scale=5.0, scale_popup=5.0)
        layout.prop(settings, "style", text="")
        column = layout.column()
        column.use_property_split, column.use_property_decorate = True, False
        column.prop(settings, "prompt")
        column.prop(settings, "negative_prompt")
        row = column.row()
        row.enabled = not is_path_traced(settings.look())
        row.prop(settings, "structure_strength")
        row = column.row(align=True)
        row.prop(settings, "seed")
        row.operator("renderiq.dice", text="", icon="FILE_REFRESH")
        column.prop(settings, "quality")
        column.prop(settings, "model")
        row = layout.row(align=True)
        row.prop(settings, "saved_look", text="")
        row.operator("renderiq.apply_look")
        row.operator("renderiq.save_look", text="", icon="ADD")
        row.operator("renderiq.remove_look", text="", icon="REMOVE")


class RENDERIQ_PT_queue(_Panel):
    """Orders under way."""

    bl_idname, bl_label, bl_parent_id = "RENDERIQ_PT_queue", "Queue", "RENDERIQ_PT_main"

    def draw(self, context: Any) -> None:
        """Draws the panel."""
        listed = [each for each in runtime.snapshot().entries if not each.is_settled or each.state == "failed"]
        if not listed:
            self.layout.label(text="Nothing is queued")
        for entry in listed[:_SHOWN]:
            box = self.layout.box()
            row = box.row()
            row.label(text=entry.view, icon="ERROR" if entry.state == "failed" else "SORTTIME")
            if entry.state == "failed":
                row.operator("renderiq.retry", text="", icon="FILE_REFRESH").job = entry.job
                row.operator("renderiq.remove", text="", icon="X").job = entry.job
            elif entry.state != PREPARING:
                row.operator("renderiq.cancel", text="", icon="X").job = entry.job
            box.label(text=state_words(entry.state, entry.reason, entry.next))
            if entry.reason:
                draw_text(box, entry.reason, context.region.width - 30)
        if len(listed) > _SHOWN:
            self.layout.label(text=f"and {len(listed) - _SHOWN} more")


class RENDERIQ_PT_history(_Panel):
    """What was done."""

    bl_idname, bl_label, bl_parent_id = "RENDERIQ_PT_history", "History", "RENDERIQ_PT_main"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 - Blender reads the class

    def draw(self, context: Any) -> None:
        """Draws the panel."""
        listed = [each for each in runtime.snapshot().entries if each.state in ("done", "cancelled")]
        if not listed:
            self.layout.label(text="Nothing is done yet")
        for entry in listed[:_SHOWN]:
            _draw_done(self.layout.box(), entry)


def _draw_done(box: Any, entry: Entry) -> None:
    icon = covers.picture_icon(entry)
    if icon:
        box.template_icon(icon, scale=5.0)
    row = box.row()
    row.label(text=f"{entry.view}, {time.strftime('%d %b %H:%M', time.localtime(entry.created))}")
    row.operator("renderiq.remove", text="", icon="X").job = entry.job
    look = entry.look
    box.label(text=look.style or "default style")
    box.label(text=f"{look.quality}, seed {look.seed}")
    if look.prompt:
        box.label(text=look.prompt)
    if entry.state == "cancelled":
        box.label(text=state_words(entry.state, "", None))
    if entry.state == "done":
        row = box.row(align=True)
        row.operator("renderiq.show").job = entry.job
        compared = row.operator("renderiq.show", text="Compare")
        compared.job, compared.compare = entry.job, True
    row = box.row(align=True)
    row.operator("renderiq.again").job = entry.job
    row.operator("renderiq.use_look", text="", icon="EYEDROPPER").job = entry.job


class RENDERIQ_PT_image(bpy.types.Panel):  # type: ignore[misc]  # bpy has no types
    """Before and after, in the image editor."""

    bl_idname, bl_label = "RENDERIQ_PT_image", "Renderiq"
    bl_space_type, bl_region_type, bl_category = "IMAGE_EDITOR", "UI", "Renderiq"

    def draw(self, context: Any) -> None:
        """Draws the panel."""
        layout, settings = self.layout, context.scene.renderiq
        entry = pictures.entry_of(context.space_data.image)
        if entry is None:
            draw_text(layout, "Choose a result of Renderiq to compare it with its capture.", context.region.width)
            return
        layout.prop(settings, "compare", toggle=True, icon="MOD_MIRROR")
        row = layout.row()
        row.enabled = settings.compare
        row.prop(settings, "split", slider=True)
        _draw_done(layout.box(), entry)


CLASSES = (
    RENDERIQ_PT_main, RENDERIQ_PT_look, RENDERIQ_PT_queue, RENDERIQ_PT_history, RENDERIQ_PT_image,
)  # fmt: skip


def register() -> None:
    """Registers the panels."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Takes them away."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
