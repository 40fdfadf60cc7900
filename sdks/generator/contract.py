"""What a model needs from ``openapi.yaml``: objects with their fields, and lists of values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
CONTRACT: Final = ROOT / "openapi.yaml"
_REF: Final = "#/components/schemas/"


@dataclass(frozen=True)
class Type:
    """The type of a field. ``kind`` is text, integer, number, boolean, object, any, file, list, map, model or values.

    ``of`` is the type of the elements of a list or a map; ``name`` that of a model or of a list of values.
    """

    kind: str
    of: Type | None = None
    name: str = ""


@dataclass(frozen=True)
class Field:
    """A field of an object. ``name`` is that of the wire."""

    name: str
    type: Type
    is_required: bool
    description: str


@dataclass(frozen=True)
class Model:
    """An object of the wire."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Values:
    """A list of values that this version of the API knows. A newer one may send others."""

    name: str
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """All models and lists of values, by name. Those that only wrap another one in the envelope are left out."""

    models: tuple[Model, ...]
    values: tuple[Values, ...]

    def model(self, name: str) -> Model:
        """Returns the model of this name."""
        return next(each for each in self.models if each.name == name)


def read_contract(path: Path = CONTRACT) -> Contract:
    """Reads the schemas of the contract."""
    schemas = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["components"]["schemas"]
    models, values = [], []
    for name, schema in sorted(schemas.items()):
        description = _sentence(schema.get("description", ""))
        if "enum" in schema:
            values.append(Values(name, description, tuple(str(each) for each in schema["enum"])))
        elif not _is_envelope(schema):
            required = set(schema.get("required", []))
            fields = [
                Field(field, _type(each, schemas), field in required, _sentence(each.get("description", "")))
                for field, each in schema.get("properties", {}).items()
            ]
            models.append(Model(name, description, tuple(fields)))
    return Contract(tuple(models), tuple(values))


def _is_envelope(schema: dict[str, Any]) -> bool:
    return set(schema.get("properties", {})) == {"success", "data"}


def _type(schema: dict[str, Any], schemas: dict[str, Any]) -> Type:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REF)
        return Type("values" if "enum" in schemas[name] else "model", name=name)
    for several in ("allOf", "anyOf", "oneOf"):
        if several in schema:
            return _type(schema[several][0], schemas)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(each for each in kind if each != "null")
    if kind == "array":
        return Type("list", _type(schema.get("items", {}), schemas))
    if kind == "object":
        more = schema.get("additionalProperties")
        return Type("map", _type(more, schemas)) if isinstance(more, dict) and more else Type("object")
    if kind == "string":
        return Type("file" if schema.get("format") == "binary" else "text")
    return Type(kind if kind in ("integer", "number", "boolean") else "any" if "enum" not in schema else "text")


def _sentence(text: str) -> str:
    """Returns the first sentence of a description, on one line."""
    line = " ".join(text.split())
    end = line.find(". ")
    return line[: end + 1] if end > 0 else line
