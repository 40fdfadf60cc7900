"""What is visible in a document, as meshes with materials. Rhino's main thread alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import Rhino

from .develop import material
from .shared.frame import Vector
from .shared.glb import Material, Mesh
from .shared.order import sun_of

_RENDER = Rhino.Geometry.MeshType.Render


@dataclass(frozen=True)
class Piece:
    """One mesh of an object: Rhino's own, and the same as triangles."""

    mesh: Any
    triangles: Mesh

    @property
    def material(self) -> Material:
        """The material of all of it."""
        return self.triangles.material


def pieces(
    document: Rhino.RhinoDoc, viewport: Rhino.Display.RhinoViewport, *, with_normals: bool = False
) -> Iterator[Piece]:  # fmt: skip
    """Yields the meshes that a viewport shows, without lights, curves, points, texts and clipping planes.

    ``with_normals``: with the normals that Rhino shades them with, which the path tracer needs.
    """
    wanted = Rhino.DocObjects.ObjectEnumeratorSettings()
    wanted.HiddenObjects = False
    wanted.DeletedObjects = False
    wanted.IncludeLights = False
    wanted.IncludeGrips = False
    wanted.VisibleFilter = True
    wanted.ViewportFilter = viewport
    for each in list(document.Objects.GetObjectList(wanted)):
        yield from _of_object(document, each, None, with_normals)


def _of_object(document: Rhino.RhinoDoc, thing: Any, place: Any, with_normals: bool) -> Iterator[Piece]:
    kinds = Rhino.DocObjects.ObjectType
    if thing.ObjectType == kinds.InstanceReference:
        inner = thing.InstanceXform if place is None else Rhino.Geometry.Transform.Multiply(place, thing.InstanceXform)
        for each in list(thing.InstanceDefinition.GetObjects()):
            layer = document.Layers.FindIndex(each.Attributes.LayerIndex)
            if each.Attributes.Visible and (layer is None or layer.IsVisible):
                yield from _of_object(document, each, inner, with_normals)
        return
    if thing.ObjectType == kinds.ClipPlane or not thing.IsMeshable(_RENDER):
        return
    meshes = list(thing.GetMeshes(_RENDER))
    if not meshes:  # Rhino makes them when a shaded view is first drawn
        thing.CreateMeshes(_RENDER, thing.GetRenderMeshParameters(), False)
        meshes = list(thing.GetMeshes(_RENDER))
    found = _material(document, thing)
    for each in meshes:
        mesh = each.DuplicateMesh()
        if place is not None:
            mesh.Transform(place)
        numbers, corners = list(mesh.Vertices.ToFloatArray()), list(mesh.Faces.ToIntArray(True))
        points = _threes(numbers)
        normals = _threes(list(mesh.Normals.ToFloatArray())) if with_normals else []
        triangles = list(zip(corners[0::3], corners[1::3], corners[2::3]))
        if triangles:
            known = normals if len(normals) == len(points) else None
            yield Piece(mesh, Mesh(str(thing.Name or ""), points, triangles, found, normals=known))


def _threes(numbers: list[float]) -> list[Vector]:
    return list(zip(numbers[0::3], numbers[1::3], numbers[2::3]))


def _material(document: Rhino.RhinoDoc, thing: Any) -> Material:
    """Returns the material by the name that the server may understand: its own, or else that of the layer."""
    found = thing.GetMaterial(True)
    layer = document.Layers.FindIndex(thing.Attributes.LayerIndex)
    name = str(found.Name or "") or str(thing.Name or "") or (str(layer.Name) if layer is not None else "")
    colour = found.DiffuseColor
    return material(name, int(colour.R), int(colour.G), int(colour.B), float(found.Transparency))


def metres(document: Rhino.RhinoDoc) -> float:
    """Returns the length of the document's unit in metres."""
    return float(Rhino.RhinoMath.UnitScale(document.ModelUnitSystem, Rhino.UnitSystem.Meters))


def sun(document: Rhino.RhinoDoc) -> dict[str, float] | None:
    """Returns the field ``sun`` of an order, or None while Rhino's sun is off or has set."""
    found = document.RenderSettings.Sun
    if not found.Enabled or found.Altitude <= 0:
        return None
    vector = found.Vector
    sign = 1.0 if vector.Z > 0 else -1.0  # whichever way it points, a sun that is up is above
    return sun_of((sign * vector.X, sign * vector.Y, sign * vector.Z))
