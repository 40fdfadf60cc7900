"""What is visible in a document, as triangles with materials. FreeCAD's main thread alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .runtime import host
from .shared.glb import Material, Mesh

_FINEST: Final = 0.05
"""Millimetres: finer facets than this are seen by nobody."""
_PART_OF_SIZE: Final = 0.001
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
    """Yields the triangles of one visible object after the other, so that the window lives in between.

    Objects that have no surface, or one that FreeCAD cannot make triangles of, yield nothing.
    """
    for thing in visible(document):
        with host():
            parts = _triangles(thing)
        found = [each for part in parts for each in [_mesh(thing, *part)] if each.triangles]
        if found:
            yield found


def _triangles(thing: Any) -> list[tuple[tuple[float, float, float], list[Any], list[Any], bool]]:
    """Returns colour, points, triangles and smoothness, one for each colour of an object."""
    view = thing.ViewObject
    if thing.isDerivedFrom("Mesh::Feature"):
        points, triangles = thing.Mesh.Topology
        return [(_colour(view), points, list(triangles), False)]
    shape = _shape(thing)
    if shape is None or shape.isNull() or not shape.Faces:
        return []
    tolerance = max(shape.BoundBox.DiagonalLength * _PART_OF_SIZE, _FINEST)
    shape.tessellate(tolerance)  # of all faces together, so that neighbours share their borders
    colours = _face_colours(view, len(shape.Faces))
    found: dict[tuple[float, float, float], tuple[list[Any], list[Any]]] = {}
    for face, colour in zip(shape.Faces, colours):
        points, triangles = found.setdefault(colour, ([], []))
        new_points, new_triangles = face.tessellate(tolerance)
        first = len(points)
        points += new_points
        triangles += [(a + first, b + first, c + first) for a, b, c in new_triangles]
    return [(colour, points, triangles, True) for colour, (points, triangles) in found.items()]


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


def _colour(view: Any) -> tuple[float, float, float]:
    red, green, blue = (getattr(view, "ShapeColor", None) or (0.8, 0.8, 0.8))[:3]
    return round(red, 4), round(green, 4), round(blue, 4)


def _face_colours(view: Any, count: int) -> list[tuple[float, float, float]]:
    colours = getattr(view, "DiffuseColor", None) or []
    if len(colours) != count:
        return [_colour(view)] * count
    return [(round(each[0], 4), round(each[1], 4), round(each[2], 4)) for each in colours]


def _mesh(
    thing: Any, colour: tuple[float, float, float], points: list[Any], triangles: list[Any], smooth: bool
) -> Mesh:
    material = getattr(thing, "Material", None)
    name = getattr(material, "Label", "") or thing.Label
    opacity = 1 - (getattr(thing.ViewObject, "Transparency", 0) or 0) / 100
    places = [(each.x, each.y, each.z) for each in points]
    return Mesh(thing.Label, places, triangles, Material(str(name), colour, round(opacity, 2)), smooth)
