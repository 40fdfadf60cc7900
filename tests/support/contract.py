"""Validates responses against the contract: a status, a code or a field that it does not have fails the test."""

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
    """Returns the contract as /openapi.json serves it."""
    found: dict[str, Any] = json.loads(SERVED.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1024)
def find_operation(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """Returns the path of the contract and the operation that a request reaches, or None if there is none."""
    for template, methods in sorted(document()["paths"].items(), key=lambda each: each[0].count("{")):
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path):
            operation = methods.get(method.lower())
            return (template, operation) if operation else None
    return None


def validate_response(method: str, path: str, status: int, headers: dict[str, str], body: str) -> None:
    """Raises ``AssertionError`` or ``ValidationError`` for a response that the contract does not describe."""
    found = find_operation(method, path)
    if found is None:
        return
    template, operation = found
    assert str(status) in operation["responses"], (
        f"{method} {template} responds with {status}, which the contract lacks"
    )
    if status == HTTPStatus.FOUND:
        assert headers["Location"]
        return
    if status == HTTPStatus.NOT_MODIFIED:
        assert (headers["ETag"][0], body) == ('"', "")
        return
    kind = headers["Content-Type"].partition(";")[0]
    if kind in {"text/csv", "application/x-ndjson"} or kind.startswith("image/"):
        assert kind in operation["responses"][str(status)]["content"]
        return
    parsed = json.loads(body)
    response_validator(method, template, status).validate(parsed)
    assert headers["Content-Type"] == "application/json"
    if status >= HTTPStatus.BAD_REQUEST:
        codes = _resolve(operation["responses"][str(status)])["content"]["application/json"]["examples"]
        assert parsed["errorCode"] in codes, f"{method} {template} responds with a code that the contract lacks"
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE):
        response = _resolve(operation["responses"][str(status)])
        undocumented = {"WWW-Authenticate", "Retry-After"} & headers.keys() - response["headers"].keys()
        assert not undocumented, f"{method} {template} responds with {undocumented}, which the contract lacks"


@cache
def response_validator(method: str, template: str, status: int) -> Draft202012Validator:
    """Returns a validator for the body of a response. It rejects fields that the contract does not name."""
    response = _resolve(document()["paths"][template][method.lower()]["responses"][str(status)])
    schema = response["content"]["application/json"]["schema"]
    return Draft202012Validator(
        {
            "components": document()["components"],
            "allOf": [_without_further_fields(schema)],
            "unevaluatedProperties": False,
        },
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def _without_further_fields(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema with ``data`` restricted to the fields that the contract names."""
    schema = _resolve(schema)
    data = schema.get("properties", {}).get("data")
    if data is None or "$ref" not in data:
        return schema
    strict = {"allOf": [data], "unevaluatedProperties": False}
    return {**schema, "properties": {**schema["properties"], "data": strict}}


def _resolve(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    _, _, section, name = part["$ref"].split("/")
    found: dict[str, Any] = document()["components"][section][name]
    return found
