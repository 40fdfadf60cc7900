"""From a view to an order, in small steps of FreeCAD's main thread; what is slow and no host's call is in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import FreeCAD
import FreeCADGui

from . import preferences, runtime, scene
from .camera import METRES, STANDARD_VIEWS, Bounds, CameraState, Shot, saved_view, standard_view
from .capture import active_view, capture, shot_of, state_of
from .settings import Settings
from .shared.choices import CaptureError, telling
from .shared.deliveries import copy_beside
from .shared.glb import Mesh, write_glb
from .shared.jobs import Job
from .shared.materials import material_of
from .shared.ordering import is_path_traced, refusal
from .shared.sentences import sentence_of
from .shared.service import Service
from .shared.snapshot import Entry

MODEL: Final = "model.glb"
_GUIDES: Final = ("depthImage", "materialIdImage", "normalImage")
_HALF_ANGLE: Final = 0.41421356
"""The tangent of half of FreeCAD's own vertical angle, 45 degrees."""


def views_of(document: Any) -> list[str]:
    """Returns the names of the views of a batch: those saved with planes and storeys, or else the standard ones."""
    return [state.name for state in _saved_views(document)] or list(STANDARD_VIEWS)


def _saved_views(document: Any) -> list[CameraState]:
    if document is None:
        return []
    found = [(each.Label, getattr(each.ViewObject, "ViewData", None)) for each in document.Objects if each.ViewObject]
    return [state for label, data in found if data and (state := saved_view(label, list(data)))]


def refused(settings: Settings, count: int) -> str:
    """Returns why an order is not taken, as a sentence; empty if it may be."""
    return refusal(runtime.snapshot(), settings.look(), count)


def order(service: Service, settings: Settings, *, all_views: bool = False) -> Iterator[None]:
    """Captures the view in front, or all views of the batch, and queues the orders. One step each turn.

    ``settings.problem`` gets a sentence if it cannot be done.
    """
    return telling(_order(service, settings, all_views=all_views), settings, runtime.log())


def _order(service: Service, settings: Settings, *, all_views: bool) -> Iterator[None]:
    view = active_view()
    document = FreeCADGui.ActiveDocument.Document
    look, names = settings.look(), runtime.snapshot().ratios
    now = shot_of(view, settings.ratio, names, preferences.longer_side())  # before the user turns the view
    meshes: list[Mesh] = []
    for each in scene.meshes(document):
        meshes += each
        yield
    boxes = []
    for mesh in meshes:
        for start in range(0, len(mesh.points), scene.SLICE):
            if box := Bounds.of(mesh.points[start : start + scene.SLICE]):
                boxes += [box.low, box.high]
            yield
    bounds = Bounds.of(boxes)
    if bounds is None:
        raise CaptureError("Nothing is visible. Show what is to be rendered, and try again.")
    shots = _batch(view, document, bounds, now, settings) if all_views else [now]
    for shot in shots:
        job_id, folder = service.jobs.new_folder()
        try:
            yield from _one(service, settings, view, document, shot, meshes, bounds, job_id, folder, look)
        except BaseException:
            service.jobs.remove(job_id)
            raise


def _batch(view: Any, document: Any, bounds: Bounds, now: Shot, settings: Settings) -> list[Shot]:
    states = _saved_views(document)
    if not states:
        parallel = now.state.is_parallel
        angle = _HALF_ANGLE if parallel else now.state.half_height
        states = [standard_view(name, bounds, now.ratio, is_parallel=parallel, angle=angle) for name in STANDARD_VIEWS]
    names, side = runtime.snapshot().ratios, preferences.longer_side()
    return [shot_of(view, settings.ratio, names, side, state) for state in states]


