"""A model for the double: what is in it, where it is, and of what it is. In millimetres."""

from __future__ import annotations

from typing import Any

from objects_double import Camera, ComponentIndex, Guid, InstanceObject, Material, Mesh, RhinoObject, Transform
from rhino_double import RhinoDoc

BRICK = Material("Red brick", (170, 60, 40))
GLASS = Material("Glass", (120, 180, 200), 0.7)
HOUSE = ((-4_000.0, -3_000.0, 0.0), (4_000.0, 3_000.0, 5_000.0))


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Mesh:
    """Returns a box of twelve triangles. Its sides share no points, so that its edges are sharp, as Rhino has it."""
    corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    points = [tuple(float(number) for number in corners[each]) for quad in quads for each in quad]
    faces = [part for at in range(0, 24, 4) for part in ((at, at + 1, at + 2), (at, at + 2, at + 3))]
    return Mesh.of(points, faces)


def model(path: str = "", things: list[Any] | None = None) -> RhinoDoc:
    """Returns a model with a house, a block of glass, a curve, a light and a clipping plane, and three named views.

    Selected are the house, a face and an edge of the floor, two grips of the curve, and the clipping plane.
    """
    inner = RhinoObject("inner", "Brep", box((0, 0, 0), (2_000, 2_000, 2_500)), GLASS)
    hidden = RhinoObject("on a hidden layer", "Brep", box((0, 0, 0), (9_000, 9_000, 9_000)), layer=1)
    listed = things or [
        RhinoObject("wall", "Brep", box(*HOUSE), BRICK),
        RhinoObject("floor", "Extrusion", box((-30_000, -30_000, -200), (30_000, 30_000, 0)), needs_meshing=True),
        InstanceObject("block", [inner, hidden], Transform(4_500.0, -5_000.0, 0.0)),
        RhinoObject("curve", "Curve", grips=4),
        RhinoObject("light", "Light"),
        RhinoObject("clip", "ClipPlane", box((-9_000, -9_000, 7_000), (9_000, 9_000, 7_100))),
    ]
    if things is None:
        _select(listed)
    views = {
        "Street": Camera((12_000.0, -20_000.0, 1_700.0), (0.0, 0.0, 2_000.0)),
        "Garden": Camera((-15_000.0, -16_000.0, 7_000.0), (0.0, 0.0, 2_000.0), 0.5),
        "Plan": Camera((1_000.0, -40_000.0, 60_000.0), (0.0, 0.0, 0.0), 12_000.0, True),
    }
    return RhinoDoc(listed, views, path)


def _select(listed: list[RhinoObject]) -> None:
    found = {str(each.Id): each for each in listed}
    found["wall"]._state, found["clip"]._state = 2, 1
    found["floor"]._parts = [ComponentIndex("BrepFace", 0), ComponentIndex("BrepEdge", 3)]
    for place in (1, 3):
        found["curve"]._grips[place]._state = 2


__all__ = ["BRICK", "GLASS", "HOUSE", "Guid", "box", "model"]
