"""The base class of responses that need no pydantic.

Pydantic validates what clients send. What the API sends was validated when it was stored, and importing pydantic takes
four times the cold start of a bare handler. So functions that read no body and no query do without it (ADR 18). The
contract has the same schemas for both kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol, dataclass_transform

from renderiq.clock import to_iso
from renderiq.names import camel_case

_MISSING: Final = object()


class JsonModel(Protocol):
    """What a response needs of its model."""

    def to_json(self) -> dict[str, Any]:
        """Returns the object as it is sent."""
        ...


class Described:
    """The default and the description of a field. The contract has the description."""

    __slots__ = ("default", "description")

    def __init__(self, default: Any, description: str) -> None:
        self.default = default
        self.description = description


def described(description: str, *, default: Any = _MISSING) -> Any:
    """Describes a field in the contract. A field without a default is required."""
    return Described(default, description)


@dataclass_transform(eq_default=False, kw_only_default=True, frozen_default=True, field_specifiers=(described,))
class ResponseModel:
    """A JSON object that the API sends: camelCase outside, snake_case inside. A field that is None is left out."""

    _names: ClassVar[Mapping[str, str]] = {}
    _defaults: ClassVar[Mapping[str, Any]] = {}
    descriptions: ClassVar[Mapping[str, str]] = {}
    """The description of each field that has one."""

    def __init_subclass__(cls, *, snake_case: bool = False) -> None:
        """``snake_case`` keeps the names as they are, as OAuth has them. A subclass repeats it."""
        own = cls.__dict__.get("__annotations__", {})  # noqa: RUF063 (inspect is slow to import)
        cls._names = {**cls._names, **{name: name if snake_case else camel_case(name) for name in own}}
        given = {name: cls.__dict__[name] for name in own if name in cls.__dict__}
        texts = {name: each.description for name, each in given.items() if isinstance(each, Described)}
        cls.descriptions = {**cls.descriptions, **texts}
        values = {name: each.default if isinstance(each, Described) else each for name, each in given.items()}
        cls._defaults = {**cls._defaults, **{name: each for name, each in values.items() if each is not _MISSING}}

    def __init__(self, **values: Any) -> None:
        """Raises TypeError if a field is missing or unknown."""
        fields = {**self._defaults, **values}
        if fields.keys() != self._names.keys():
            raise TypeError(f"{type(self).__name__}: {sorted(fields.keys() ^ self._names.keys())}")
        self.__dict__.update(fields)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def to_json(self) -> dict[str, Any]:
        """Returns the object as it is sent. Fields whose value is None are left out."""
        values = self.__dict__
        return {at: _to_json(values[name]) for name, at in self._names.items() if values[name] is not None}

    @classmethod
    def defaults(cls) -> Mapping[str, Any]:
        """Returns the default of each field that has one."""
        return cls._defaults

    @classmethod
    def has_snake_case(cls) -> bool:
        """Returns whether the names in JSON are those in Python."""
        return all(name == at for name, at in cls._names.items())


def _to_json(value: Any) -> Any:
    if isinstance(value, ResponseModel):
        return value.to_json()
    if isinstance(value, datetime):
        return to_iso(value)
    if isinstance(value, list):
        return [_to_json(each) for each in value]
    return value
