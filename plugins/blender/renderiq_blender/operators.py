"""What the buttons do."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from . import capture, export, pictures, runtime
from .develop import MODEL, Raw
from .preferences import longer_side
from .settings import DEFAULT, _style_items
from .shared import ordering
from .shared.jobs import Job
from .shared.order import MAX_SEED, Look, sun_of
from .shared.prices import Offer
from .shared.restore import NotRestoredError
from .shared.service import Service
from .shared.snapshot import Entry

Result = set[str]


class _Operator(bpy.types.Operator):  # type: ignore[misc]  # bpy has no types
    """The base of all: the service is there, and what goes wrong is a sentence."""

    bl_options = {"INTERNAL"}  # noqa: RUF012 - Blender reads the class

    def execute(self, context: Any) -> Result:
        """Does it, and reports a sentence if it cannot be done."""
        service = runtime.service()
        if service is None:
            self.report({"ERROR"}, "The extension is not running. Switch it off and on again in the preferences.")
            return {"CANCELLED"}
        try:
            self.work(context, service)
        except (capture.CaptureError, NotRestoredError) as error:
            runtime.log().warning("%s: %s", self.bl_idname, error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        except Exception as error:
            runtime.log().exception("%s", self.bl_idname)
            self.report({"ERROR"}, f"{error}. The log file says more.")
            return {"CANCELLED"}
        return {"FINISHED"}

    def work(self, context: Any, service: Service) -> None:
        """Does it."""
        raise NotImplementedError


def offer_for(context: Any, count: int = 1) -> Offer:
    """Returns what ``count`` orders with the settings of the scene cost."""
    return ordering.offer_for(runtime.snapshot(), context.scene.renderiq.look(), count)


def is_path_traced(look: Look) -> bool:
    """Whether a look renders the 3D model itself."""
    return ordering.is_path_traced(runtime.snapshot(), look)


def order(context: Any, service: Service, camera: Any = None) -> str:
    """Captures a view and queues its order. ``camera`` None is the view of the settings. Returns the job's id.

    Raises ``CaptureError``.
    """
    settings = context.scene.renderiq
    look = settings.look()
    place = capture.place_of(context)
    if camera is None and settings.frame == "REGION" and place:
        shot = capture.shot_of_region(context, place, settings.ratio, longer_side())
    else:
        camera = camera or context.scene.camera
        if camera is None:
            raise capture.CaptureError("The scene has no camera. Add one, or choose the 3D view.")
        shot = capture.shot_of_camera(context, camera, settings.ratio, longer_side())
    traced = is_path_traced(look)
    snapshot = runtime.snapshot()
    fields = ("depthImage", "materialIdImage", "normalImage")
    guides = not traced and settings.use_guides and any(snapshot.uses(look.model, each) for each in fields)
    job_id, folder = service.jobs.new_folder()
    try:
        found = capture.capture(
            context, shot, folder, place=place, as_viewport=settings.source == "VIEWPORT", with_guides=guides
        )
        files, sun = found.files, None
        if traced:
            export.export_model(folder / MODEL)
            files = (*files, MODEL)
            direction = capture.sun_direction(context)
            sun = sun_of(direction) if direction else None
    except BaseException:
        service.jobs.remove(job_id)
        raise
    raw = Raw(files, shot.camera.wire(is_model=traced), shot.camera.tangents(), found.names, sun)
    options = {**look.options(), "aspect_ratio": shot.ratio_name}
    job = Job(job_id, shot.camera.name, look, options, session=service.session, raw=raw.stored(), created=time.time())
    service.jobs.save(job)
    service.submit(job)
    return job_id


def _check(context: Any, count: int) -> None:
    if problem := ordering.refusal(runtime.snapshot(), context.scene.renderiq.look(), count):
        raise capture.CaptureError(problem)


class RENDERIQ_OT_render(_Operator):
    """Capture the view and order a render. Offline, the order waits on disk"""

    bl_idname, bl_label = "renderiq.render", "Render"

    def work(self, context: Any, service: Service) -> None:
        """Orders one view."""
        _check(context, 1)
        order(context, service)


class RENDERIQ_OT_render_cameras(_Operator):
    """Order a render of every camera of the scene, with one seed and look"""

    bl_idname, bl_label = "renderiq.render_cameras", "Render all cameras"

    def work(self, context: Any, service: Service) -> None:
        """Orders all cameras. With a window, one camera each turn of the timer, so that the window lives in between."""
        cameras = capture.cameras_of(context.scene)
        if not cameras:
            raise capture.CaptureError("The scene has no camera. Add one, or order the 3D view.")
        _check(context, len(cameras))
        if bpy.app.background:
            for camera in cameras:
                order(context, service, camera)
            return
        for name in [each.name for each in cameras]:
            runtime.later(partial(_order_by_name, name))


def _order_by_name(name: str) -> None:
    service, camera = runtime.service(), bpy.context.scene.objects.get(name)
    if service and camera:
        order(bpy.context, service, camera)


class RENDERIQ_OT_dice(_Operator):
    """Choose another seed by chance"""

    bl_idname, bl_label = "renderiq.dice", "Another seed"
    bl_options = {"INTERNAL", "UNDO"}  # noqa: RUF012 - Blender reads the class

    def work(self, context: Any, service: Service) -> None:
        """Rolls."""
        context.scene.renderiq.seed = ordering.roll()


class RENDERIQ_OT_sign_in(_Operator):
    """Open the sign-in page in the browser"""

    bl_idname, bl_label = "renderiq.sign_in", "Sign in"

    def work(self, context: Any, service: Service) -> None:
        """Begins a sign-in."""
        if not runtime.is_online_allowed():
            raise capture.CaptureError(
                "Blender's online access is off. Allow it in Preferences > System, then sign in."
            )
        service.sign_in()


class RENDERIQ_OT_cancel_sign_in(_Operator):
    """Stop waiting for the approval"""

    bl_idname, bl_label = "renderiq.cancel_sign_in", "Cancel"

    def work(self, context: Any, service: Service) -> None:
        """Gives up."""
        service.cancel_sign_in()


class RENDERIQ_OT_sign_out(_Operator):
    """End the session of this computer"""

    bl_idname, bl_label = "renderiq.sign_out", "Sign out"

    def work(self, context: Any, service: Service) -> None:
        """Signs out."""
        service.sign_out()


class _JobOperator(_Operator):
    job: StringProperty(options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]

    def entry(self) -> Entry:
        """Returns the order. Raises ``CaptureError``."""
        found = next((each for each in runtime.snapshot().entries if each.job == self.job), None)
        if found is None:
            raise capture.CaptureError("The order is not in the list any more.")
        return found


class RENDERIQ_OT_cancel(_JobOperator):
    """Cancel the order; its credits are returned"""

    bl_idname, bl_label = "renderiq.cancel", "Cancel"

    def work(self, context: Any, service: Service) -> None:
        """Cancels."""
        service.cancel(self.job)


class RENDERIQ_OT_retry(_JobOperator):
    """Send the order again"""

    bl_idname, bl_label = "renderiq.retry", "Try again"

    def work(self, context: Any, service: Service) -> None:
        """Tries again."""
        service.retry(self.job)


class RENDERIQ_OT_remove(_JobOperator):
    """Remove the order from the list. The finished picture stays on disk"""

    bl_idname, bl_label = "renderiq.remove", "Remove"

    def work(self, context: Any, service: Service) -> None:
        """Removes."""
        service.remove(self.job)


class RENDERIQ_OT_resume(_Operator):
    """Send again what waits"""

    bl_idname, bl_label = "renderiq.resume", "Resume"

    def work(self, context: Any, service: Service) -> None:
        """Resumes."""
        service.resume()


class RENDERIQ_OT_show(_JobOperator):
    """Show the result in the image editor, or in a new window if there is none"""

    bl_idname, bl_label = "renderiq.show", "Show"

    compare: BoolProperty(options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]

    def work(self, context: Any, service: Service) -> None:
        """Shows."""
        entry = self.entry()
        if not entry.result or not Path(entry.result).exists():
            raise capture.CaptureError("The picture of this order is not on disk any more.")
        if not bpy.app.background and not pictures.image_editors():
            bpy.ops.wm.window_new()
            area = context.window_manager.windows[-1].screen.areas[0]
            area.type = "IMAGE_EDITOR"
            area.spaces.active.show_region_ui = True
        pictures.show(entry)
        if self.compare:
            context.scene.renderiq.compare = True


class RENDERIQ_OT_again(_JobOperator):
    """Order from the same capture with other settings"""

    bl_idname, bl_label = "renderiq.again", "Again with…"

    prompt: StringProperty(name="Prompt", maxlen=2000)  # type: ignore[valid-type]
    negative_prompt: StringProperty(name="Without", maxlen=2000)  # type: ignore[valid-type]
    style: EnumProperty(name="Style", items=_style_items)  # type: ignore[valid-type]
    quality: EnumProperty(  # type: ignore[valid-type]
        name="Quality", items=[("standard", "1080p", ""), ("high", "4K", ""), ("ultra", "4K Ultra", "")]
    )
    structure_strength: FloatProperty(name="Fidelity", min=0.0, max=1.0, default=0.7, subtype="FACTOR")  # type: ignore[valid-type]
    seed: IntProperty(name="Seed", min=0, max=MAX_SEED)  # type: ignore[valid-type]

    def invoke(self, context: Any, _event: Any) -> Result:
        """Asks for the settings, beginning with those of the order."""
        entry = next((each for each in runtime.snapshot().entries if each.job == self.job), None)
        if entry is None:
            return {"CANCELLED"}
        look = entry.look
        self.prompt, self.negative_prompt, self.quality = look.prompt, look.negative_prompt, look.quality
        self.structure_strength, self.seed = look.structure_strength, look.seed or 0
        try:
            self.style = look.style or DEFAULT
        except TypeError:
            self.style = DEFAULT
        return set(context.window_manager.invoke_props_dialog(self, width=420))

    def draw(self, _context: Any) -> None:
        """Draws the dialog."""
        layout = self.layout
        layout.use_property_split = True
        for name in ("style", "prompt", "negative_prompt", "structure_strength", "seed", "quality"):
            layout.prop(self, name)

    def work(self, context: Any, service: Service) -> None:
        """Orders again."""
        entry = self.entry()
        look = replace(
            entry.look, prompt=self.prompt.strip(), negative_prompt=self.negative_prompt.strip(),
            style="" if self.style == DEFAULT else self.style, quality=self.quality,
            structure_strength=round(self.structure_strength, 3), seed=self.seed,
        )  # fmt: skip
        if not service.again(self.job, look):
            raise capture.CaptureError("The capture of this order is not on disk any more. Capture the view again.")


class RENDERIQ_OT_use_look(_JobOperator):
    """Take the settings of this order into the panel"""

    bl_idname, bl_label = "renderiq.use_look", "Use its settings"
    bl_options = {"INTERNAL", "UNDO"}  # noqa: RUF012 - Blender reads the class

    def work(self, context: Any, service: Service) -> None:
        """Takes them."""
        context.scene.renderiq.apply(self.entry().look)


class RENDERIQ_OT_save_look(_Operator):
    """Save style, prompt, fidelity, seed and quality under a name"""

    bl_idname, bl_label = "renderiq.save_look", "Save look"

    name: StringProperty(name="Name", default="My look", maxlen=60)  # type: ignore[valid-type]

    def invoke(self, context: Any, _event: Any) -> Result:
        """Asks for the name."""
        return set(context.window_manager.invoke_props_dialog(self))

    def work(self, context: Any, service: Service) -> None:
        """Saves."""
        if not self.name.strip():
            raise capture.CaptureError("Give the look a name.")
        service.save_look(self.name.strip(), context.scene.renderiq.look())


class RENDERIQ_OT_apply_look(_Operator):
    """Use the chosen saved look"""

    bl_idname, bl_label = "renderiq.apply_look", "Use"
    bl_options = {"INTERNAL", "UNDO"}  # noqa: RUF012 - Blender reads the class

    def work(self, context: Any, service: Service) -> None:
        """Applies."""
        settings = context.scene.renderiq
        look = service.jobs.looks().get(settings.saved_look)
        if look is None:
            raise capture.CaptureError("No look is saved yet.")
        settings.apply(look)


class RENDERIQ_OT_remove_look(_Operator):
    """Remove the chosen saved look"""

    bl_idname, bl_label = "renderiq.remove_look", "Remove look"

    def work(self, context: Any, service: Service) -> None:
        """Removes."""
        service.save_look(context.scene.renderiq.saved_look, None)


class RENDERIQ_OT_consent(_Operator):
    """Read what the server asks, and decide"""

    bl_idname, bl_label = "renderiq.consent", "Read and decide"

    is_agreed: BoolProperty(name="I agree", options={"SKIP_SAVE"})  # type: ignore[valid-type]

    def invoke(self, context: Any, _event: Any) -> Result:
        """Shows the server's words."""
        return set(context.window_manager.invoke_props_dialog(self, width=520))

    def draw(self, _context: Any) -> None:
        """Draws the dialog."""
        from .panel import draw_text

        for each in runtime.snapshot().consents:
            box = self.layout.box()
            box.label(text=each.title or each.name)
            draw_text(box, each.text, 520)
            if sentence := each.sentence_of_recipients():
                draw_text(box, sentence, 520)
        self.layout.prop(self, "is_agreed")

    def work(self, context: Any, service: Service) -> None:
        """Tells the server, if the user has agreed."""
        if not self.is_agreed:
            self.report({"INFO"}, "Nothing was agreed to, and nothing is sent.")
            return
        service.agree([each.name for each in runtime.snapshot().consents])


