"""The document of the story: a small house with named materials, guides that must not be seen, and two saved views."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import FreeCAD
import FreeCADGui
import Part
from FreeCAD import Vector

PARTS = {
    "Grass": (Vector(-15000, -15000, -100), (30000, 30000, 100), (0.30, 0.45, 0.20)),
    "Plaster wall": (Vector(-4000, -3000, 0), (8000, 6000, 3000), (0.90, 0.88, 0.82)),
    "Red brick wing": (Vector(4000, -2500, 0), (3000, 4000, 2400), (0.62, 0.28, 0.20)),
    "Oak door": (Vector(-1000, -3060, 0), (1100, 60, 2100), (0.45, 0.28, 0.14)),
    "Glass window left": (Vector(-3300, -3060, 1000), (1500, 60, 1200), (0.45, 0.60, 0.70)),
    "Glass window right": (Vector(1000, -3060, 1000), (1500, 60, 1200), (0.45, 0.60, 0.70)),
}
VIEWS = {"Street": (-9000, -13000, 2400), "Corner": (13000, -9000, 4500)}


def build(path: Path) -> Any:
    """Makes and saves the document, and returns it."""
    document = FreeCAD.newDocument("House")
    for label, (corner, size, colour) in PARTS.items():
        box = document.addObject("Part::Box", "Box")
        box.Label = label
        box.Length, box.Width, box.Height = size
        box.Placement.Base = corner
        box.ViewObject.ShapeColor = colour
    roof = document.addObject("Part::Feature", "Roof")
    roof.Label = "Roof tiles"
    outline = Part.makePolygon([Vector(-4300, -3400, 3000), Vector(-4300, 3400, 3000), Vector(-4300, 0, 5200),
                                Vector(-4300, -3400, 3000)])  # fmt: skip
    roof.Shape = Part.Face(outline).extrude(Vector(8600, 0, 0))
    roof.ViewObject.ShapeColor = (0.45, 0.20, 0.14)
    ball = document.addObject("Part::Sphere", "Ball")
    ball.Label = "Hedge"
    ball.Radius = 900
    ball.Placement.Base = Vector(-5600, -4400, 900)
    ball.ViewObject.ShapeColor = (0.25, 0.40, 0.15)
    _guides(document)
    document.recompute()
    _views(document)
    document.recompute()
    document.saveAs(str(path))
    return document


def _guides(document: Any) -> None:
    """What helps to draw: a body's origin, a sketch in front of the house, an axis cross, a part in a group."""
    part = document.addObject("App::Part", "Moved")
    part.Placement.Base = Vector(0, -9000, 0)
    step = document.addObject("Part::Box", "Step")
    step.Label = "Concrete step"
    step.Length, step.Width, step.Height = 1500, 500, 300
    step.Placement.Base = Vector(-1200, 5300, 0)
    step.ViewObject.ShapeColor = (0.6, 0.6, 0.58)
    part.addObject(step)
    hidden = document.addObject("App::Part", "Hidden")
    inside = document.addObject("Part::Box", "Inside")
    inside.Length = inside.Width = inside.Height = 9000
    hidden.addObject(inside)
    hidden.ViewObject.Visibility = False
    sketch = document.addObject("Sketcher::SketchObject", "Sketch")
    sketch.Placement = FreeCAD.Placement(Vector(0, -5000, 0), FreeCAD.Rotation(Vector(1, 0, 0), 90))
    sketch.addGeometry(Part.LineSegment(Vector(-4000, 100, 0), Vector(4000, 4000, 0)), False)


def _views(document: Any) -> None:
    """Keeps two views with planes, as Draft's working plane proxy does."""
    import Draft

    view = FreeCADGui.ActiveDocument.ActiveView
    view.setCameraType("Perspective")
    for name, place in VIEWS.items():
        look_from(view, place)
        proxy = Draft.makeWorkingPlaneProxy(FreeCAD.Placement())
        proxy.Label = name
        proxy.ViewObject.Proxy.writeCamera()
        assert proxy.ViewObject.ViewData, name


def look_from(
    view: Any, place: tuple[float, float, float], towards: tuple[float, float, float] = (500, 0, 1600)
) -> None:
    """Turns a perspective view to a point."""
    eye, target = Vector(*place), Vector(*towards)
    forward = (target - eye).normalize()
    right = forward.cross(Vector(0, 0, 1)).normalize()
    rotation = FreeCAD.Rotation(right, right.cross(forward), forward * -1, "ZXY")
    node = view.getCameraNode()
    node.position.setValue(*eye)
    node.orientation.setValue(*rotation.Q)
    node.focalDistance.setValue((target - eye).Length)
    view.redraw()
