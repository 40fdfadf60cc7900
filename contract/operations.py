"""The operations of the document: parameters, request body, responses, and links to other operations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from pydantic.alias_generators import to_camel

from contract.error_responses import error_response_ref, errors_by_status
from contract.events import callback_operation
from contract.examples import AUDIT, RESPONSE_EXAMPLES, USAGE, body_example
from contract.headers import ORGANIZATION_HEADER, PLATFORM_HEADERS, RATE_LIMIT_HEADERS, header_refs, parameter_ref
from contract.routes import Operation, RequestBody, SuccessResponse
from contract.schemas import CSV_TABLE, JSON_LINES, Schema, form_name, query_parameters, ref, response_name
from renderiq.domain.renders import OutputFormat

_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"

_LINK_SOURCES: Final = {
    "POST /renders": ("/data/renderId", "renderId"),
    "POST /projects": ("/data/id", "projectId"),
    "POST /organizations": ("/data/organizationId", "organizationId"),
    "POST /organizations/{organizationId}/invitations": ("/data/invitationId", "invitationId"),
    "POST /keys": ("/data/id", "keyId"),
    "POST /keys/{keyId}/rotate": ("/data/id", "keyId"),
    "POST /uploads": ("/data/uploadId", "uploadId"),
    "POST /webhooks/register": ("/data/webhookId", "webhookId"),
    "POST /webhooks/{webhookId}/test": ("/data/deliveryId", "deliveryId"),
}
"""The operations that create something: where its id is in the response, and the path parameter that takes the id."""
_POLLED: Final = "GET /renders/{renderId}"
"""The operation whose successful response may have Retry-After."""

_CACHE_HEADERS: Final = ("ETag", "Cache-Control")


def operation_object(operation: Operation, all_operations: list[Operation]) -> Schema:
    """Returns the OpenAPI operation object. Raises ``KeyError`` if a body or a response has no example."""
    described: Schema = {
        "operationId": operation.operation_id,
        "tags": [operation.path.split("/")[1]],
        "summary": operation.summary,
    }
    if description := _description(operation):
        described["description"] = description
    described["security"] = _security(operation)
    described["parameters"] = list(_parameters(operation))
    if operation.body:
        described["requestBody"] = _request_body(operation.body)
    described["responses"] = {
        **{str(each.status): _success_response(each, operation, all_operations) for each in operation.responses},
        **(_image_responses() if operation.redirects_to_image else {}),
        **(_picture_response() if operation.sends_picture else {}),
        **(_not_modified() if operation.cacheable else {}),
        **{str(status): error_response_ref(codes) for status, codes in errors_by_status(operation)},
    }
    if operation.body and operation.body.callback_field:
        url = "{$request.body#/" + operation.body.callback_field + "}"
        described["callbacks"] = {"renderEvent": {url: {"post": callback_operation()}}}
    return described


def _description(operation: Operation) -> str:
    """Returns the description of the route, and the scope that an API key needs: OpenAPI has no field for it."""
    kind = "A key of the organization" if operation.in_organization else "An API key"
    scope = f"{kind} needs the scope `{operation.scope}`." if operation.scope else ""
    return "\n\n".join(text for text in (operation.description, scope) if text)


def _security(operation: Operation) -> list[Schema]:
    if not operation.authenticated:
        return []
    token: list[Schema] = [{"accessToken": []}]
    return token if operation.session_only else [*token, {"apiKey": []}]


def _parameters(operation: Operation) -> Iterator[Schema]:
    for path_id in operation.path_ids:
        yield {
            "name": to_camel(path_id.name),
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
    for name in operation.path_texts:
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for name, schema in query_parameters(operation.query) if operation.query else ():
        parameter: Schema = {"name": name, "in": "query", "required": False}
        if "description" in schema:
            parameter["description"] = schema.pop("description")
        yield {**parameter, "schema": schema}
    if operation.body and operation.body.idempotency_key:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Any text that is unique to this request. Send the same text when you repeat the request.",
            "schema": {"type": "string", "maxLength": 255},
        }
    if operation.cacheable:
        yield {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "The `ETag` of a response that you have. If it is still right, the response is 304.",
            "schema": {"type": "string"},
        }
    if operation.waits:
        yield {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "description": "`wait` and the seconds, at most 20, for which the response may wait for a change (RFC "
            "7240). Let your HTTP client wait a few seconds longer.",
            "schema": {"type": "string"},
            "example": "wait=20",
        }
    for name in (*PLATFORM_HEADERS, *(ORGANIZATION_HEADER if operation.authenticated else ())):
        yield parameter_ref(name)


def _request_body(body: RequestBody) -> Schema:
    example = body_example(body.model)
    content: Schema = {}
    if body.image_fields:
        content[_MULTIPART] = {"schema": ref(form_name(body)), "example": example}
    if not body.form_only:
        content[_JSON] = {"schema": ref(body.model.__name__), "example": example}
    return {"required": body.required, "content": content}


def _success_response(response: SuccessResponse, operation: Operation, all_operations: list[Operation]) -> Schema:
    example = RESPONSE_EXAMPLES[response.model].to_json()
    if response.enveloped:
        example = {"success": True, "data": example}
    headers = ["X-Request-Id", *(RATE_LIMIT_HEADERS if operation.rate_limited else ())]
    if operation.key == _POLLED:
        headers.append("Retry-After")
    if operation.cacheable:
        headers += _CACHE_HEADERS
    if operation.waits:
        headers.append("Preference-Applied")
    described: Schema = {
        "description": HTTPStatus(response.status).phrase,
        "headers": header_refs(headers),
        "content": {_JSON: {"schema": ref(response_name(response)), "example": example}},
    }
    if operation.returns_csv:
        table = USAGE.to_csv()
        described["content"]["text/csv"] = {"schema": ref(CSV_TABLE), "example": table}
    if operation.returns_lines:
        lines = "".join(f"{json.dumps(each.to_json())}\n" for each in AUDIT.entries)
        described["content"]["application/x-ndjson"] = {"schema": ref(JSON_LINES), "example": lines}
        described["headers"] |= header_refs(["X-Next-Cursor"])
    links = _links(operation, all_operations)
    return {**described, "links": links} if links else described


def _not_modified() -> Schema:
    return {"304": {"description": "Not Modified", "headers": header_refs(["X-Request-Id", *_CACHE_HEADERS])}}


def _image_responses() -> Schema:
    image: Schema = {"schema": {"type": "string", "format": "binary"}}
    return {
        "200": {
            "description": "The image, for a client that follows the redirect.",
            "content": {each.content_type: image for each in OutputFormat},
        },
        "302": {
            "description": "Found",
            "headers": header_refs(["X-Request-Id", *RATE_LIMIT_HEADERS, "Location"]),
        },
    }


def _picture_response() -> Schema:
    return {
        "200": {
            "description": "OK",
            "headers": header_refs(["X-Request-Id", *_CACHE_HEADERS]),
            "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}},
        }
    }


def _links(operation: Operation, all_operations: list[Operation]) -> Schema:
    """Links to the operations that take the id of what this operation creates."""
    if operation.key not in _LINK_SOURCES:
        return {}
    pointer, parameter = _LINK_SOURCES[operation.key]
    own_parameters = {to_camel(each.name) for each in operation.path_ids}
    links = {}
    for other in all_operations:
        names = [to_camel(each.name) for each in other.path_ids]
        further = {name for name in names if name != parameter}
        if parameter not in names or other.key == operation.key or not further <= own_parameters:
            continue
        links[other.operation_id] = {
            "operationId": other.operation_id,
            "parameters": {
                parameter: f"$response.body#{pointer}",
                **{name: f"$request.path.{name}" for name in further},
            },
        }
    return links
