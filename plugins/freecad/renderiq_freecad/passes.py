"""Draws the visible model in FreeCAD's own 3D view, in place of what is there: clean, material ids, depth, normals.

Coin draws nodes of ours and nothing else while the ``with`` lasts. The document is not touched.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import partial
from types import TracebackType
from typing import Any, Final

from pivy import coin

from .shared.colours import id_colours
from .shared.glb import Mesh
from .shared.restore import Restoring

_CREASE: Final = math.radians(30)
_SLICE: Final = 5_000
"""Points or triangles that become nodes in one turn."""
_VERTEX: Final = """
varying float along;
varying vec3 normal;
varying vec4 colour;
void main() {
  vec4 eye = gl_ModelViewMatrix * gl_Vertex;
  along = -eye.z;
  normal = gl_NormalMatrix * gl_Normal;
  colour = gl_Color;
  gl_Position = ftransform();
}
"""
_DEPTH: Final = """
varying float along;
uniform float nearest;
uniform float farthest;
void main() {
  float part = clamp((farthest - along) / (farthest - nearest), 0.0, 1.0);
  gl_FragColor = vec4(vec3((1.0 + floor(254.0 * part + 0.5)) / 255.0), 1.0);
}
"""
_CLEAN: Final = """
varying vec3 normal;
varying vec4 colour;
void main() {
  vec3 unit = normalize(normal);
  unit = unit.z < 0.0 ? -unit : unit;
  float key = max(dot(unit, normalize(vec3(-0.45, 0.65, 0.6))), 0.0);
  float fill = max(dot(unit, normalize(vec3(0.8, 0.1, 0.6))), 0.0);
  gl_FragColor = vec4(colour.rgb * min(0.56 + 0.4 * key + 0.16 * fill, 1.0), colour.a);
}
"""
_NORMALS: Final = """
varying vec3 normal;
void main() {
  vec3 unit = normalize(normal);
  unit = unit.z < 0.0 ? -unit : unit;
  gl_FragColor = vec4(unit * 0.5 + 0.5, 1.0);
}
"""


class Drawing:
    """The model as nodes of Coin, in ``root``, the scene graph of a view. It has none before ``build``.

    ``names`` are materials by their id colours. More than ``max_materials`` share the colours of the first ones.
    """

    def __init__(self, root: Any, meshes: Iterable[Mesh], max_materials: int = 256) -> None:
        self._root, self._restoring, self._meshes = root, Restoring(), list(meshes)
        self._group, self._style = coin.SoSeparator(), coin.SoGroup()
        hints = coin.SoShapeHints()
        hints.vertexOrdering = coin.SoShapeHints.COUNTERCLOCKWISE
        hints.shapeType = coin.SoShapeHints.UNKNOWN_SHAPE_TYPE  # light both sides
        hints.creaseAngle = _CREASE
        self._group.addChild(self._style)
        self._group.addChild(hints)
        keys = list(dict.fromkeys(each.material for each in self._meshes))
        count = max(1, min(len(keys), max_materials))
        colours = id_colours(count)
        self._ids = {key: colours[number % count] for number, key in enumerate(keys)}
        self.names = {"#{:02x}{:02x}{:02x}".format(*self._ids[key]): key.name for key in reversed(keys)}
        self._materials: list[tuple[Any, Mesh]] = []
        self._hidden = coin.SoDrawStyle()
        self._hidden.style = coin.SoDrawStyle.INVISIBLE
        self._hidden.setOverride(True)

    def build(self) -> Iterator[None]:
        """Makes the nodes, a part of them each step."""
        for mesh in self._meshes:
            separator, material, points = coin.SoSeparator(), coin.SoMaterial(), coin.SoCoordinate3()
            separator.addChild(material)
            separator.addChild(points)
            for start in range(0, len(mesh.points), _SLICE):
                part = list(mesh.points[start : start + _SLICE])
                points.point.setValues(start, len(part), part)
                yield
            for start in range(0, len(mesh.triangles), _SLICE):
                faces = coin.SoIndexedFaceSet()
                corners = [each for a, b, c in mesh.triangles[start : start + _SLICE] for each in (a, b, c, -1)]
                faces.coordIndex.setValues(0, len(corners), corners)
                separator.addChild(faces)
                yield
            self._group.addChild(separator)
            self._materials.append((material, mesh))

    def __enter__(self) -> Drawing:
        self._restoring.__enter__()
        for place, node in enumerate((self._group, self._hidden)):
            self._root.insertChild(node, place)
            self._restoring.then("the scene graph", partial(self._root.removeChild, node))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restoring.__exit__(kind, error, trace)

    def clean(self) -> None:
        """The colours of the materials, lit evenly from above and from the right."""
        self._styled([_lit(), _shader(_CLEAN)])
        for node, mesh in self._materials:
            node.diffuseColor.setValue(*mesh.material.colour)
            node.transparency.setValue(1 - mesh.material.opacity)

    def ids(self) -> None:
        """One colour for each material, without light."""
        self._styled([_flat()])
        for node, mesh in self._materials:
            node.diffuseColor.setValue(*(each / 255 for each in self._ids[mesh.material]))
            node.transparency.setValue(0.0)

    def depth(self, nearest: float, farthest: float) -> None:
        """White is the nearest distance, level 1 the farthest one; even in the distance along the view, in mm.

        Without shaders all is red.
        """
        self._opaque()
        for node, _ in self._materials:
            node.diffuseColor.setValue(1.0, 0.0, 0.0)
        self._styled([_flat(), _shader(_DEPTH, nearest=nearest, farthest=farthest)])

    def normals(self) -> None:
        """Right, up and towards the camera, each from 0 (-1) to 255 (1)."""
        self._opaque()
        self._styled([_lit(), _shader(_NORMALS)])

    def _opaque(self) -> None:
        for node, _ in self._materials:
            node.transparency.setValue(0.0)

    def _styled(self, nodes: list[Any]) -> None:
        self._style.removeAllChildren()
        for each in nodes:
            self._style.addChild(each)


def _flat() -> Any:
    node = coin.SoLightModel()
    node.model = coin.SoLightModel.BASE_COLOR
    return node


def _lit() -> Any:
    """Returns the model of light for which Coin tells a shader the normals."""
    node = coin.SoLightModel()
    node.model = coin.SoLightModel.PHONG
    return node


def _shader(fragment: str, **values: float) -> Any:
    program, before, after = coin.SoShaderProgram(), coin.SoVertexShader(), coin.SoFragmentShader()
    for shader, source in ((before, _VERTEX), (after, fragment)):
        shader.sourceType = coin.SoShaderObject.GLSL_PROGRAM
        shader.sourceProgram = source
    for number, (name, value) in enumerate(values.items()):
        parameter = coin.SoShaderParameter1f()
        parameter.name = name
        parameter.value = value
        after.parameter.set1Value(number, parameter)
    program.shaderObject.set1Value(0, before)
    program.shaderObject.set1Value(1, after)
    return program
