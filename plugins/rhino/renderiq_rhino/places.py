"""Where a result belongs: beside its model, and behind the viewport that was captured. Rhino's main thread alone."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import Rhino

from .shared.choices import CaptureError
from .shared.jobs import Job
from .shared.service import Service
from .shared.snapshot import Entry


@dataclass(frozen=True)
class Place:
    """The place of a result.

    ``document`` is the model's file, empty if it was never saved. ``serial`` is the number of the open model; it counts
    in the Rhino that ``session`` names alone. ``viewport`` is empty for a named view, which no viewport need show.
    """

    document: str = ""
    serial: int = 0
    session: str = ""
    viewport: str = ""
    wallpaper: bool = False

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Place:
        """Returns a place that a job has kept. What is missing or damaged has its default."""
        known = {name: each for name, each in asdict(cls()).items() if type(stored.get(name)) is type(each)}
        return cls(**{name: stored[name] for name in known})

    def stored(self) -> dict[str, Any]:
        """Returns what a job keeps."""
        return asdict(self)


def place_of(model: Rhino.RhinoDoc, viewport: Any, session: str, *, wallpaper: bool) -> Place:
    """Returns the place of the results of a viewport, or of a named view if there is none."""
    shown = "" if viewport is None else str(viewport.Id)
    return Place(str(model.Path or ""), int(model.RuntimeSerialNumber), session, shown, wallpaper)


def model_of(place: Place, session: str) -> Any:
    """Returns the open model that a result belongs to, or None if it is closed. Another one is never returned."""
    opened = list(Rhino.RhinoDoc.OpenDocuments())
    same = [each for each in opened if _is_same_opening(place, each, session)]
    return next(iter(same or [each for each in opened if _is_same_file(place.document, str(each.Path or ""))]), None)


def view_of(place: Place, model: Any, name: str, session: str) -> Any:
    """Returns the view whose viewport was captured, or None if it is closed.

    A model that was opened anew may have given its viewports other ids: there their names count too.
    """
    views = [each for each in list(model.Views) if not isinstance(each, Rhino.Display.RhinoPageView)]
    found = [each for each in views if str(each.ActiveViewport.Id) == place.viewport]
    if not found and not _is_same_opening(place, model, session):
        found = [each for each in views if str(each.ActiveViewport.Name) == name]
    return next(iter(found), None)


def files_of(job: Job | None, session: str) -> list[Path]:
    """Returns the files beside which a result may lie, the best one first: a model may have been saved since."""
    place = Place.read(job.place if job else {})
    model = model_of(place, session)
    return [Path(place.document), Path(str(model.Path or "") if model is not None else "")]


def show_as_asked(service: Service, entry: Entry, path: str) -> None:
    """Makes a result the wallpaper of its viewport, if that was asked for and no newer one is there.

    Raises ``CaptureError`` if the model or the viewport is closed, and if Rhino does not take the picture.
    """
    job = service.job(entry.job)
    place = Place.read(job.place if job else {})
    if not place.wallpaper or not place.viewport:
        return
    model = model_of(place, service.session)
    view = view_of(place, model, entry.view, service.session) if model is not None else None
    if view is None:
        closed = "model of the result" if model is None else f"viewport {entry.view}"
        raise CaptureError(f"The {closed} is closed, so it got no wallpaper. Open it, and press As wallpaper.")
    if not any(_is_newer(service, each, entry, place) for each in service.snapshot.entries):
        set_wallpaper(view, path)


def set_wallpaper(view: Any, path: str) -> None:
    """Puts a picture behind what a view shows. Rhino's command Wallpaper takes it away again.

    Raises ``CaptureError`` if Rhino does not take it.
    """
    if not view.ActiveViewport.SetWallpaper(path, False):
        raise CaptureError(f"Rhino could not show the picture as a wallpaper. The file is {path}")
    view.Redraw()


def _is_newer(service: Service, one: Entry, other: Entry, place: Place) -> bool:
    job = service.job(one.job)
    if job is None or one.state != "done" or one.created <= other.created:
        return False
    found = Place.read(job.place)
    is_same_model = _is_same_file(found.document, place.document) or (
        (found.session, found.serial) == (place.session, place.serial)
    )
    return found.wallpaper and is_same_model and found.viewport == place.viewport


def _is_same_opening(place: Place, model: Any, session: str) -> bool:
    return place.session == session and int(model.RuntimeSerialNumber) == place.serial


def _is_same_file(one: str, other: str) -> bool:
    """Compares names alone: a look at a disk of the network could stall Rhino."""
    return bool(one) and os.path.normcase(os.path.normpath(one)) == os.path.normcase(os.path.normpath(other))
