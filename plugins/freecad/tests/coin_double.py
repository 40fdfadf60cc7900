"""Coin as the workbench uses it, after https://coin3d.github.io: another node, field or value fails."""

from __future__ import annotations

import threading
from typing import Any


def main_thread_only() -> None:
    assert threading.current_thread() is threading.main_thread(), "Coin was called from another thread"


class Vector:
    def __init__(self, *numbers: float) -> None:
        self._numbers = tuple(float(each) for each in numbers)

    def getValue(self) -> tuple[float, ...]:
        return self._numbers


class Field:
    """A field of numbers. ``size`` 1 gives a number; more give a vector."""

    def __init__(self, *numbers: float) -> None:
        self._numbers = tuple(float(each) for each in numbers)

    def getValue(self) -> Any:
        main_thread_only()
        return self._numbers[0] if len(self._numbers) == 1 else Vector(*self._numbers)

    def setValue(self, *numbers: Any) -> None:
        main_thread_only()
        found = numbers[0] if len(numbers) == 1 and isinstance(numbers[0], tuple) else numbers
        if len(found) != len(self._numbers) or not all(isinstance(each, (int, float)) for each in found):
            raise TypeError(f"{found} is not of {len(self._numbers)} numbers")
        self._numbers = tuple(float(each) for each in found)


class Many:
    def __init__(self) -> None:
        self.values: list[Any] = []

    def setValues(self, start: int, count: int, values: list[Any]) -> None:
        if start != len(self.values) or count != len(values):
            raise ValueError("a value is left out, or the count is not that of the values")
        self.values += values

    def set1Value(self, index: int, value: Any) -> None:
        if index != len(self.values):
            raise ValueError("a value is left out")
        self.values.append(value)


class Node:
    _settable: frozenset[str] = frozenset()

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name not in self._settable and name not in getattr(self, "_fields", ()):
            raise AttributeError(f"{type(self).__name__} has no field {name}")
        object.__setattr__(self, name, value)

    @classmethod
    def getClassTypeId(cls) -> type:
        return cls

    def isOfType(self, kind: type) -> bool:
        return isinstance(self, kind)


class SoGroup(Node):
    def __init__(self) -> None:
        self._children: list[Node] = []

    def addChild(self, node: Node) -> None:
        self.insertChild(node, len(self._children))

    def insertChild(self, node: Node, place: int) -> None:
        main_thread_only()
        if not isinstance(node, Node):
            raise TypeError("no node")
        self._children.insert(place, node)

    def removeChild(self, node: Node) -> None:
        self._children.remove(node)

    def removeAllChildren(self) -> None:
        self._children.clear()

    def getChild(self, place: int) -> Node:
        return self._children[place]

    def getNumChildren(self) -> int:
        return len(self._children)


class SoSeparator(SoGroup):
    pass


class SoSwitch(SoGroup):
    _fields = ("whichChild",)

    def __init__(self, which: int = -1) -> None:
        super().__init__()
        self.whichChild = Field(which)


class SoMaterial(Node):
    _fields = ("diffuseColor", "transparency")

    def __init__(self) -> None:
        self.diffuseColor, self.transparency = Field(0.8, 0.8, 0.8), Field(0.0)


class SoCoordinate3(Node):
    _fields = ("point",)

    def __init__(self) -> None:
        self.point = Many()


class SoIndexedFaceSet(Node):
    _fields = ("coordIndex",)

    def __init__(self) -> None:
        self.coordIndex = Many()


class SoShapeHints(Node):
    COUNTERCLOCKWISE, UNKNOWN_SHAPE_TYPE = 2, 0
    _settable = frozenset({"vertexOrdering", "shapeType", "creaseAngle"})


class SoDrawStyle(Node):
    INVISIBLE = 3
    _settable = frozenset({"style"})

    def setOverride(self, is_override: bool) -> None:
        self._is_override = is_override


class SoLightModel(Node):
    BASE_COLOR, PHONG = 0, 1
    _settable = frozenset({"model"})


class SoShaderObject(Node):
    GLSL_PROGRAM = 3
    _settable = frozenset({"sourceType", "sourceProgram"})
    _fields = ("parameter",)

    def __init__(self) -> None:
        self.parameter = Many()


class SoVertexShader(SoShaderObject):
    pass


class SoFragmentShader(SoShaderObject):
    pass


class SoShaderParameter1f(Node):
    _settable = frozenset({"name", "value"})


class SoShaderProgram(Node):
    _fields = ("shaderObject",)

    def __init__(self) -> None:
        self.shaderObject = Many()


class _Camera(Node):
    _fields = ("position", "orientation", "nearDistance", "farDistance", "focalDistance", "height", "heightAngle")

    def __init__(self) -> None:
        self.position, self.orientation = Field(0.0, -10.0, 0.0), Field(0.5**0.5, 0.0, 0.0, 0.5**0.5)
        self.nearDistance, self.farDistance, self.focalDistance = Field(1.0), Field(100.0), Field(10.0)


class SoPerspectiveCamera(_Camera):
    def __init__(self) -> None:
        super().__init__()
        self.heightAngle = Field(0.785398)


class SoOrthographicCamera(_Camera):
    def __init__(self) -> None:
        super().__init__()
        self.height = Field(20.0)
