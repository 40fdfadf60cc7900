"""The contract as the server takes it. The published one is stricter, because client generators need it so."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_FORM = "multipart/form-data"
_OTHER_TYPES = ("application/json", "application/x-www-form-urlencoded")
_METHODS = ("get", "put", "post", "patch", "delete")


def lenient(document: Schema) -> Schema:
    """Returns a copy of the document in which an absent value may be empty, and a form JSON or urlencoded.

    Without this, Schemathesis would report that the server accepts what the contract excludes.
    """
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    for operation in _operations(document):
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "query":
                parameter["schema"] = {"anyOf": [parameter["schema"], {"const": ""}]}
        content = operation.get("requestBody", {}).get("content", {})
        if _FORM in content:
            for media_type in _OTHER_TYPES:
                content.setdefault(media_type, copy.deepcopy(content[_FORM]))
        for media_type, media in content.items():
            name = media["schema"]["$ref"].rpartition("/")[2]
            media["schema"] = _may_be_empty(schemas[name], null=media_type == "application/json")
    return document


def _operations(document: Schema) -> Iterator[Schema]:
    for methods in document["paths"].values():
        yield from (operation for method, operation in methods.items() if method in _METHODS)


def _may_be_empty(schema: Schema, *, null: bool) -> Schema:
    """Returns the schema of a body whose optional fields may be empty text, or null."""
    absent: Schema = {"enum": ["", None] if null else [""]}
    required = schema.get("required", [])
    properties = {
        name: each if name in required else {"anyOf": [each, absent]} for name, each in schema["properties"].items()
    }
    return {**schema, "properties": properties}
