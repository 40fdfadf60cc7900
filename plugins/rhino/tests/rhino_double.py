"""Rhino 8 as the plugin uses it, after RhinoCommon's public API pages: another name, type or thread fails."""

from __future__ import annotations

import itertools
import types
from collections.abc import Iterator
from typing import Any

import drawing_double as drawing
import numpy as np
from drawing_double import Color
from objects_double import (
    NEAR,
    RENDER,
    Camera,
    DisplayModeDescription,
    Guid,
    Mesh,
    ObjectEnumeratorSettings,
    ObjectType,
    Point,
    RhinoObject,
    RhinoViewport,
    Transform,
    ViewportInfo,
    dot,
    minus,
)
from strict import Event, Strict, typed, use


class RhinoView(Strict):
    def __init__(self, name: str = "Perspective") -> None:
        self._init(ActiveViewport=RhinoViewport(name), _redrawn=0)

    def Redraw(self) -> None:
        use("RhinoView.Redraw")
        self._redrawn += 1


class RhinoPageView(RhinoView):
    pass


class Objects(Strict):
    def __init__(self, things: list[RhinoObject]) -> None:
        self._things = things

    def _all(self) -> list[Any]:
        return [each for thing in self._things for each in (thing, *thing._grips)]

    def _selected(self) -> list[str]:
        """What is selected, as texts for the tests."""
        found = [f"{each.Id} {each._state}" for each in self._things if each._state]
        found += [f"{each.Id} {part.text()}" for each in self._things for part in each._parts]
        return sorted(found + [f"{e.OwnerId} grip {e.Index}" for t in self._things for e in t._grips if e._state])

    def _kept(self) -> list[Any]:
        return [(each, each._state, list(each._parts)) for each in self._all()]

    def _put(self, kept: list[Any]) -> None:
        for each, state, parts in kept:
            each._state, each._parts = state, list(parts)

    def GetObjectList(self, settings: ObjectEnumeratorSettings) -> list[Any]:
        use("GetObjectList")
        typed(settings, ObjectEnumeratorSettings)
        found = [each for each in self._things if each.Attributes.Visible]
        if not settings.IncludeLights:
            found = [each for each in found if each.ObjectType != ObjectType.Light]
        if settings.IncludeGrips:
            found = [each for thing in found for each in (thing, *thing._grips)]
        if settings.SelectedObjectsFilter:
            found = [each for each in found if each._state or (settings.SubObjectSelected and each._parts)]
        return found

    def FindId(self, number: Guid, /) -> RhinoObject | None:
        use("FindId")
        typed(number, Guid)
        return next((each for each in self._things if each.Id == number), None)

    def UnselectAll(self) -> int:
        """Its documentation speaks of objects alone, so faces and grips stay selected here."""
        use("UnselectAll")
        count = sum(bool(each._state) for each in self._things)
        for each in self._things:
            each._state = 0
        return count

    def Select(
        self, objectId: Guid, select: bool, syncHighlight: bool, persistentSelect: bool, ignoreGripsState: bool,
        ignoreLayerLocking: bool, ignoreLayerVisibility: bool,
    ) -> bool:  # fmt: skip
        use("Objects.Select")
        flags = (syncHighlight, ignoreGripsState, ignoreLayerLocking, ignoreLayerVisibility)
        for each in (select, persistentSelect, *flags):
            typed(each, bool)
        thing = next(each for each in self._things if each.Id == typed(objectId, Guid))
        thing._state = (2 if persistentSelect else 1) if select else 0
        return True


class Views(Strict):
    KINDS = {"RedrawEnabled": bool}

    def __init__(self) -> None:
        self._views = [RhinoView(), RhinoView("Top")]
        self._init(ActiveView=self._views[0], RedrawEnabled=True)

    def __iter__(self) -> Iterator[RhinoView]:
        use("Views")
        return iter(list(self._views))

    def Redraw(self) -> None:
        use("Views.Redraw")
        assert self.RedrawEnabled


class RhinoDoc(Strict):
    """``others`` are the models that are open beside the one in front. Each opening of a model has its own number."""

    ActiveDoc: Any = None
    others: list[Any] = []
    _numbers = itertools.count(7)

    @staticmethod
    def OpenDocuments() -> list[RhinoDoc]:
        use("OpenDocuments")
        return [each for each in (RhinoDoc.ActiveDoc, *RhinoDoc.others) if each is not None]

    def __init__(self, things: list[RhinoObject], views: dict[str, Camera], path: str = "") -> None:
        named = [types.SimpleNamespace(Name=name, Viewport=_info(camera)) for name, camera in views.items()]
        layer = types.SimpleNamespace(Name="Concrete", IsVisible=True)
        hidden = types.SimpleNamespace(Name="Hidden", IsVisible=False)
        sun = types.SimpleNamespace(Enabled=True, Altitude=40.0, Vector=Point(-1.0, 0.0, -1.0))
        self._init(
            Objects=Objects(things), Views=Views(), NamedViews=named, Path=path or None, RuntimeSerialNumber=next(RhinoDoc._numbers),
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
                    drawing.triangle(
                        target, [flat[e] for e in chosen], [corners[e][3:] for e in chosen],
                        is_parallel=camera.is_parallel,
                    )  # fmt: skip

        shown = []
        for thing in objects._things:
            event = CullObjectEventArgs(viewport, thing)
            PIPELINE.ObjectCulling.fire(None, event)
            if not event.CullObject:
                shown.append(thing.ObjectType)
                for mesh, material in thing.drawn():
                    colour = material.DiffuseColor
                    draw(mesh, [(colour.R, colour.G, colour.B)] * len(mesh.Vertices._points))
        pipeline = Display(draw)
        PIPELINE.PostDrawObjects.fire(None, types.SimpleNamespace(Viewport=viewport, Display=pipeline))
        marks = (viewport.ConstructionGridVisible, viewport.ConstructionAxesVisible, viewport.WorldAxesVisible)
        ViewCapture.taken.append(
            {
                "shown": shown, "selected": objects._selected(), "gumball": AIDS.AutoGumballEnabled,
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
    return {"Rhino": found, "Rhino.UI": ui, **drawing.modules()}
