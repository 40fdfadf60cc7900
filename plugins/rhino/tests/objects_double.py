"""Points, cameras, meshes and objects of the double of Rhino: another name, type or thread fails."""

from __future__ import annotations

import math
import types
from typing import Any

from drawing_double import Color, Size
from strict import Strict, typed, use

KINDS = [
    "Point",
    "PointSet",
    "Curve",
    "Surface",
    "Brep",
    "Mesh",
    "Light",
    "Annotation",
    "InstanceReference",
    "TextDot",
    "Grip",
    "Hatch",
    "ClipPlane",
    "Extrusion",
]
ObjectType = types.SimpleNamespace(**{name: f"ObjectType.{name}" for name in KINDS})
PARTS = ("BrepVertex", "BrepEdge", "BrepFace", "MeshFace", "SubdFace", "ExtrusionWallSurface")
RENDER = "MeshType.Render"
NEAR = 10.0
"""Millimetres in front of the camera from which the double draws."""


class Point(Strict):
    def __init__(self, x: float, y: float, z: float) -> None:
        self._init(X=float(x), Y=float(y), Z=float(z))

    def list(self) -> tuple[float, float, float]:
        return self.X, self.Y, self.Z


def minus(a: Any, b: Any) -> tuple[float, float, float]:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def dot(a: Any, b: Any) -> float:
    return sum(x * y for x, y in zip(a, b))


def cross(a: Any, b: Any) -> tuple[float, float, float]:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def unit(a: Any) -> tuple[float, float, float]:
    length = math.sqrt(dot(a, a))
    return a[0] / length, a[1] / length, a[2] / length


class Guid(Strict):
    """An id of .NET."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guid) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def __str__(self) -> str:
        return self._name


class Camera:
    """``tangent`` is half of the frame's height at distance 1, or half of the height if it is parallel."""

    def __init__(self, position: Any, target: Any, tangent: float = 0.4, is_parallel: bool = False) -> None:
        self.position, self.target, self.tangent, self.is_parallel = position, target, tangent, is_parallel

    def axes(self) -> tuple[Any, Any, Any]:
        forward = unit(minus(self.target, self.position))
        right = unit(cross(forward, (0.0, 0.0, 1.0)))
        return right, cross(right, forward), forward


class ViewportInfo(Strict):
    def __init__(self, other: Any) -> None:
        use("ViewportInfo()")
        typed(other, (ViewportInfo, RhinoViewport))
        self._camera = other._camera
        _, up, forward = self._camera.axes()
        near, aspect = 100.0, getattr(other, "_aspect", 16 / 10)
        self._aspect = aspect
        half = self._camera.tangent * (1.0 if self._camera.is_parallel else near)
        self._init(
            CameraLocation=Point(*self._camera.position), CameraDirection=Point(*(3 * each for each in forward)),
            CameraY=Point(*up), FrustumNear=near, FrustumLeft=-half * aspect, FrustumRight=half * aspect,
            FrustumBottom=-half, FrustumTop=half, IsParallelProjection=self._camera.is_parallel,
        )  # fmt: skip


class DisplayModeDescription(Strict):
    RenderedId = "rendered-id"

    def __init__(self, number: str) -> None:
        self._init(Id=number)

    @staticmethod
    def GetDisplayMode(number: str) -> DisplayModeDescription:
        use("GetDisplayMode")
        assert number == DisplayModeDescription.RenderedId
        return DisplayModeDescription(number)


class RhinoViewport(Strict):
    KINDS = {
        "ConstructionGridVisible": bool, "ConstructionAxesVisible": bool, "WorldAxesVisible": bool, "Name": str,
        "DisplayMode": DisplayModeDescription,
    }  # fmt: skip

    def __init__(self, name: str = "Perspective") -> None:
        self._camera, self._aspect = Camera((14_000.0, -18_000.0, 6_000.0), (0.0, 0.0, 2_000.0)), 16 / 10
        self._init(
            Id=Guid(f"{name}-id"), Size=Size(800, 500), ConstructionGridVisible=True, ConstructionAxesVisible=True,
            WorldAxesVisible=True, Name=name, DisplayMode=DisplayModeDescription("wireframe-id"),
            _wallpaper="",
        )  # fmt: skip

    @property
    def CameraTarget(self) -> Point:
        return Point(*self._camera.target)

    def SetViewProjection(self, projection: ViewportInfo, updateTargetLocation: bool) -> bool:
        use("SetViewProjection")
        typed(projection, ViewportInfo)
        typed(updateTargetLocation, bool)
        self._camera = projection._camera
        object.__setattr__(self, "Name", "Changed")
        return True

    def SetCameraTarget(self, target: Point, updateCameraLocation: bool) -> None:
        use("SetCameraTarget")
        typed(target, Point)
        assert updateCameraLocation is False
        kept = self._camera
        self._camera = Camera(kept.position, target.list(), kept.tangent, kept.is_parallel)

    def SetWallpaper(self, imageFilename: str, grayscale: bool) -> bool:
        use("SetWallpaper")
        typed(imageFilename, str)
        typed(grayscale, bool)
        self._wallpaper = imageFilename
        return True