class RENDERIQ_OT_open_log(_Operator):
    """Show the log file, which support may ask for. It has no keys, tokens or prompts"""

    bl_idname, bl_label = "renderiq.open_log", "Log file"

    def work(self, context: Any, service: Service) -> None:
        """Shows its folder."""
        bpy.ops.wm.path_open(filepath=str(runtime.log_path().parent))
        context.window_manager.clipboard = str(runtime.log_path())
        self.report({"INFO"}, f"The log file is {runtime.log_path()}")


class RENDERIQ_OT_allow_online(_Operator):
    """Open the preferences where Blender's online access is switched on"""

    bl_idname, bl_label = "renderiq.allow_online", "Preferences"

    def work(self, context: Any, service: Service) -> None:
        """Opens them."""
        bpy.ops.screen.userpref_show()
        context.preferences.active_section = "SYSTEM"


CLASSES = (
    RENDERIQ_OT_render,
    RENDERIQ_OT_render_cameras,
    RENDERIQ_OT_dice,
    RENDERIQ_OT_sign_in,
    RENDERIQ_OT_cancel_sign_in,
    RENDERIQ_OT_sign_out,
    RENDERIQ_OT_cancel,
    RENDERIQ_OT_retry,
    RENDERIQ_OT_remove,
    RENDERIQ_OT_resume,
    RENDERIQ_OT_show,
    RENDERIQ_OT_again,
    RENDERIQ_OT_use_look,
    RENDERIQ_OT_save_look,
    RENDERIQ_OT_apply_look,
    RENDERIQ_OT_remove_look,
    RENDERIQ_OT_consent,
    RENDERIQ_OT_open_log,
    RENDERIQ_OT_allow_online,
)


def register() -> None:
    """Registers the operators."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Takes them away."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