def _one(
    service: Service, settings: Settings, view: Any, document: Any, shot: Shot, meshes: list[Mesh], bounds: Bounds,
    job_id: str, folder: Path, look: Any,
) -> Iterator[None]:  # fmt: skip
    snapshot = runtime.snapshot()
    traced = is_path_traced(snapshot, look)
    guides = not traced and settings.use_guides and any(snapshot.uses(look.model, each) for each in _GUIDES)
    captured = yield from capture(
        view, document, shot, meshes, bounds, folder, as_view=settings.as_view, with_guides=guides,
        max_materials=snapshot.max_materials,
    )  # fmt: skip
    if "image" not in captured.images:
        raise CaptureError("FreeCAD could not draw the view. Its report view says more.")
    camera = shot.state.in_front_of(bounds).of_order(shot.ratio)
    options = {
        **look.options(), "aspect_ratio": shot.ratio_name,
        "camera": camera.wire(near=captured.near, far=captured.far, is_model=traced),
    }  # fmt: skip
    if materials := {colour: found for colour, name in captured.names.items() if (found := material_of(name))}:
        options["materials"] = materials
    sun = settings.sun() if traced else None
    if sun:
        options["sun"] = sun
    place = {"document": document.FileName, "uid": str(document.Uid), "place": settings.place_in_document}
    job = Job(
        job_id, shot.state.name, look, options, session=service.session, images=captured.images, created=time.time(),
        place=place,
    )  # fmt: skip

    def finish() -> None:
        found = job
        try:
            if traced:
                write_glb(folder / MODEL, meshes, scale=METRES, camera=camera, sun=sun)
                job.images["model_file"] = MODEL
        except Exception as error:
            runtime.log().exception("the model of %s could not be written", job_id)
            found = Job(**{**job.__dict__, "problem": sentence_of(error)})
        service.jobs.save(found)
        service.submit(found)

    threading.Thread(target=finish, name=f"renderiq-model {job_id}", daemon=True).start()


def copy_to_place(service: Service, entry: Entry, done: Callable[[str, str, bool], None]) -> None:
    """Copies a result beside its document, in a thread, and calls ``done`` there.

    ``done`` gets the copy's path, the name of the document, empty if it is closed, and whether the result was to be
    placed in it. The result of a document that was never saved stays where the plugin keeps it.
    """
    job = service.job(entry.job)
    place = job.place if job else {}
    document = _document_of(place)
    files = [Path(place.get("document") or ""), Path(document.FileName if document else "")]
    name = document.Name if document else ""

    def work() -> None:
        path = Path(entry.result)
        try:
            path = copy_beside(path, files, entry.view, entry.created, entry.job) or path
        except OSError:
            runtime.log().exception("the result could not be copied beside the document")
        service.delivered(entry.job)
        done(str(path), name, bool(place.get("place")))

    threading.Thread(target=work, name="renderiq-copy", daemon=True).start()


def _document_of(place: dict[str, Any]) -> Any:
    """Returns the open document that a result belongs to, or None. Its name alone may be that of another one by now."""
    found = [each for each in FreeCAD.listDocuments().values() if place.get("uid") and str(each.Uid) == place["uid"]]
    return next((each for each in found if each.FileName == place.get("document")), next(iter(found), None))


def place_in_document(path: str, name: str, size: tuple[int, int]) -> str:
    """Places a picture in a document, behind what the 3D view shows, as one step that can be undone.

    Returns the name of the object. Raises ``CaptureError`` if the document is closed.
    """
    document = FreeCAD.listDocuments().get(name)
    if document is None:
        raise CaptureError("The document is closed. Open it, and place the picture from the history.")
    view = active_view()
    state, distance = state_of(view, "plane"), 0.0
    boxes = [each.ViewObject.getBoundingBox() for each in scene.visible(document)]
    corners = [p for box in boxes for p in ((box.XMin, box.YMin, box.ZMin), (box.XMax, box.YMax, box.ZMax))]
    if bounds := Bounds.of(corners):
        _, distance = state.clip(bounds)  # behind everything, so that nothing cuts through it
    distance = max(distance, state.focal)
    across, down = view.getSize()
    ratio = size[0] / size[1]
    document.openTransaction("Place render")
    try:
        plane = document.addObject("Image::ImagePlane", "Render")
        plane.Label = Path(path).stem
        plane.ImageFile = path
        height = 2 * state.half_height * (1 if state.is_parallel else distance) * min(1.0, across / down / ratio)
        plane.XSize, plane.YSize = height * ratio, height
        at = [p + distance * f for p, f in zip(state.position, state.forward)]
        plane.Placement = FreeCAD.Placement(FreeCAD.Vector(*at), FreeCAD.Rotation(*state.rotation))
        document.recompute()
    except BaseException:
        document.abortTransaction()
        raise
    document.commitTransaction()
    return str(plane.Name)
