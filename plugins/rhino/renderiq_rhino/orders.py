"""From a view to an order, in small steps of Rhino's main thread; what is slow and no host's call is in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import Rhino

from . import preferences, runtime, scene
from .camera import Shot, shot_of
from .capture import Captured, active_view, capture
from .develop import write_model
from .places import Place, files_of, place_of, set_wallpaper
from .settings import Settings
from .shared.choices import CaptureError, telling
from .shared.deliveries import copy_beside
from .shared.jobs import Job
from .shared.order import Look
from .shared.ordering import is_path_traced, refusal
from .shared.sentences import sentence_of
from .shared.service import Service
from .shared.snapshot import Entry

_GUIDES: Final = ("depthImage", "materialIdImage")


def document() -> Any:
    """Returns the model in front, or None."""
    return Rhino.RhinoDoc.ActiveDoc


def named_views(model: Any) -> list[str]:
    """Returns the names of the named views of a model."""
    return [str(each.Name) for each in list(model.NamedViews)] if model is not None else []


def refused(settings: Settings, count: int) -> str:
    """Returns why an order is not taken, as a sentence; empty if it may be."""
    return refusal(runtime.snapshot(), settings.look(), count)


def order(service: Service, settings: Settings, *, all_views: bool = False) -> Iterator[None]:
    """Captures the view in front, or all named views, and queues the orders. One step each turn.

    ``settings.problem`` gets a sentence if it cannot be done.
    """
    return telling(_order(service, settings, all_views=all_views), settings, runtime.log())


def _order(service: Service, settings: Settings, *, all_views: bool) -> Iterator[None]:
    model = document()
    view = active_view(model)
    viewport = view.ActiveViewport
    look, names = settings.look(), runtime.snapshot().ratios
    traced = is_path_traced(runtime.snapshot(), look)
    size = viewport.Size
    shot = shot_of(int(size.Width), int(size.Height), settings.ratio, names, preferences.longer_side())
    info: Any = Rhino.DocObjects.ViewportInfo  # a copy: the user may turn the view meanwhile
    if all_views:
        cameras = [(str(each.Name), info(each.Viewport)) for each in list(model.NamedViews)]
        if not cameras:
            raise CaptureError("The model has no named views. Save one with NamedView, and try again.")
    else:
        cameras = [(str(viewport.Name), info(viewport))]
    viewed = None if all_views else viewport
    place = place_of(model, viewed, service.session, wallpaper=settings.as_wallpaper)
    pieces: list[scene.Piece] = []
    for each in scene.pieces(model, viewport, with_normals=traced):
        pieces.append(each)
        yield
    for name, camera in cameras:
        job_id, folder = service.jobs.new_folder()
        try:
            yield from _one(service, settings, model, view, name, camera, shot, pieces, job_id, folder, look, place)
        except BaseException:
            service.jobs.remove(job_id)
            raise


def _one(
    service: Service, settings: Settings, model: Rhino.RhinoDoc, view: Rhino.Display.RhinoView, name: str,
    camera: Any, shot: Shot, pieces: list[scene.Piece], job_id: str, folder: Path, look: Look, place: Place,
) -> Iterator[None]:  # fmt: skip
    snapshot = runtime.snapshot()
    traced = is_path_traced(snapshot, look)
    if traced and not pieces:
        raise CaptureError("Nothing is visible. Show what is to be rendered, and try again.")
    guides = not traced and settings.use_guides and any(snapshot.uses(look.model, each) for each in _GUIDES)
    captured: Captured = yield from capture(
        model, view, camera, shot, pieces, folder, as_view=settings.as_view, with_guides=guides,
        max_materials=snapshot.max_materials,
    )  # fmt: skip
    metres = scene.metres(model)
    seen = captured.frustum.of_order(name, shot.size, shot.view, metres)
    sun = scene.sun(model) if traced else None
    options = {**look.options(), "aspect_ratio": shot.ratio_name}
    if sun:
        options["sun"] = sun
    raw = {
        "camera": seen.wire(is_model=traced), "names": captured.names,
        "near": None if captured.near is None else captured.near * metres,
        "far": None if captured.far is None else captured.far * metres,
    }  # fmt: skip
    job = Job(
        job_id, name, look, options, session=service.session, raw=raw, created=time.time(), place=place.stored(),
    )  # fmt: skip

    def finish() -> None:
        found = job
        try:
            if traced:
                write_model(folder, [each.triangles for each in pieces], metres, seen, sun)
        except Exception as error:
            runtime.log().exception("the model of %s could not be written", job_id)
            found = replace(job, problem=sentence_of(error))
        service.jobs.save(found)
        service.submit(found)

    threading.Thread(target=finish, name=f"renderiq-model {job_id}", daemon=True).start()


def again(service: Service, entry: Entry, settings: Settings) -> bool:
    """Orders from the captures of an earlier order, for the same place. Returns False if they do not fit the model."""
    job = service.job(entry.job)
    place = {**job.place, "wallpaper": settings.as_wallpaper} if job and job.place else None
    return service.again(entry.job, settings.look(), place)


def copy_to_place(service: Service, entry: Entry, done: Callable[[str, str], None]) -> None:
    """Copies a result beside its model, in a thread, and calls ``done`` there with the copy's path and what is wrong.

    Where no model was ever saved, the result stays where the plugin keeps it.
    """
    models = files_of(service.job(entry.job), service.session)

    def work() -> None:
        path, problem = Path(entry.result), ""
        try:
            path = copy_beside(path, models, entry.view, entry.created, entry.job) or path
        except OSError as error:
            runtime.log().exception("the result could not be copied beside the model")
            reason = error.strerror or type(error).__name__
            problem = f"The result could not be put beside the model ({reason}). It is in {path.parent}"
        service.delivered(entry.job)
        done(str(path), problem)

    threading.Thread(target=work, name="renderiq-copy", daemon=True).start()


def as_wallpaper(path: str) -> None:
    """Puts a picture behind what the viewport in front shows.

    Raises ``CaptureError`` if Rhino does not take it.
    """
    set_wallpaper(active_view(document()), path)