class Vertices(Strict):
    def __init__(self, points: list[Any]) -> None:
        self._points = points

    def ToFloatArray(self) -> list[float]:
        use("ToFloatArray")
        return [each for point in self._points for each in point]

    def Add(self, x: float, y: float, z: float) -> int:
        self._points.append(tuple(typed(each, float) for each in (x, y, z)))
        return len(self._points) - 1


class Faces(Strict):
    def __init__(self, faces: list[Any]) -> None:
        self._faces = faces

    def ToIntArray(self, asTriangles: bool) -> list[int]:
        use("ToIntArray")
        assert asTriangles is True
        return [each for face in self._faces for each in face]

    def AddFace(self, a: int, b: int, c: int) -> int:
        self._faces.append(tuple(typed(each, int) for each in (a, b, c)))
        return len(self._faces) - 1


class Normals(Strict):
    """Each is the mean of the faces around its point."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh

    def ToFloatArray(self) -> list[float]:
        use("Normals.ToFloatArray")
        points = self._mesh.Vertices._points
        found = [[0.0, 0.0, 0.0] for _ in points]
        for face in self._mesh.Faces._faces:
            a, b, c = (points[each] for each in face)
            for corner in face:
                found[corner] = [sum(each) for each in zip(found[corner], cross(minus(b, a), minus(c, a)))]
        return [number for each in found for number in unit(each)]


class VertexColors(Strict):
    def __init__(self, mesh: Mesh) -> None:
        self._mesh, self._colours = mesh, []

    def Clear(self) -> None:
        use("VertexColors.Clear")
        self._colours = []

    def Add(self, red: int, green: int, blue: int) -> int:
        assert all(0 <= typed(each, int) <= 255 for each in (red, green, blue))
        self._colours.append((red, green, blue))
        return len(self._colours) - 1

    def CreateMonotoneMesh(self, baseColor: Color) -> bool:
        use("CreateMonotoneMesh")
        typed(baseColor, Color)
        self._colours = [(baseColor.R, baseColor.G, baseColor.B)] * len(self._mesh.Vertices._points)
        return True


class Mesh(Strict):
    def __init__(self) -> None:
        use("Mesh()")
        self._init(Vertices=Vertices([]), Faces=Faces([]))
        self._init(VertexColors=VertexColors(self), Normals=Normals(self))

    @staticmethod
    def of(points: list[Any], faces: list[Any]) -> Mesh:
        found = Mesh()
        found.Vertices._points, found.Faces._faces = list(points), list(faces)
        return found

    def DuplicateMesh(self) -> Mesh:
        use("DuplicateMesh")
        return Mesh.of(self.Vertices._points, self.Faces._faces)

    def Transform(self, xform: Transform) -> bool:
        use("Mesh.Transform")
        typed(xform, Transform)
        self.Vertices._points = [tuple(p + m for p, m in zip(each, xform._move)) for each in self.Vertices._points]
        return True


class Transform(Strict):
    """A translation."""

    def __init__(self, *move: float) -> None:
        self._move = move

    @staticmethod
    def Multiply(a: Transform, b: Transform) -> Transform:
        use("Transform.Multiply")
        return Transform(*(p + q for p, q in zip(typed(a, Transform)._move, typed(b, Transform)._move)))


class Material(Strict):
    def __init__(self, name: str, colour: tuple[int, int, int], transparency: float = 0.0) -> None:
        self._init(Name=name, DiffuseColor=Color(255, *colour), Transparency=transparency)


class ComponentIndex(Strict):
    """A part of an object: a face, an edge, a vertex."""

    def __init__(self, kind: str, index: int) -> None:
        assert kind in PARTS
        self._init(ComponentIndexType=f"ComponentIndexType.{kind}", Index=typed(index, int))

    def text(self) -> str:
        return f"{self.ComponentIndexType} {self.Index}"


class Selectable(Strict):
    """The selection of one object: 0 if it is not selected, 1 if it is, 2 if it stays so after a command."""

    def __init__(self) -> None:
        self._state, self._parts = 0, []

    def IsSelected(self, checkSubObjects: bool) -> int:
        use("IsSelected")
        typed(checkSubObjects, bool)
        return self._state or (3 if checkSubObjects and self._parts else 0)

    def GetSelectedSubObjects(self) -> list[ComponentIndex] | None:
        use("GetSelectedSubObjects")
        return list(self._parts) or None

    def SelectSubObject(
        self, componentIndex: ComponentIndex, select: bool, syncHighlight: bool, persistentSelect: bool
    ) -> int:  # fmt: skip
        use("SelectSubObject")
        typed(componentIndex, ComponentIndex)
        for each in (select, syncHighlight, persistentSelect):
            typed(each, bool)
        known = [each.text() for each in self._parts]
        if select and componentIndex.text() not in known:
            self._parts.append(componentIndex)
        elif not select:
            self._parts = [each for each in self._parts if each.text() != componentIndex.text()]
        return int(select)

    def UnselectAllSubObjects(self) -> int:
        use("UnselectAllSubObjects")
        count = len(self._parts)
        self._parts = []
        return count


class GripObject(Selectable):
    """A grip of an object. Rhino shows them only while they are on."""

    def __init__(self, owner: Guid, index: int) -> None:
        super().__init__()
        self._init(ObjectType=ObjectType.Grip, OwnerId=typed(owner, Guid), Index=typed(index, int))

    def Select(self, on: bool, syncHighlight: bool) -> int:
        use("GripObject.Select")
        typed(on, bool)
        typed(syncHighlight, bool)
        self._state = 2 if on else 0
        return self._state


class RhinoObject(Selectable):
    """``needs_meshing``: Rhino has no meshes of it before it is asked for them. ``grips`` is how many are on."""

    def __init__(
        self, number: str, kind: str, mesh: Any = None, material: Any = None, *, layer: int = 0,
        needs_meshing: bool = False, visible: bool = True, grips: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self._mesh, self._material, self._needs_meshing = mesh, material or Material("", (200, 200, 200)), needs_meshing
        attributes = types.SimpleNamespace(LayerIndex=layer, Visible=visible)
        self._init(Id=Guid(number), ObjectType=getattr(ObjectType, kind), Name=None, Attributes=attributes)
        self._grips = [GripObject(self.Id, each) for each in range(grips)]

    def GetGrips(self) -> list[GripObject] | None:
        use("GetGrips")
        return list(self._grips) or None

    def drawn(self) -> list[Any]:
        """What the double draws: meshes with their materials."""
        return [] if self._mesh is None else [(self._mesh, self._material)]

    def IsMeshable(self, meshType: str) -> bool:
        assert meshType == RENDER
        return self._mesh is not None

    def GetMeshes(self, meshType: str) -> list[Mesh]:
        use("GetMeshes")
        assert meshType == RENDER
        return [] if self._needs_meshing else [self._mesh]

    def GetRenderMeshParameters(self) -> str:
        use("GetRenderMeshParameters")
        return "parameters"

    def CreateMeshes(self, meshType: str, parameters: str, ignoreCustomParameters: bool) -> int:
        use("CreateMeshes")
        assert (meshType, parameters, ignoreCustomParameters) == (RENDER, "parameters", False)
        self._needs_meshing = False
        return 1

    def GetMaterial(self, frontMaterial: bool) -> Material:
        use("GetMaterial")
        assert frontMaterial is True
        return self._material


class InstanceObject(RhinoObject):
    def __init__(self, number: str, things: list[RhinoObject], move: Transform) -> None:
        super().__init__(number, "InstanceReference")
        self._things, self._move = things, move
        self._init(InstanceXform=move, InstanceDefinition=types.SimpleNamespace(GetObjects=lambda: list(things)))

    def drawn(self) -> list[Any]:
        found = [each for thing in self._things if thing.Attributes.LayerIndex == 0 for each in thing.drawn()]
        moved = [(each.DuplicateMesh(), material) for each, material in found]
        for mesh, _ in moved:
            mesh.Transform(self._move)
        return moved


class ObjectEnumeratorSettings(Strict):
    """At first Rhino looks for normal and locked objects of the model itself."""

    NAMES = [
        "HiddenObjects", "DeletedObjects", "IncludeLights", "IncludeGrips", "IncludePhantoms", "ReferenceObjects",
        "VisibleFilter", "SelectedObjectsFilter", "SubObjectSelected",
    ]  # fmt: skip
    KINDS = {**dict.fromkeys(NAMES, bool), "ViewportFilter": RhinoViewport}

    def __init__(self) -> None:
        self._init(**dict.fromkeys(self.NAMES, False), ViewportFilter=None)
