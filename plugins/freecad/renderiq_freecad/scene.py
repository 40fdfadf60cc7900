"""What is visible in a document, as triangles with materials. FreeCAD's main thread alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from .runtime import host
from .shared.frame import Vector
from .shared.glb import Material, Mesh

_FINEST: Final = 0.05
"""Millimetres: finer facets than this are seen by nobody."""
_PART_OF_SIZE: Final = 0.001
SLICE: Final = 5_000
"""Points or triangles that are taken in one turn, so that the window lives in between."""
Colour = tuple[float, float, float]
UNSEEN: Final = (
    "App::Origin", "App::Line", "App::Plane", "App::Point", "App::Annotation", "App::AnnotationLabel",
    "PartDesign::Plane", "PartDesign::Line", "PartDesign::Point", "PartDesign::CoordinateSystem",
    "Sketcher::SketchObject", "Image::ImagePlane", "App::MeasureDistance",
)  # fmt: skip
"""Types that help to draw, and are no part of what is drawn."""
UNSEEN_PROXIES: Final = (
    "WorkingPlaneProxy", "SectionPlane", "Axis", "AxisSystem", "Dimension", "LinearDimension", "AngularDimension",
    "DraftText", "Text", "Label", "Space", "Grid",
)  # fmt: skip


def is_helper(thing: Any) -> bool:
    """Whether an object helps to draw: a datum, a sketch, an axis, a dimension, a section mark."""
    proxy = getattr(thing, "Proxy", None)
    return thing.TypeId in UNSEEN or getattr(proxy, "Type", "") in UNSEEN_PROXIES


def visible(document: Any) -> list[Any]:
    """Returns the objects that show a surface of their own: no containers, and bodies in place of their features."""
    return [each for each in document.Objects if _has_surface(each) and _is_shown(each) and not is_helper(each)]


def _has_surface(thing: Any) -> bool:
    if thing.ViewObject is None:
        return False
    if thing.isDerivedFrom("Mesh::Feature") or thing.isDerivedFrom("App::Link"):
        return True
    is_container = thing.hasExtension("App::GroupExtension") and not thing.isDerivedFrom("PartDesign::Body")
    return thing.isDerivedFrom("Part::Feature") and not is_container


def _is_shown(thing: Any) -> bool:
    if not thing.ViewObject.Visibility:
        return False
    for parent in thing.InList:
        if parent.isDerivedFrom("PartDesign::Body"):
            return False
        if parent.hasExtension("App::GroupExtension") and thing in parent.Group and not _is_shown(parent):
            return False
    return True


def meshes(document: Any) -> Iterator[list[Mesh]]:
    """Yields the triangles of one visible object after the other, and empty lists in between: one for each turn.

    Objects that have no surface, or one that FreeCAD cannot make triangles of, are left out.
    """
    for thing in visible(document):
        found: dict[Colour, _Triangles] = {}
        for _ in _collect(thing, found):
            yield []
        listed = []
        for colour, part in found.items():
            places: list[Vector] = []
            for start in range(0, len(part.points), SLICE):
                places += [(each.x, each.y, each.z) for each in part.points[start : start + SLICE]]
                yield []
            if part.triangles:
                listed.append(Mesh(thing.Label, places, part.triangles, _material(thing, colour), part.is_smooth))
        yield listed


@dataclass
class _Triangles:
    points: list[Any] = field(default_factory=list)
    triangles: list[tuple[int, int, int]] = field(default_factory=list)
    is_smooth: bool = True


def _collect(thing: Any, found: dict[Colour, _Triangles]) -> Iterator[None]:
    """Collects the triangles of an object by their colours, a part of them each step."""
    view = thing.ViewObject
    if thing.isDerivedFrom("Mesh::Feature"):
        with host():
            points, triangles = thing.Mesh.Topology
        found[_colour(view)] = _Triangles(points, triangles, is_smooth=False)
        return
    with host():
        shape = _shape(thing)
        faces = [] if shape is None or shape.isNull() else shape.Faces
        tolerance = max(shape.BoundBox.DiagonalLength * _PART_OF_SIZE, _FINEST) if faces else _FINEST
        if faces:
            shape.tessellate(tolerance)  # of all faces together, so that neighbours share their borders
    yield
    taken = 0
    for face, colour in zip(faces, _face_colours(view, len(faces))):
        with host():
            new_points, new_triangles = face.tessellate(tolerance)
        part = found.setdefault(colour, _Triangles())
        first = len(part.points)
        part.points += new_points
        part.triangles += [(a + first, b + first, c + first) for a, b, c in new_triangles]
        taken += 100 + len(new_triangles)  # a face costs time of its own
        if taken > SLICE:
            taken = 0
            yield


def _shape(thing: Any) -> Any:
    """Returns the shape of an object or a link in the axes of the document."""
    import Part

    shape = Part.getShape(thing)
    if thing.isDerivedFrom("App::Link"):
        return shape
    outer = thing.getGlobalPlacement().multiply(thing.Placement.inverse())
    if not outer.isIdentity():
        shape = shape.copy()
        shape.Placement = outer.multiply(shape.Placement)
    return shape


def _colour(view: Any) -> Colour:
    red, green, blue = (getattr(view, "ShapeColor", None) or (0.8, 0.8, 0.8))[:3]
    return round(red, 4), round(green, 4), round(blue, 4)


def _face_colours(view: Any, count: int) -> list[Colour]:
    colours = getattr(view, "DiffuseColor", None) or []
    if len(colours) != count:
        return [_colour(view)] * count
    return [(round(each[0], 4), round(each[1], 4), round(each[2], 4)) for each in colours]


def _material(thing: Any, colour: Colour) -> Material:
    """Returns a material by the name that the server may understand: that of BIM's material, or the object's label."""
    name = getattr(getattr(thing, "Material", None), "Label", "") or thing.Label
    opacity = 1 - (getattr(thing.ViewObject, "Transparency", 0) or 0) / 100
    return Material(str(name), colour, round(opacity, 2))
