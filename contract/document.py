"""Puts the OpenAPI document together."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from pydantic.alias_generators import to_camel

from contract.events import EventOut
from contract.examples import ANSWERS, EVENT, body_example
from contract.routes import Answer, Body, Operation, operations
from contract.schemas import Schema, components, form_name, query_parameters, ref
from contract.words import INTRODUCTION, OPERATIONS, PARAMETERS, TAGS, TITLE
from renderiq import __version__
from renderiq.domain.webhooks import Event
from renderiq.errors import ErrorCode
from renderiq.http.api import BASE_PATH

E = ErrorCode
JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"
_URLENCODED: Final = "application/x-www-form-urlencoded"

_SIGNED_IN: Final = (E.AUTH_REQUIRED, E.INVALID_TOKEN, E.TOKEN_EXPIRED)
_BY_KEY: Final = (E.INVALID_API_KEY, E.API_KEY_EXPIRED, E.API_KEY_REVOKED)
_BODY: Final = (E.INVALID_INPUT, E.UNSUPPORTED_MEDIA_TYPE)

_RATE_HEADERS: Final = (
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "RateLimit-Policy",
    "RateLimit",
)
_HEADERS: Final[dict[str, Schema]] = {
    "X-Request-Id": {"description": "Name it when you ask us about an answer.", "schema": {"type": "string"}},
    "X-RateLimit-Limit": {"description": "Requests a minute.", "schema": {"type": "integer"}},
    "X-RateLimit-Remaining": {"description": "How many are left.", "schema": {"type": "integer"}},
    "X-RateLimit-Reset": {"description": "When all are back, in unix seconds.", "schema": {"type": "integer"}},
    "RateLimit-Policy": {"description": "The IETF draft's field.", "schema": {"type": "string"}},
    "RateLimit": {"description": "The IETF draft's field.", "schema": {"type": "string"}},
    "Retry-After": {"description": "When to come again, in seconds.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "The scheme that is wanted.", "schema": {"type": "string"}},
}
_RESPONSE: Final = "#/components/responses/"
_PLATFORM_HEADERS: Final = {
    "Platform": ("X-Renderiq-Platform", "Which host application is calling, in any case.", "sketchup"),
    "PluginVersion": ("X-Renderiq-Plugin-Version", "The plugin's version.", "1.0.0"),
}
# What one operation makes is what others are about: pointer into the answer, and the path parameter that it fills.
_MAKES: Final = {
    "POST /renders": ("/data/renderId", "renderId"),
    "POST /projects": ("/data/id", "projectId"),
    "POST /keys": ("/data/id", "keyId"),
    "POST /keys/{keyId}/rotate": ("/data/id", "keyId"),
    "POST /webhooks/register": ("/data/webhookId", "webhookId"),
    "POST /webhooks/{webhookId}/test": ("/data/deliveryId", "deliveryId"),
}


def document() -> Schema:
    """The whole contract, as OpenAPI 3.1. Raises KeyError for an operation without words or example."""
    every = operations()
    unknown = OPERATIONS.keys() - {each.key for each in every}
    if unknown:
        raise ValueError(f"contract/words.py describes what is not there: {', '.join(sorted(unknown))}")
    paths: dict[str, Schema] = {}
    for operation in every:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, every)
    bodies = [each.body for each in every if each.body]
    models = [answer.model for each in every for answer in each.answers]
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": __version__, "description": INTRODUCTION},
        "servers": [{"url": BASE_PATH}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "webhooks": {event.value: {"post": _told(event)} for event in Event},
        "components": {
            "schemas": dict(sorted(components(bodies, [*models, EventOut]).items())),
            "responses": {
                _named(codes): _failure(codes)
                for codes in sorted({codes for each in every for _, codes in _by_status(each)}, key=_named)
            },
            "examples": {
                code.name: {"value": failure_example(code)}
                for code in ErrorCode
                if any(code in errors(each) for each in every)
            },
            "headers": _HEADERS,
            "parameters": {
                name: {
                    "name": header,
                    "in": "header",
                    "required": False,
                    "description": text,
                    "schema": {"type": "string"},
                    "example": example,
                }
                for name, (header, text, example) in _PLATFORM_HEADERS.items()
            },
            "securitySchemes": {
                "accessToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "From `POST /auth/signin`; good for an hour, and for every scope.",
                },
                "apiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Api-Key",
                    "description": "From `POST /keys`; good for the scopes it was made with.",
                },
            },
        },
    }


def errors(operation: Operation) -> list[ErrorCode]:
    """Every code that the operation can answer, in the catalogue's order."""
    can = {E.INTERNAL_ERROR, *OPERATIONS[operation.key].errors}
    if operation.counted:
        can |= {E.RATE_LIMIT_EXCEEDED, E.SERVICE_UNAVAILABLE}
    if operation.authenticated:
        can |= {*_SIGNED_IN, *_BY_KEY}
    if operation.session_only or operation.scope:
        can.add(E.INSUFFICIENT_PERMISSIONS)
    if operation.body:
        can |= set(_BODY)
        if operation.body.pictures:
            can.add(E.PAYLOAD_TOO_LARGE)
        if _asks_for_something(operation.body):
            can.add(E.MISSING_REQUIRED_FIELD)
    if operation.query:
        can.add(E.INVALID_INPUT)
    can |= {each.code for each in operation.ids}
    return [code for code in ErrorCode if code in can]


