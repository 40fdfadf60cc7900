"""The error codes of each operation, and their responses."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from contract.headers import RATE_LIMIT_HEADERS, header_refs
from contract.routes import Operation
from contract.schemas import Schema, ref
from renderiq.consent_texts import newest_text
from renderiq.domain.consents import ConsentName
from renderiq.errors import ErrorCode
from renderiq.services.consents import details

E = ErrorCode
Codes = tuple[ErrorCode, ...]

_AUTHENTICATION: Final = (
    E.AUTH_REQUIRED,
    E.INVALID_TOKEN,
    E.TOKEN_EXPIRED,
    E.INVALID_API_KEY,
    E.API_KEY_EXPIRED,
    E.API_KEY_REVOKED,
)


def error_codes(operation: Operation) -> list[ErrorCode]:
    """Returns every code that the operation can answer with, in the order of the catalogue.

    The codes that a route declares are completed by those of its guard, caller, body, query and path parameters.
    """
    codes = {E.INTERNAL_ERROR, *operation.declared_errors, *(each.code for each in operation.path_ids)}
    if operation.rate_limited:
        codes |= {E.RATE_LIMIT_EXCEEDED, E.SERVICE_UNAVAILABLE}
    if operation.authenticated:
        # A header that names no organisation of the caller is rejected everywhere.
        codes |= {*_AUTHENTICATION, E.INVALID_INPUT, E.INSUFFICIENT_PERMISSIONS}
    if operation.query:
        codes.add(E.INVALID_INPUT)
    if operation.body:
        codes |= {E.INVALID_INPUT, E.UNSUPPORTED_MEDIA_TYPE}
        if operation.body.image_fields:
            codes.add(E.PAYLOAD_TOO_LARGE)
        if operation.body.required:
            codes.add(E.MISSING_REQUIRED_FIELD)
    return [code for code in ErrorCode if code in codes]


def errors_by_status(operation: Operation) -> list[tuple[int, Codes]]:
    """Returns the codes of an operation, grouped and sorted by HTTP status."""
    found: dict[int, list[ErrorCode]] = {}
    for code in error_codes(operation):
        found.setdefault(code.status.value, []).append(code)
    return [(status, tuple(codes)) for status, codes in sorted(found.items())]


def error_response_ref(codes: Iterable[ErrorCode]) -> Schema:
    """Returns a reference to the response that has one of the codes."""
    return {"$ref": f"#/components/responses/{_component_name(codes)}"}


def error_response_components(operations: Iterable[Operation]) -> dict[str, Schema]:
    """Returns the error responses of the operations, by the name of their component."""
    groups = {codes for each in operations for _, codes in errors_by_status(each)}
    return {_component_name(codes): _error_response(codes) for codes in sorted(groups, key=_component_name)}


def error_example_components(operations: Iterable[Operation]) -> dict[str, Schema]:
    """Returns an example of each code that an operation can answer with, by code."""
    used = {code for each in operations for code in error_codes(each)}
    return {code.name: {"value": _error_example(code)} for code in ErrorCode if code in used}


def _component_name(codes: Iterable[ErrorCode]) -> str:
    return ".".join(code.name for code in codes)


def _error_response(codes: Codes) -> Schema:
    status = codes[0].status
    headers = ["X-Request-Id", *RATE_LIMIT_HEADERS]
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers.append("Retry-After")
    if status is HTTPStatus.UNAUTHORIZED:
        headers.append("WWW-Authenticate")
    names = [code.name for code in codes]
    return {
        "description": " ".join(f"`{code.name}`: {code.sentence}" for code in codes),
        "headers": header_refs(headers),
        "content": {
            "application/json": {
                "schema": ref("ErrorResponse"),
                "examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names},
            }
        },
    }


def _error_example(code: ErrorCode) -> Schema:
    example: Schema = {
        "success": False,
        "error": code.sentence,
        "errorCode": code.name,
        "requestId": "Xk3fLhQxIAMEJ1g=",
        "retryable": code.retryable,
    }
    if code is E.CONSENT_REQUIRED:
        example["details"] = {"consent": details(newest_text(ConsentName.THIRD_PARTY_AI))}
    if code is E.INSUFFICIENT_CREDITS:
        credit_details = {"requiredCredits": 10, "availableCredits": 4}
        example |= {"details": credit_details, **credit_details}
    return example
