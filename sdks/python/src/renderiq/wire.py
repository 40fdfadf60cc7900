"""What all models share: they read an object of the wire and keep what they do not know."""

from __future__ import annotations

from typing import Any, ClassVar, Optional, TypeVar

M = TypeVar("M", bound="Model")
Fields = dict[str, tuple[str, Optional[type["Model"]]]]
"""The name on the wire → the name here, and the model of the value or of its elements."""


class Model:
    """An object of the wire. ``raw`` is all of it, also the fields that this version does not know."""

    raw: dict[str, Any]
    _fields: ClassVar[Fields] = {}

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        for wire_name, (name, model) in self._fields.items():
            setattr(self, name, _read(raw.get(wire_name), model))

    @classmethod
    def read(cls: type[M], data: Any) -> M:
        """Returns the model of an object of the wire. Anything but an object is read as an empty one."""
        return cls(data if isinstance(data, dict) else {})

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Model) and other.raw == self.raw

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={getattr(self, name)!r}" for name, _ in self._fields.values() if getattr(self, name) is not None
        )
        return f"{type(self).__name__}({shown})"


def _read(value: Any, model: type[Model] | None) -> Any:
    if model is None or value is None:
        return value
    if isinstance(value, list):
        return [model.read(each) for each in value]
    return model.read(value)