def _asks_for_something(body: Body) -> bool:
    return any(field.is_required() for field in body.model.model_fields.values()) or any(
        picture.unless for picture in body.pictures
    )


def operation_id(operation: Operation) -> str:
    words = [word for word in operation.path.replace("-", "/").split("/") if word and not word.startswith("{")]
    by = "ById" if operation.path.endswith("}") else ""
    return operation.method.lower() + "".join(word[0].upper() + word[1:] for word in words) + by


def _operation(operation: Operation, every: list[Operation]) -> Schema:
    words = OPERATIONS[operation.key]
    described: Schema = {"operationId": operation_id(operation), "tags": [_tag(operation)], "summary": words.summary}
    if words.description:
        described["description"] = words.description
    described["security"] = _security(operation)
    described["parameters"] = list(_parameters(operation))
    if operation.body:
        described["requestBody"] = _body(operation.body)
    described["responses"] = {
        **{str(answer.status): _success(answer, operation, every) for answer in operation.answers},
        **{str(status): {"$ref": _RESPONSE + _named(codes)} for status, codes in _by_status(operation)},
    }
    if operation.key == "POST /renders":
        described["callbacks"] = {
            "callback": {"{$request.body#/callback_url}": {"post": _told(Event.RENDER_COMPLETED, callback=True)}}
        }
    return described


def _tag(operation: Operation) -> str:
    return operation.path.split("/")[1]


def _security(operation: Operation) -> list[Schema]:
    if not operation.authenticated:
        return []
    token: list[Schema] = [{"accessToken": []}]
    if operation.session_only:
        return token
    return [*token, {"apiKey": [operation.scope] if operation.scope else []}]


def _parameters(operation: Operation) -> Iterable[Schema]:
    for each in operation.ids:
        yield {
            "name": to_camel(each.name),
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
    for name, schema in query_parameters(operation.query) if operation.query else ():
        described = {"name": name, "in": "query", "required": False, "schema": schema}
        if name in PARAMETERS:
            described["description"] = PARAMETERS[name]
        yield described
    if operation.key == "POST /renders":
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Anything of yours; the same for a repeated request.",
            "schema": {"type": "string", "maxLength": 255},
        }
    for name in _PLATFORM_HEADERS:
        yield {"$ref": f"#/components/parameters/{name}"}


def _body(body: Body) -> Schema:
    name = body.model.__name__
    example = body_example(body.model)
    schema = ref(name)
    content: Schema = {JSON: {"schema": schema, "example": example}}
    if body.pictures:
        form = {"schema": ref(form_name(body)), "example": example}
        content = {_MULTIPART: form, **content, _URLENCODED: form}
    return {"required": _asks_for_something(body), "content": content}


