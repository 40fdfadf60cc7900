"""FreeCAD as the workbench uses it, after https://wiki.freecad.org (API pages): another call or type fails."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import coin_double as coin


class Selected:
    def __init__(self, document: str, name: str, part: str, place: tuple[float, float, float]) -> None:
        self.DocumentName, self.ObjectName = document, name
        self.SubElementNames, self.PickedPoints = (part,), (place,)


class Selection:
    def __init__(self) -> None:
        self.chosen: list[Selected] = []

    def getSelectionEx(self, document: str) -> list[Selected]:
        assert document == "*"
        return list(self.chosen)

    def addSelection(self, document: str, name: str, part: str, x: float, y: float, z: float) -> None:
        coin.main_thread_only()
        self.chosen.append(Selected(document, name, part, (x, y, z)))

    def clearSelection(self) -> None:
        self.chosen.clear()

    def clearPreselection(self) -> None:
        coin.main_thread_only()


class Viewer:
    def __init__(self) -> None:
        self._has_cube = True

    def isEnabledNaviCube(self) -> bool:
        return self._has_cube

    def setEnabledNaviCube(self, is_on: bool) -> None:
        self._has_cube = is_on


class View:
    """A 3D view of 800 by 600 pixels. ``fails_at`` is the number of the picture that cannot be drawn."""

    def __init__(self, camera: Any = None) -> None:
        self._camera, self._viewer, self._root = camera or coin.SoPerspectiveCamera(), Viewer(), coin.SoSeparator()
        self._cross, self._corner = True, True
        self._tracker = coin.SoSwitch(-3)
        self._root.addChild(self._tracker)
        self.fails_at, self.has_shaders = 0, True
        self.drawn: list[dict[str, Any]] = []

    def getCameraNode(self) -> Any:
        return self._camera

    def getSize(self) -> tuple[int, int]:
        return 800, 600

    def getViewer(self) -> Viewer:
        return self._viewer

    def getSceneGraph(self) -> Any:
        return self._root

    def hasAxisCross(self) -> bool:
        return self._cross

    def setAxisCross(self, is_on: bool) -> None:
        self._cross = is_on

    def isCornerCrossVisible(self) -> bool:
        return self._corner

    def setCornerCrossVisible(self, is_on: bool) -> None:
        self._corner = is_on

    def saveImage(self, path: str, width: int, height: int, background: str, comment: str, samples: int) -> None:
        coin.main_thread_only()
        assert isinstance(path, str)
        assert all(isinstance(each, int) for each in (width, height, samples))
        assert background.startswith("#")
        if len(self.drawn) + 1 == self.fails_at:
            raise RuntimeError("no graphics")
        own = [each for each in self._root._children if type(each) is coin.SoSeparator]
        styles = own[0].getChild(0)._children if own else []
        shaders = [each for each in styles if isinstance(each, coin.SoShaderProgram)]
        source = shaders[0].shaderObject.values[1].sourceProgram if shaders else ""
        self.drawn.append(
            {"size": (width, height), "samples": samples, "cross": self._cross, "cube": self._viewer._has_cube,
             "corner": self._corner, "tracker": self._tracker.whichChild.getValue(), "own": bool(own), "shader": source,
             "selected": len(SELECTION.chosen), "position": self._camera.position.getValue().getValue()}
        )  # fmt: skip
        is_grey = self.has_shaders or "nearest" not in source
        pixel = bytes((200, 200, 200, 255)) if is_grey else bytes((255, 0, 0, 255))
        Path(path).write_bytes(pixel * 8 + bytes((0, 0, 0, 255)) * 8)


class Image:
    """A picture, whose bits become others when it is freed, as Qt's."""

    Format_RGBA8888 = 17

    def __init__(self, path: str | bytearray) -> None:
        self._pixels = path if isinstance(path, bytearray) else bytearray(Path(path).read_bytes())

    def __del__(self) -> None:
        self._pixels[:] = bytes(each % 256 for each in range(len(self._pixels)))

    def convertToFormat(self, kind: int) -> Image:
        assert kind == self.Format_RGBA8888
        return Image(bytearray(self._pixels))

    def constBits(self) -> memoryview:
        return memoryview(self._pixels)


class ViewObject:
    def __init__(self, colours: list[tuple[float, ...]], *, is_visible: bool = True) -> None:
        self.Visibility, self.DiffuseColor, self.Transparency = is_visible, colours, 0
        self.ShapeColor = (*colours[0][:3], 0.0)
        self.SwitchNode = coin.SoSwitch(0)


class Vector:
    def __init__(self, x: float, y: float, z: float) -> None:
        self.x, self.y, self.z = float(x), float(y), float(z)


class Placement:
    def __init__(self, x: float = 0.0) -> None:
        self._x = x

    def inverse(self) -> Placement:
        return Placement(-self._x)

    def multiply(self, other: Placement) -> Placement:
        return Placement(self._x + other._x)

    def isIdentity(self) -> bool:
        return self._x == 0


