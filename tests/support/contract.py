"""Holds what endpoints answer to openapi.yaml: a status, a code or a field that it does not name fails the test."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

BASE = "/api/plugins"
SERVED = Path(__file__).resolve().parents[2] / "layers/common/renderiq/http/assets/openapi.json"


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SERVED.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1024)
def described(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """The operation that a request reaches, and its path in the contract."""
    for template, methods in sorted(document()["paths"].items(), key=lambda each: each[0].count("{")):
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path):
            operation = methods.get(method.lower())
            return (template, operation) if operation else None
    return None


def holds(method: str, path: str, status: int, headers: dict[str, str], body: str) -> None:
    """Raises AssertionError for an answer that the contract does not describe."""
    found = described(method, path)
    if found is None:
        return
    template, operation = found
    assert str(status) in operation["responses"], f"{method} {template} answers {status}, which the contract lacks"
    validator(method, template, status).validate(json.loads(body))
    assert headers["Content-Type"] == "application/json"
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE):
        response = _resolved(operation["responses"][str(status)])
        undocumented = {"WWW-Authenticate", "Retry-After"} & headers.keys() - response["headers"].keys()
        assert not undocumented, f"{method} {template} answers {undocumented}, which the contract lacks"


@cache
def validator(method: str, template: str, status: int) -> Draft202012Validator:
    """Of one answer's body; an additional field of the outermost object is an error too."""
    response = _resolved(document()["paths"][template][method.lower()]["responses"][str(status)])
    schema = response["content"]["application/json"]["schema"]
    return Draft202012Validator(
        {"components": document()["components"], "allOf": [closed(schema)], "unevaluatedProperties": False},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, whose ``data`` may have no field that the contract does not name."""
    data = schema.get("properties", {}).get("data")
    if data is None or "$ref" not in data:
        return schema
    strict = {"allOf": [data], "unevaluatedProperties": False}
    return {**schema, "properties": {**schema["properties"], "data": strict}}


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    found: dict[str, Any] = document()["components"][kind][name]
    return found
