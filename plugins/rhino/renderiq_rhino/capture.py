"""Captures a view, with depth and material ids in its pixels. Rhino's main thread alone."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import Rhino
import System.Drawing

from .camera import Frustum, Shot
from .develop import DEPTH, IDS
from .hiding import prepared
from .passes import Drawing, depth_meshes, drawn, range_of
from .runtime import host
from .scene import Piece
from .shared.choices import CaptureError
from .shared.frame import Vector
from .shared.jobs import CAPTURE


@dataclass
class Captured:
    """The camera that was drawn, the distances of white and black in the model's unit, materials by their colours."""

    frustum: Frustum
    near: float | None = None
    far: float | None = None
    names: dict[str, str] = field(default_factory=dict)


def active_view(document: Any) -> Any:
    """Returns the view in front. Raises ``CaptureError`` without one, or in a layout."""
    view = document.Views.ActiveView if document is not None else None
    if view is None:
        raise CaptureError("There is no view. Open a model, and click into one of its viewports.")
    if isinstance(view, Rhino.Display.RhinoPageView):
        raise CaptureError("A layout is in front. Click into a viewport of the model.")
    return view


def frustum_of(viewport: Rhino.Display.RhinoViewport) -> Frustum:
    """Returns what a viewport shows now."""
    info = Rhino.DocObjects.ViewportInfo(viewport)
    forward, up = _unit(info.CameraDirection), _unit(info.CameraY)
    at, target = info.CameraLocation, viewport.CameraTarget
    position = (float(at.X), float(at.Y), float(at.Z))
    part = 1.0 if info.IsParallelProjection else 1.0 / info.FrustumNear
    sides = [float(each) * part for each in (info.FrustumLeft, info.FrustumRight, info.FrustumBottom, info.FrustumTop)]
    left, right, bottom, top = sides
    way = (float(target.X) - position[0], float(target.Y) - position[1], float(target.Z) - position[2])
    distance = max(sum(f * w for f, w in zip(forward, way)), 1e-3)
    return Frustum(position, forward, up, left, right, bottom, top, bool(info.IsParallelProjection), distance)


def capture(
    document: Rhino.RhinoDoc, view: Rhino.Display.RhinoView, camera: Any, shot: Shot, pieces: list[Piece],
    folder: Path, *, as_view: bool, with_guides: bool, max_materials: int,
) -> Generator[None, None, Captured]:  # fmt: skip
    """Draws the files of a shot, one each step, and returns what they are.

    ``camera`` is a ``ViewportInfo``, or None for what the view shows. Between two steps everything is put back.
    Raises ``CaptureError`` if Rhino draws nothing.
    """
    viewport = view.ActiveViewport
    sides = (int(viewport.Size.Width), int(viewport.Size.Height))
    with prepared(document, view, camera, as_view=as_view):
        found = Captured(frustum_of(viewport))
        _draw(view, shot, folder / CAPTURE, is_guide=False)
    yield
    if not with_guides or not pieces:
        return found
    drawing = Drawing(pieces, max_materials)
    found.names = drawing.names
    meshes = []
    for mesh in drawing.ids():
        meshes.append(mesh)
        yield
    _guide(document, view, camera, shot, meshes, folder / IDS, sides)
    yield
    limits = None
    for each in range_of(pieces, found.frustum):
        limits = each
        yield
    if limits is None:
        return found  # all of it is behind the camera: a depth would say nothing
    meshes = []
    for mesh in depth_meshes(pieces, found.frustum, *limits):
        if mesh is not None:
            meshes.append(mesh)
        yield
    _guide(document, view, camera, shot, meshes, folder / DEPTH, sides)
    found.near, found.far = limits[0], limits[0] + (limits[1] - limits[0]) * 255 / 254
    return found


def _guide(
    document: Rhino.RhinoDoc, view: Rhino.Display.RhinoView, camera: Any, shot: Shot, meshes: list[Any], path: Path,
    sides: tuple[int, int],
) -> None:  # fmt: skip
    size = view.ActiveViewport.Size
    if (int(size.Width), int(size.Height)) != sides:
        raise CaptureError("The viewport changed its size during the capture. Press Render again.")
    with ExitStack() as stack:
        stack.enter_context(prepared(document, view, camera, as_view=True))
        stack.enter_context(drawn(view.ActiveViewport, meshes))
        _draw(view, shot, path, is_guide=True)


def _draw(view: Rhino.Display.RhinoView, shot: Shot, path: Path, *, is_guide: bool) -> None:
    """Draws the whole view and keeps its middle. A picture of other proportions might show another part of it."""
    drawing: Any = System.Drawing
    taken: Any = Rhino.Display.ViewCapture()
    taken.Width, taken.Height = shot.view
    taken.ScaleScreenItems = False
    taken.DrawAxes = False
    taken.DrawGrid = False
    taken.DrawGridAxes = False
    taken.TransparentBackground = is_guide
    with host():
        bitmap = taken.CaptureToBitmap(view)
    if bitmap is None:
        raise CaptureError("Rhino could not draw the view. Choose a smaller size of captures, and try again.")
    part = None
    try:
        if (bitmap.Width, bitmap.Height) != shot.view:
            raise CaptureError("Rhino drew the view in another size. Choose a smaller size of captures, and try again.")
        middle = drawing.Rectangle(*shot.corner, *shot.size)
        part = bitmap.Clone(middle, drawing.Imaging.PixelFormat.Format24bppRgb)
        kinds = drawing.Imaging.ImageFormat
        with host():
            part.Save(str(path), kinds.Bmp if is_guide else kinds.Png)
    finally:
        if part is not None:
            part.Dispose()
        bitmap.Dispose()


def _unit(vector: Any) -> Vector:
    x, y, z = float(vector.X), float(vector.Y), float(vector.Z)
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    return x / length, y / length, z / length