class Face:
    def __init__(self, shape: Shape, z: float) -> None:
        self._shape, self._z = shape, z

    def tessellate(self, tolerance: float) -> tuple[list[Vector], list[tuple[int, int, int]]]:
        assert tolerance > 0
        assert self._shape.is_meshed, "faces are meshed before their shape, so that borders do not fit"
        x = self._shape.Placement._x
        corners = ((x, 0), (x + 10, 0), (x + 10, 10), (x, 10))
        return [Vector(a, b, self._z) for a, b in corners], [(0, 1, 2), (0, 2, 3)]


class Shape:
    """Two squares of 10 mm, one above the other."""

    BoundBox = types.SimpleNamespace(DiagonalLength=20.0)

    def __init__(self) -> None:
        self.Placement, self.is_meshed = Placement(), False

    @property
    def Faces(self) -> list[Face]:
        return [Face(self, 0.0), Face(self, 10.0)]

    def isNull(self) -> bool:
        return False

    def copy(self) -> Shape:
        return Shape()

    def tessellate(self, tolerance: float) -> tuple[list[Vector], list[tuple[int, int, int]]]:
        coin.main_thread_only()
        self.is_meshed = True
        return [], []


class Thing:
    """An object of a document. ``inside`` is what it is in."""

    def __init__(self, name: str, kind: str = "Part::Box", inside: Thing | None = None, **values: Any) -> None:
        self.Name, self.Label, self.TypeId = name, values.get("label", name), kind
        self.ViewObject = ViewObject(values.get("colours", [(0.5, 0.5, 0.5)]), is_visible=values.get("visible", True))
        self.InList, self.Placement, self._x = ([inside] if inside else []), Placement(), values.get("moved", 0.0)
        if "data" in values:
            self.ViewObject.ViewData = values["data"]
        if self.hasExtension("App::GroupExtension"):
            self.Group: list[Thing] = []
        else:
            self.Shape = Shape()
        if inside:
            inside.Group.append(self)

    def isDerivedFrom(self, kind: str) -> bool:
        bases = {"Part::Feature": self.TypeId.startswith(("Part::", "PartDesign::")), "PartDesign::Body": False,
                 "Mesh::Feature": False, "App::Link": False}  # fmt: skip
        bases["PartDesign::Body"] = self.TypeId == "PartDesign::Body"
        return bases[kind]

    def hasExtension(self, name: str) -> bool:
        assert name == "App::GroupExtension"
        return self.TypeId in ("App::Part", "PartDesign::Body")

    def getGlobalPlacement(self) -> Placement:
        return Placement(self._x)


class Document:
    Name, FileName = "House", ""

    def __init__(self, *things: Thing) -> None:
        self.Objects = list(things)


class Parameters:
    def __init__(self) -> None:
        self._values: dict[tuple[type, str], Any] = {}

    def _get(self, kind: type, name: str, default: Any) -> Any:
        assert isinstance(default, kind)
        return self._values.get((kind, name), default)

    def _set(self, kind: type, name: str, value: Any) -> None:
        assert isinstance(value, kind)
        self._values[kind, name] = value

    def GetString(self, name: str, default: str) -> str:
        return str(self._get(str, name, default))

    def SetString(self, name: str, value: str) -> None:
        self._set(str, name, value)

    def GetBool(self, name: str, default: bool) -> bool:
        return bool(self._get(bool, name, default))

    def SetBool(self, name: str, value: bool) -> None:
        self._set(bool, name, value)

    def GetInt(self, name: str, default: int) -> int:
        return int(self._get(int, name, default))

    def SetInt(self, name: str, value: int) -> None:
        self._set(int, name, value)


SELECTION = Selection()
_PARAMETERS = Parameters()


def _parameters(group: str) -> Parameters:
    assert group == "User parameter:BaseApp/Preferences/Mod/Renderiq"
    return _PARAMETERS


def _shape_of(thing: Thing) -> Shape:
    return thing.Shape


def modules() -> dict[str, types.ModuleType]:
    """Returns the modules that FreeCAD has, as far as they are asked for."""
    contents: dict[str, dict[str, Any]] = {
        "FreeCAD": {"ParamGet": _parameters, "Version": lambda: ["0", "20", "2"]},
        "FreeCADGui": {"Selection": SELECTION, "ActiveDocument": None},
        "Part": {"getShape": _shape_of},
        "PySide.QtCore": {},
        "PySide.QtGui": {"QImage": Image},
    }
    found = {name: types.ModuleType(name) for name in (*contents, "PySide", "pivy")}
    for name, values in contents.items():
        found[name].__dict__.update(values)
    found["PySide"].__dict__.update(QtCore=found["PySide.QtCore"], QtGui=found["PySide.QtGui"])
    found["pivy.coin"] = sys.modules["coin_double"]
    found["pivy"].__dict__.update(coin=found["pivy.coin"])
    return found
