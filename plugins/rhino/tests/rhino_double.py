"""Rhino 8 as the plugin uses it, after RhinoCommon's public API pages: another name, type or thread fails."""

from __future__ import annotations

import math
import types
from typing import Any

import drawing_double as drawing
import numpy as np
from drawing_double import Color, Size
from strict import Event, Strict, typed, use

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
RENDER = "MeshType.Render"
NEAR = 0.01


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
        right, up, forward = self._camera.axes()
        near, aspect = 0.5, getattr(other, "_aspect", 16 / 10)
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

    def __init__(self) -> None:
        self._camera, self._aspect = Camera((8.0, -10.0, 5.0), (0.0, 0.0, 1.0)), 16 / 10
        self._init(
            Id="viewport-id", Size=Size(800, 500), ConstructionGridVisible=True, ConstructionAxesVisible=True,
            WorldAxesVisible=True, Name="Perspective", DisplayMode=DisplayModeDescription("wireframe-id"),
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


class RhinoView(Strict):
    def __init__(self) -> None:
        self._init(ActiveViewport=RhinoViewport(), _redrawn=0)

    def Redraw(self) -> None:
        use("RhinoView.Redraw")
        self._redrawn += 1


class RhinoPageView(RhinoView):
    pass


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
        self._init(VertexColors=VertexColors(self))

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


class RhinoObject(Strict):
    """``needs_meshing``: Rhino has no meshes of it before it is asked for them."""

    def __init__(
        self, number: str, kind: str, mesh: Any = None, material: Any = None, *, layer: int = 0,
        needs_meshing: bool = False, visible: bool = True,
    ) -> None:  # fmt: skip
        self._mesh, self._material, self._needs_meshing = mesh, material or Material("", (200, 200, 200)), needs_meshing
        attributes = types.SimpleNamespace(LayerIndex=layer, Visible=visible)
        self._init(Id=number, ObjectType=getattr(ObjectType, kind), Name=None, Attributes=attributes)

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
        self._init(InstanceXform=move, InstanceDefinition=types.SimpleNamespace(GetObjects=lambda: list(things)))


class ObjectEnumeratorSettings(Strict):
    NAMES = ["HiddenObjects", "DeletedObjects", "IncludeLights", "IncludeGrips", "VisibleFilter"]
    KINDS = {**dict.fromkeys(NAMES, bool), "ViewportFilter": RhinoViewport}


class Objects(Strict):
    def __init__(self, things: list[RhinoObject]) -> None:
        self._things, self._selected = things, [things[0].Id, things[-1].Id]

    def GetObjectList(self, settings: ObjectEnumeratorSettings) -> list[RhinoObject]:
        use("GetObjectList")
        assert (settings.HiddenObjects, settings.IncludeLights, settings.VisibleFilter) == (False, False, True)
        return [each for each in self._things if each.Attributes.Visible and each.ObjectType != ObjectType.Light]

    def GetSelectedObjects(self, includeLights: bool, includeGrips: bool) -> list[RhinoObject]:
        use("GetSelectedObjects")
        typed(includeLights, bool)
        typed(includeGrips, bool)
        return [each for each in self._things if each.Id in self._selected]

    def UnselectAll(self) -> int:
        use("UnselectAll")
        count = len(self._selected)
        self._selected = []
        return count

    def Select(self, objectId: str) -> bool:
        use("Objects.Select")
        assert objectId in [each.Id for each in self._things]
        self._selected += [objectId] if objectId not in self._selected else []
        return True


class Views(Strict):
    KINDS = {"RedrawEnabled": bool}

    def __init__(self) -> None:
        self._init(ActiveView=RhinoView(), RedrawEnabled=True)

    def Redraw(self) -> None:
        use("Views.Redraw")
        assert self.RedrawEnabled


class RhinoDoc(Strict):
    ActiveDoc: Any = None

    def __init__(self, things: list[RhinoObject], views: dict[str, Camera], path: str = "") -> None:
        named = [types.SimpleNamespace(Name=name, Viewport=_info(camera)) for name, camera in views.items()]
        layer = types.SimpleNamespace(Name="Concrete", IsVisible=True)
        hidden = types.SimpleNamespace(Name="Hidden", IsVisible=False)
        sun = types.SimpleNamespace(Enabled=True, Altitude=40.0, Vector=Point(-1.0, 0.0, -1.0))
        self._init(
            Objects=Objects(things), Views=Views(), NamedViews=named, Path=path or None, RuntimeSerialNumber=7,
            ModelUnitSystem="UnitSystem.Millimeters", RenderSettings=types.SimpleNamespace(Sun=sun),
            Layers=types.SimpleNamespace(FindIndex=lambda number: (layer, hidden)[typed(number, int)]),
        )  # fmt: skip


def _info(camera: Camera) -> ViewportInfo:
    viewport = RhinoViewport()
    viewport._camera = camera
    return ViewportInfo(viewport)


class ModelAidSettings(Strict):
    KINDS = {"AutoGumballEnabled": bool}


class Pipeline(Strict):
    KINDS = dict.fromkeys(("ObjectCulling", "PostDrawObjects", "DrawForeground"), Event)

    def __init__(self) -> None:
        self._init(**{name: Event(name) for name in self.KINDS})

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.KINDS or value is not getattr(self, name):
            raise AttributeError(name)  # only as += and -= do it


PIPELINE, AIDS = Pipeline(), ModelAidSettings()


class CullObjectEventArgs(Strict):
    KINDS = {"CullObject": bool}

    def __init__(self, viewport: RhinoViewport, thing: RhinoObject) -> None:
        self._init(Viewport=viewport, RhinoObject=thing, CullObject=False)


class Display(Strict):
    def __init__(self, draw: Any) -> None:
        self._draw, self._rectangles = draw, []

    def DrawMeshFalseColors(self, mesh: Mesh) -> None:
        use("DrawMeshFalseColors")
        typed(mesh, Mesh)
        assert len(mesh.VertexColors._colours) == len(mesh.Vertices._points), "a mesh without colours"
        self._draw(mesh, mesh.VertexColors._colours)

    def Draw2dRectangle(self, rectangle: Any, strokeColor: Color, thickness: int, fillColor: Color) -> None:
        typed(rectangle, drawing.Rectangle)
        for each in (strokeColor, fillColor):
            typed(each, Color)
        typed(thickness, int)
        self._rectangles.append(rectangle)


class ViewCapture(Strict):
    """Draws with the double's rasterizer, and refuses a view in which something is left that should be hidden."""

    FLAGS = ["ScaleScreenItems", "DrawAxes", "DrawGrid", "DrawGridAxes", "TransparentBackground"]
    KINDS = {**dict.fromkeys(("Width", "Height"), int), **dict.fromkeys(FLAGS, bool)}
    taken: list[dict[str, Any]] = []

    def __init__(self) -> None:
        self._init(Width=0, Height=0, **dict.fromkeys(self.FLAGS, True))

    def CaptureToBitmap(self, sourceView: RhinoView) -> drawing.Bitmap:
        use("CaptureToBitmap")
        viewport, objects = sourceView.ActiveViewport, RhinoDoc.ActiveDoc.Objects
        background = (0, 0, 0) if self.TransparentBackground else (90, 120, 160)
        target = drawing.canvas(self.Width, self.Height, background)
        camera = viewport._camera
        right, up, forward = camera.axes()

        def draw(mesh: Mesh, colours: list[Any]) -> None:
            scale = self.Height / 2 / camera.tangent
            ways = [minus(point, camera.position) for point in mesh.Vertices._points]
            placed = [np.array([dot(w, right), dot(w, up), dot(w, forward), *c]) for w, c in zip(ways, colours)]
            for face in mesh.Faces._faces:
                corners = []
                for number in range(3):  # what is behind the camera is cut away, as a graphics card does
                    before, corner = placed[face[number - 1]], placed[face[number]]
                    if (before[2] > NEAR) != (corner[2] > NEAR):
                        corners.append(before + (NEAR - before[2]) / (corner[2] - before[2]) * (corner - before))
                    if corner[2] > NEAR:
                        corners.append(corner)
                flat = []
                for x, y, depth, *_ in corners:
                    part = scale if camera.is_parallel else scale / depth
                    flat.append((self.Width / 2 + x * part, self.Height / 2 - y * part, depth))
                for number in range(1, len(flat) - 1):
                    chosen = (0, number, number + 1)
                    drawing.triangle(target, [flat[e] for e in chosen], [corners[e][3:] for e in chosen])

        shown = []
        for thing in objects._things:
            event = CullObjectEventArgs(viewport, thing)
            PIPELINE.ObjectCulling.fire(None, event)
            if not event.CullObject:
                shown.append(thing.ObjectType)
                if thing._mesh is not None:
                    colour = thing._material.DiffuseColor
                    draw(thing._mesh, [(colour.R, colour.G, colour.B)] * len(thing._mesh.Vertices._points))
        pipeline = Display(draw)
        PIPELINE.PostDrawObjects.fire(None, types.SimpleNamespace(Viewport=viewport, Display=pipeline))
        marks = (viewport.ConstructionGridVisible, viewport.ConstructionAxesVisible, viewport.WorldAxesVisible)
        ViewCapture.taken.append(
            {
                "shown": shown, "selected": list(objects._selected), "gumball": AIDS.AutoGumballEnabled,
                "marks": any((*marks, self.DrawGrid, self.DrawAxes, self.DrawGridAxes)), "camera": camera,
                "mode": viewport.DisplayMode.Id, "size": (self.Width, self.Height),
            }
        )  # fmt: skip
        return drawing.Bitmap(target[0])


class RhinoApp(Strict):
    KINDS = {"Closing": Event}

    def __init__(self) -> None:
        version = types.SimpleNamespace(ToString=lambda: "8.20.25157")
        self._init(IsInternetAccessAllowed=True, Version=version, Closing=Event("Closing"), _said=[])

    def WriteLine(self, text: str) -> None:
        self._said.append(typed(text, str))


class CommandAliasList(Strict):
    def __init__(self) -> None:
        self._aliases: dict[str, str] = {}

    def IsAlias(self, alias: str) -> bool:
        return typed(alias, str) in self._aliases

    def Add(self, alias: str, macro: str) -> bool:
        assert alias not in self._aliases
        self._aliases[typed(alias, str)] = typed(macro, str)
        return True

    def SetMacro(self, alias: str, macro: str) -> bool:
        assert alias in self._aliases
        self._aliases[alias] = typed(macro, str)
        return True


APP, ALIASES = RhinoApp(), CommandAliasList()


def _scale(of: str, to: str) -> float:
    assert (of, to) == ("UnitSystem.Millimeters", "UnitSystem.Meters")
    return 0.001


def modules() -> dict[str, types.ModuleType]:
    """Returns the modules that a script of Rhino can import."""
    space = types.SimpleNamespace
    found, ui = types.ModuleType("Rhino"), types.ModuleType("Rhino.UI")
    AIDS._init(AutoGumballEnabled=True)
    ui.RhinoEtoApp = space(MainWindow="Rhino's window")
    found.RhinoApp, found.RhinoDoc, found.UI = APP, RhinoDoc, ui
    found.UnitSystem = space(Meters="UnitSystem.Meters")
    found.RhinoMath = space(UnitScale=_scale)
    found.ApplicationSettings = space(ModelAidSettings=AIDS, CommandAliasList=ALIASES)
    found.Geometry = space(Mesh=Mesh, MeshType=space(Render=RENDER), Transform=Transform)
    found.DocObjects = space(
        ObjectType=ObjectType, ViewportInfo=ViewportInfo, ObjectEnumeratorSettings=ObjectEnumeratorSettings
    )
    found.Display = space(
        DisplayPipeline=PIPELINE, DisplayModeDescription=DisplayModeDescription, RhinoPageView=RhinoPageView,
        ViewCapture=ViewCapture,
    )  # fmt: skip
    return {"Rhino": found, "Rhino.UI": ui, "System": drawing.module()}
