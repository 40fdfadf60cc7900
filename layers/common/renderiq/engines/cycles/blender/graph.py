"""Short ways to write shader nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy


class Graph:
    """Adds nodes to a node tree. A value is a number, a colour, or the output of a node."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def node(self, kind: str, inputs: dict[str | int, Any] | None = None, **settings: Any) -> Any:
        """Adds a node with the values of its inputs and settings."""
        added = self.tree.nodes.new(kind)
        for setting, chosen in settings.items():
            setattr(added, setting, chosen)
        for name, value in (inputs or {}).items():
            self.put(added.inputs[name], value)
        return added

    def put(self, socket: Any, value: Any) -> None:
        """Gives an input its value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, Sequence) and len(value) == 3 and len(getattr(socket, "default_value", ())) == 4:
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def math(self, operation: str, *values: Any) -> Any:
        """Returns the result of an operation on numbers."""
        return self.node("ShaderNodeMath", dict(enumerate(values)), operation=operation).outputs[0]

    def vector(self, operation: str, *values: Any) -> Any:
        """Returns the result of an operation on vectors."""
        made = self.node("ShaderNodeVectorMath", dict(enumerate(values)), operation=operation)
        return made.outputs["Value" if operation in {"DOT_PRODUCT", "LENGTH", "DISTANCE"} else "Vector"]

    def mix(self, factor: Any, first: Any, second: Any, *, blend: str = "MIX") -> Any:
        """Returns a mixture of two colours."""
        made = self.node("ShaderNodeMix", data_type="RGBA", blend_type=blend, clamp_factor=True)
        for index, value in ((0, factor), (6, first), (7, second)):
            self.put(made.inputs[index], value)
        return made.outputs[2]

    def choose(self, factor: Any, first: Any, second: Any) -> Any:
        """Returns a mixture of two vectors."""
        made = self.node("ShaderNodeMix", data_type="VECTOR")
        for index, value in ((0, factor), (4, first), (5, second)):
            self.put(made.inputs[index], value)
        return made.outputs[1]

    def fit(self, value: Any, low: float, high: float, to_low: float = 0.0, to_high: float = 1.0) -> Any:
        """Returns ``value`` moved from one range into another, and kept in it."""
        made = self.node("ShaderNodeMapRange", {"Value": value, 1: low, 2: high, 3: to_low, 4: to_high}, clamp=True)
        return made.outputs[0]

    def noise(self, at: Any, size: float, *, detail: float = 3.0, roughness: float = 0.55) -> Any:
        """Returns noise, 0 to 1, whose waves are ``size`` metres long."""
        made = self.node(
            "ShaderNodeTexNoise", {"Vector": at, "Scale": 1 / size, "Detail": detail, "Roughness": roughness}
        )
        return made.outputs[0]

    def separate(self, vector: Any) -> tuple[Any, Any, Any]:
        """Returns the three parts of a vector."""
        made = self.node("ShaderNodeSeparateXYZ", {0: vector})
        return made.outputs[0], made.outputs[1], made.outputs[2]

    def combine(self, x: Any, y: Any, z: Any = 0.0) -> Any:
        """Returns a vector."""
        return self.node("ShaderNodeCombineXYZ", {0: x, 1: y, 2: z}).outputs[0]
