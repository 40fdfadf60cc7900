"""docs/errors.md: the catalogue of errors for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from renderiq.errors import ErrorCode

Schema = dict[str, Any]

_MAX_LISTED_OPERATIONS: Final = 8
_IN_RENDERS: Final = "only in the `errorCode` of a render"
_OTHER_SOURCES: Final = {
    ErrorCode.RENDER_FAILED: _IN_RENDERS,
    ErrorCode.CONTENT_BLOCKED: _IN_RENDERS,
    ErrorCode.METHOD_NOT_ALLOWED: "any path, for a method that it does not have",
}
"""Where codes occur that no operation of the contract answers with."""


def errors_page(document: Schema) -> str:
    """Returns the catalogue as Markdown, with the operations that answer with each code."""
    sources: dict[str, list[str]] = {}
    operations = list(_operations(document))
    for key, operation in operations:
        for name in _error_codes(document, operation):
            sources.setdefault(name, []).append(key)
    lines = [
        "<!-- Generated from the code by `make contract`. Do not edit. -->",
        "",
        "# Errors",
        "",
        "The response to a failed request has this form:",
        "",
        "```json",
        json.dumps(document["components"]["examples"]["INSUFFICIENT_CREDITS"]["value"], indent=2),
        "```",
        "",
        "Switch on `errorCode`: codes are public and permanent, sentences may change. `retryable` tells whether the "
        "same request may succeed later, and the `Retry-After` header, if there is one, when. Quote the `requestId` "
        "when you report a problem: it is in our log.",
        "",
        "| code | status | retryable | meaning | answered by |",
        "|---|---|---|---|---|",
    ]
    for code in ErrorCode:
        lines.append(
            f"| `{code.name}` | {code.status.value} | {'yes' if code.retryable else 'no'} | {code.sentence} "
            f"| {_source(code, sources.get(code.name, []), len(operations))} |"
        )
    return "\n".join(lines) + "\n"


def _source(code: ErrorCode, keys: list[str], operation_count: int) -> str:
    if not keys:
        return _OTHER_SOURCES.get(code, "no operation at present")
    if len(keys) == operation_count:
        return "every operation"
    if len(keys) > _MAX_LISTED_OPERATIONS:
        return f"{len(keys)} operations"
    return ", ".join(f"`{each}`" for each in keys)


def _operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _error_codes(document: Schema, operation: Schema) -> list[str]:
    return [
        code
        for status, response in operation["responses"].items()
        if int(status) >= HTTPStatus.BAD_REQUEST
        for code in _resolve(document, response)["content"]["application/json"]["examples"]
    ]


def _resolve(document: Schema, reference: Schema) -> Schema:
    _, _, section, name = reference["$ref"].split("/")
    found: Schema = document["components"][section][name]
    return found
