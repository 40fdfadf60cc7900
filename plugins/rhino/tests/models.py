"""A model for the double: what is in it, where it is, and of what it is. Units are millimetres in name alone."""

from __future__ import annotations

from typing import Any

from objects_double import Camera, InstanceObject, Material, Mesh, RhinoObject, Transform
from rhino_double import RhinoDoc

BRICK = Material("Red brick", (170, 60, 40))
GLASS = Material("Glass", (120, 180, 200), 0.7)


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Mesh:
    """Returns a box of twelve triangles."""
    points = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    faces = [part for a, b, c, d in quads for part in ((a, b, c), (a, c, d))]
    return Mesh.of([tuple(float(each) for each in point) for point in points], faces)


def model(path: str = "", things: list[Any] | None = None) -> RhinoDoc:
    """Returns a model with two boxes, a block, a curve, a light and a clipping plane, and three named views."""
    inner = RhinoObject("inner", "Brep", box((0, 0, 0), (1, 1, 1)), GLASS)
    hidden = RhinoObject("on a hidden layer", "Brep", box((0, 0, 0), (9, 9, 9)), layer=1)
    listed = things or [
        RhinoObject("wall", "Brep", box((-2, -1, 0), (1, 0, 2)), BRICK),
        RhinoObject("floor", "Extrusion", box((-30, -30, -1), (30, 30, 0)), needs_meshing=True),
        InstanceObject("block", [inner, hidden], Transform(2.0, -2.0, 0.0)),
        RhinoObject("curve", "Curve"),
        RhinoObject("light", "Light"),
        RhinoObject("clip", "ClipPlane", box((-9, -9, 3), (9, 9, 3.1))),
    ]
    views = {
        "Street": Camera((6.0, -9.0, 2.0), (0.0, 0.0, 1.0)),
        "Garden": Camera((-7.0, -8.0, 4.0), (0.0, 0.0, 1.0), 0.5),
        "Plan": Camera((0.5, -20.0, 30.0), (0.0, 0.0, 0.0), 6.0, True),
    }
    return RhinoDoc(listed, views, path)
