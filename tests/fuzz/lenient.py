"""The contract as the server takes it. The published one is stricter, because client generators need it so."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_FORM = "multipart/form-data"
_OTHER_TYPES = ("application/json", "application/x-www-form-urlencoded")
_NEVER_NULL = ("name",)
"""Fields of changes that null does not remove."""
_NESTED = ("CameraIn", "SunIn")
"""Objects in a body. A field of theirs that has no default may be null."""
_METHODS = ("get", "put", "post", "patch", "delete")


def lenient(document: Schema) -> Schema:
    """Returns a copy of the document in which a form may be JSON or urlencoded, and an absent value null or empty.

    In PATCH, an empty value changes a field. Without this, Schemathesis would report that the server accepts what the
    contract excludes.
    """
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    for name in _NESTED:
        properties = schemas[name]["properties"]
        for field, each in properties.items():
            if "default" not in each:
                properties[field] = {"anyOf": [each, {"enum": [None]}]}
    organization = document["components"]["parameters"]["Organization"]
    organization["schema"] = {"anyOf": [organization["schema"], {"const": ""}]}
    for method, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "query":
                parameter["schema"] = {"anyOf": [parameter["schema"], {"const": ""}]}
        content = operation.get("requestBody", {}).get("content", {})
        if _FORM in content:
            for media_type in _OTHER_TYPES:
                content.setdefault(media_type, copy.deepcopy(content[_FORM]))
        for media_type, media in content.items():
            name = media["schema"]["$ref"].rpartition("/")[2]
            absent: list[str | None] = [None] if media_type == "application/json" else []
            absent += [""] if method == "post" else []
            media["schema"] = _may_be_absent(schemas[name], absent)
    return document


def _operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for methods in document["paths"].values():
        yield from ((method, operation) for method, operation in methods.items() if method in _METHODS)


def _may_be_absent(schema: Schema, values: list[str | None]) -> Schema:
    """Returns the schema of a body in which each of the values means that an optional field is absent."""
    fixed = [*schema.get("required", []), *(_NEVER_NULL if "" not in values else ())]
    properties = {
        name: {"anyOf": [each, {"enum": values}]} if values and name not in fixed else each
        for name, each in schema["properties"].items()
    }
    return {**schema, "properties": properties}