def _success(answer: Answer, operation: Operation, every: list[Operation]) -> Schema:
    schema, example = ref(answer.model.__name__), ANSWERS[answer.model].to_json()
    if answer.enveloped:
        schema = {
            "type": "object",
            "properties": {"success": {"const": True}, "data": schema},
            "required": ["success", "data"],
        }
        example = {"success": True, "data": example}
    headers = ["X-Request-Id", *(_RATE_HEADERS if operation.counted else ())]
    if operation.key == "GET /renders/{renderId}":
        headers.append("Retry-After")
    described: Schema = {
        "description": HTTPStatus(answer.status).phrase,
        "headers": _headers(headers),
        "content": {JSON: {"schema": schema, "example": example}},
    }
    links = _links(operation, every)
    return {**described, "links": links} if links else described


def _links(operation: Operation, every: list[Operation]) -> Schema:
    if operation.key not in _MAKES:
        return {}
    pointer, parameter = _MAKES[operation.key]
    mine = {to_camel(each.name) for each in operation.ids}
    links = {}
    for other in every:
        names = [to_camel(each.name) for each in other.ids]
        others = {name for name in names if name != parameter}
        if parameter not in names or other.key == operation.key or not others <= mine:
            continue
        known = {parameter: f"$response.body#{pointer}"}
        known |= {name: f"$request.path.{name}" for name in others}
        links[operation_id(other)] = {"operationId": operation_id(other), "parameters": known}
    return links


def _by_status(operation: Operation) -> list[tuple[int, tuple[ErrorCode, ...]]]:
    found: dict[int, list[ErrorCode]] = {}
    for code in errors(operation):
        found.setdefault(code.status.value, []).append(code)
    return [(status, tuple(codes)) for status, codes in sorted(found.items())]


def _named(codes: Iterable[ErrorCode]) -> str:
    return ".".join(code.name for code in codes)


def _failure(codes: tuple[ErrorCode, ...]) -> Schema:
    status = codes[0].status
    headers = ["X-Request-Id", *_RATE_HEADERS]
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers.append("Retry-After")
    if status is HTTPStatus.UNAUTHORIZED:
        headers.append("WWW-Authenticate")
    return {
        "description": " ".join(f"`{code.name}`: {code.sentence}" for code in codes),
        "headers": _headers(headers),
        "content": {
            JSON: {
                "schema": {
                    "allOf": [ref("Failure"), {"properties": {"errorCode": {"enum": [code.name for code in codes]}}}]
                },
                "examples": {code.name: {"$ref": f"#/components/examples/{code.name}"} for code in codes},
            }
        },
    }


def failure_example(code: ErrorCode) -> Schema:
    example: Schema = {
        "success": False,
        "error": code.sentence,
        "errorCode": code.name,
        "requestId": "Xk3fLhQxIAMEJ1g=",
        "retryable": code.retryable,
    }
    if code is E.INSUFFICIENT_CREDITS:
        known = {"requiredCredits": 10, "availableCredits": 4}
        example |= {"details": known, **known}
    return example


def _headers(names: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


_SIGNATURES: Final = {
    "webhook-id": "Stable over every attempt; drop what you have seen.",
    "webhook-timestamp": "Of this attempt, in unix seconds.",
    "webhook-signature": "`v1,` and base64 of the HMAC-SHA256 of `id.timestamp.body`; several while a secret rotates.",
    "X-Renderiq-Signature": "Hex HMAC-SHA256 of the body, with the secret's characters as the key; "
    "while a secret rotates, of the new one alone.",
    "X-Renderiq-Event": "The event.",
    "X-Renderiq-Timestamp": "As `webhook-timestamp`.",
}


def _told(event: Event, *, callback: bool = False) -> Schema:
    example = EVENT.model_copy(update={"event": event, "type": event}).to_json()
    if event is Event.TEST:
        example["data"] = {"webhookId": "01a20460-8e02-7f4b-a1c0-52d3e9b86f70"}
    return {
        "summary": "How the render goes" if callback else f"`{event}`",
        "description": (
            "Signed with `callbackSecret`."
            if callback
            else "Sent to every enabled webhook that asked for it. Answer 2xx within 15 seconds, or it comes again: "
            "after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h. 410 disables the webhook. `outputUrl` works until "
            "`outputUrlExpiresAt`; a delivery that comes later still names the render, which has a fresh one."
        ),
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in _SIGNATURES.items()
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": ref("EventOut"), "example": example}}},
        "responses": {"2XX": {"description": "Received."}},
    }
