"""Draws the visible meshes in flat colours, in place of Rhino's objects: material ids and depth. Main thread alone.

Rhino draws them for the one viewport while the ``with`` lasts. The document is not touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import Rhino
import System.Drawing

from .camera import Frustum, clipped, depth_range, level
from .hiding import listen
from .scene import Piece
from .shared.colours import id_colours
from .shared.restore import Restoring

_SLICE = 5_000
"""Corners that get their colour in one turn, so that the window lives in between."""


class Drawing:
    """The meshes of the id image. ``names`` are materials by their colours.

    More than ``max_materials`` share the colours of the first ones.
    """

    def __init__(self, pieces: list[Piece], max_materials: int) -> None:
        keys = list(dict.fromkeys(each.material for each in pieces))
        count = max(1, min(len(keys), max_materials))
        colours = id_colours(count)
        self._ids = {key: colours[number % count] for number, key in enumerate(keys)}
        self.names = {"#{:02x}{:02x}{:02x}".format(*self._ids[key]): key.name for key in reversed(keys)}
        self._pieces = pieces

    def ids(self) -> Iterator[Any]:
        """Yields the meshes of the id image."""
        for each in self._pieces:
            mesh = each.mesh.DuplicateMesh()
            mesh.VertexColors.CreateMonotoneMesh(System.Drawing.Color.FromArgb(*self._ids[each.material]))
            yield mesh


def range_of(pieces: list[Piece], frustum: Frustum) -> Iterator[tuple[float, float] | None]:
    """Yields None while it works, and at last the distances between which the depth is drawn, or None without one."""
    depths: list[float] = []
    for each in pieces:
        points, triangles = each.triangles.points, each.triangles.triangles
        for start in range(0, len(points), _SLICE):
            depths += [frustum.depth(point) for point in points[start : start + _SLICE]]
            yield None
        if frustum.is_parallel or min(frustum.depth(point) for point in points) > 0:
            continue
        for start in range(0, len(triangles), _SLICE):  # what begins behind the camera is nearer than its corners
            for corners in triangles[start : start + _SLICE]:
                triangle = [points[corner] for corner in corners]
                if min(frustum.depth(point) for point in triangle) <= 0:
                    depths += frustum.seen_depths(triangle)
            yield None
    yield depth_range(depths, is_parallel=frustum.is_parallel)


def depth_meshes(pieces: list[Piece], frustum: Frustum, near: float, far: float) -> Iterator[Any]:
    """Yields the meshes of the depth image, and None between them while it works."""
    for each in pieces:
        points, triangles = each.triangles.points, each.triangles.triangles
        depths = [frustum.depth(point) for point in points]
        if min(depths) >= near and max(depths) <= far:
            mesh = each.mesh.DuplicateMesh()
            mesh.VertexColors.Clear()
        else:
            points, triangles = clipped(points, triangles, frustum, near, far)
            mesh = Rhino.Geometry.Mesh()
            for start in range(0, len(points), _SLICE):
                for x, y, z in points[start : start + _SLICE]:
                    mesh.Vertices.Add(x, y, z)
                yield None
            for start in range(0, len(triangles), _SLICE):
                for a, b, c in triangles[start : start + _SLICE]:
                    mesh.Faces.AddFace(a, b, c)
                yield None
            depths = [frustum.depth(point) for point in points]
        for start in range(0, len(depths), _SLICE):
            for depth in depths[start : start + _SLICE]:
                grey = level(depth, near, far)
                mesh.VertexColors.Add(grey, grey, grey)
            yield None
        if triangles:
            yield mesh


def drawn(viewport: Rhino.Display.RhinoViewport, meshes: list[Any]) -> Restoring:
    """Returns a ``with`` in which a viewport draws these meshes in their colours, and none of the objects."""
    restoring, wanted = Restoring(), viewport.Id

    def cull(_sender: Any, event: Any) -> None:
        if event.Viewport.Id == wanted:
            event.CullObject = True

    def draw(_sender: Any, event: Any) -> None:
        if event.Viewport.Id == wanted:
            for each in meshes:
                event.Display.DrawMeshFalseColors(each)

    try:
        listen("ObjectCulling", cull, restoring)
        listen("PostDrawObjects", draw, restoring)
    except BaseException:
        restoring.__exit__(ValueError, ValueError(), None)  # the error under way is the one to tell
        raise
    return restoring
