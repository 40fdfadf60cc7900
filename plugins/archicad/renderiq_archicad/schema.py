"""Checks values against the part of JSON Schema that the panel's protocol uses. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

_TYPES: Final[dict[str, Any]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: (
        isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer()
    ),
}
_NOTES: Final = frozenset({"$schema", "title", "$comment", "$defs", "description", "then"})
"""What is no rule by itself; ``then`` belongs to its ``if``."""


class Schema:
    """A schema with its definitions. A word of the schema that is not known here raises ``ValueError``."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root

    def problem(self, value: Any, pointer: str) -> str:
        """Returns what is wrong with a value, empty if nothing is. ``pointer`` is such as ``#/$defs/look``."""
        return self._check(value, self._at(pointer), "")

    def has(self, pointer: str) -> bool:
        """Whether there is such a part."""
        try:
            self._at(pointer)
        except KeyError:
            return False
        return True

    def _at(self, pointer: str) -> dict[str, Any]:
        found: Any = self._root
        for part in pointer.split("/")[1:]:
            found = found[part]
        return dict(found)

    def _check(self, value: Any, schema: dict[str, Any], at: str) -> str:
        for word, wanted in schema.items():
            if word in _NOTES:
                continue
            if word == "if":
                found = "" if self._check(value, wanted, at) else self._check(value, schema.get("then", {}), at)
                if found:
                    return found
                continue
            if word not in _CHECKS:
                raise ValueError(f"the schema has {word}, which is not known here")
            if found := _CHECKS[word](self, value, wanted, at):
                return str(found)
        return ""

    def _ref(self, value: Any, wanted: str, at: str) -> str:
        return self._check(value, self._at(wanted), at)

    def _all_of(self, value: Any, wanted: list[dict[str, Any]], at: str) -> str:
        return next((found for each in wanted if (found := self._check(value, each, at))), "")

    def _any_of(self, value: Any, wanted: list[dict[str, Any]], at: str) -> str:
        return "" if any(not self._check(value, each, at) for each in wanted) else f"{at} fits nothing"

    def _one_of(self, value: Any, wanted: list[dict[str, Any]], at: str) -> str:
        fits = sum(not self._check(value, each, at) for each in wanted)
        return "" if fits == 1 else f"{at} fits {fits} of the choices"

    def _properties(self, value: Any, wanted: dict[str, dict[str, Any]], at: str) -> str:
        if isinstance(value, dict):
            for name, each in wanted.items():
                if name in value and (found := self._check(value[name], each, f"{at}.{name}")):
                    return found
        return ""

    def _additional(self, value: Any, wanted: dict[str, Any], at: str) -> str:
        # The protocol has it only for maps, which name no properties of their own.
        if isinstance(value, dict):
            for name, each in value.items():
                if found := self._check(each, wanted, f"{at}.{name}"):
                    return found
        return ""

    def _items(self, value: Any, wanted: dict[str, Any], at: str) -> str:
        if isinstance(value, list):
            for index, each in enumerate(value):
                if found := self._check(each, wanted, f"{at}[{index}]"):
                    return found
        return ""


def _type(_: Schema, value: Any, wanted: str, at: str) -> str:
    return "" if _TYPES[wanted](value) else f"{at} is no {wanted}"


def _required(_: Schema, value: Any, wanted: list[str], at: str) -> str:
    missing = [name for name in wanted if name not in value] if isinstance(value, dict) else []
    return f"{at} lacks {missing[0]}" if missing else ""


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _unique(_: Schema, value: Any, wanted: bool, at: str) -> str:
    doubled = isinstance(value, list) and any(each in value[:index] for index, each in enumerate(value))
    return f"{at} has something twice" if wanted and doubled else ""


def _sized(kind: Any, fits: Any) -> Any:
    def check(_: Schema, value: Any, wanted: int, at: str) -> str:
        return f"{at} is too long or too short" if isinstance(value, kind) and not fits(len(value), wanted) else ""

    return check


def _bounded(fits: Any) -> Any:
    def check(_: Schema, value: Any, wanted: float, at: str) -> str:
        return f"{at} is out of its range" if _TYPES["number"](value) and not fits(value, wanted) else ""

    return check


def _pattern(_: Schema, value: Any, wanted: str, at: str) -> str:
    return f"{at} has another form" if isinstance(value, str) and not re.search(wanted, value) else ""


def _at_most(one: float, other: float) -> bool:
    return one <= other


def _at_least(one: float, other: float) -> bool:
    return one >= other


_CHECKS: Final[dict[str, Any]] = {
    "$ref": Schema._ref,
    "type": _type,
    "required": _required,
    "properties": Schema._properties,
    "additionalProperties": Schema._additional,
    "items": Schema._items,
    "allOf": Schema._all_of,
    "anyOf": Schema._any_of,
    "oneOf": Schema._one_of,
    "const": lambda _, value, wanted, at: "" if _equal(value, wanted) else f"{at} is another value",
    "enum": lambda _, value, wanted, at: "" if any(_equal(value, each) for each in wanted) else f"{at} is none of them",
    "minLength": _sized(str, _at_least),
    "maxLength": _sized(str, _at_most),
    "minItems": _sized(list, _at_least),
    "maxItems": _sized(list, _at_most),
    "minProperties": _sized(dict, _at_least),
    "minimum": _bounded(_at_least),
    "maximum": _bounded(_at_most),
    "exclusiveMinimum": _bounded(lambda value, wanted: value > wanted),
    "uniqueItems": _unique,
    "pattern": _pattern,
}
