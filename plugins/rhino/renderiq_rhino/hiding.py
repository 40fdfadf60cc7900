"""Takes away what is no part of a picture while it is drawn, and puts all of it back. Rhino's main thread alone."""

from __future__ import annotations

import operator
from typing import Any, Final

import Rhino

from .selection import Selection
from .shared.restore import Restoring

_MARKS: Final = ("ConstructionGridVisible", "ConstructionAxesVisible", "WorldAxesVisible")


def prepared(document: Rhino.RhinoDoc, view: Rhino.Display.RhinoView, camera: Any, *, as_view: bool) -> Restoring:
    """Returns a ``with`` in which a view shows ``camera`` without selection, gumball, grid, axes and helpers.

    ``camera`` is a ``ViewportInfo``, or None for what the view shows already. At its end everything is as before,
    also after an error.
    """
    restoring = Restoring()
    viewport = view.ActiveViewport
    try:
        _quiet(document, restoring)
        _without_selection(document, restoring)
        for name in _MARKS:
            restoring.set(viewport, name, False)
        if not as_view:
            _rendered(viewport, restoring)
        if camera is not None:
            _with_camera(viewport, camera, restoring)
        _without_helpers(viewport, restoring, as_view=as_view)
    except BaseException:
        restoring.__exit__(ValueError, ValueError(), None)  # the error under way is the one to tell
        raise
    return restoring


def _quiet(document: Rhino.RhinoDoc, restoring: Restoring) -> None:
    """Nobody sees the views change. They are drawn again at the end, when all else is back."""
    views = document.Views
    restoring.then("the views", views.Redraw)
    restoring.set(views, "RedrawEnabled", False)


def _without_selection(document: Rhino.RhinoDoc, restoring: Restoring) -> None:
    restoring.set(Rhino.ApplicationSettings.ModelAidSettings, "AutoGumballEnabled", False)
    found = Selection(document)
    if found:
        restoring.then("the selection", found.select)
        found.unselect()


def _rendered(viewport: Rhino.Display.RhinoViewport, restoring: Restoring) -> None:
    modes = Rhino.Display.DisplayModeDescription
    wanted, before = modes.GetDisplayMode(modes.RenderedId), viewport.DisplayMode
    if wanted is None or before.Id == wanted.Id:
        return
    restoring.then("the display mode", lambda: setattr(viewport, "DisplayMode", before))
    viewport.DisplayMode = wanted


def _with_camera(viewport: Rhino.Display.RhinoViewport, camera: Any, restoring: Restoring) -> None:
    before, target, name = Rhino.DocObjects.ViewportInfo(viewport), viewport.CameraTarget, viewport.Name

    def back() -> None:
        viewport.SetViewProjection(before, False)
        viewport.SetCameraTarget(target, False)
        viewport.Name = name

    restoring.then("the camera", back)
    viewport.SetViewProjection(camera, True)


def _without_helpers(viewport: Rhino.Display.RhinoViewport, restoring: Restoring, *, as_view: bool) -> None:
    """Keeps objects from being drawn. Hiding them would change the document, and its list of undo."""
    kinds = Rhino.DocObjects.ObjectType
    unseen = [kinds.ClipPlane, kinds.Light, kinds.Annotation, kinds.TextDot, kinds.Grip, kinds.Point]
    if not as_view:
        unseen += [kinds.Curve, kinds.Hatch, kinds.PointSet]
    wanted = viewport.Id

    def cull(_sender: Any, event: Any) -> None:
        if event.Viewport.Id == wanted and event.RhinoObject.ObjectType in unseen:
            event.CullObject = True

    listen("ObjectCulling", cull, restoring)


def listen(event: str, handler: Any, restoring: Restoring) -> None:
    """Has a handler called by Rhino's display for the length of the ``with``."""
    pipeline: Any = Rhino.Display.DisplayPipeline
    is_wanted = True

    def guarded(sender: Any, arguments: Any) -> None:
        if is_wanted:
            handler(sender, arguments)

    def change(way: Any) -> None:
        setattr(pipeline, event, way(getattr(pipeline, event), guarded))  # as += and -= do

    def back() -> None:
        nonlocal is_wanted
        is_wanted = False  # a handler that Rhino keeps must not hide objects for ever
        change(operator.isub)

    restoring.then(f"the drawing ({event})", back)
    change(operator.iadd)
