"""Assembles the OpenAPI document."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from contract.error_responses import error_example_components, error_response_components
from contract.events import EventOut, webhook_operation
from contract.headers import HEADERS, ORGANIZATION_HEADER, PLATFORM_HEADERS
from contract.operations import operation_object
from contract.routes import operations
from contract.schemas import Schema, components
from renderiq import __version__
from renderiq.domain.webhooks import Event
from renderiq.http.paths import BASE_PATH

_INTRODUCTION: Final = Path(__file__).with_name("introduction.md")
_TAGS: Final = {
    "auth": "Sign in with a password or by a code in a browser, refresh tokens, sign out, list sessions, reset a "
    "forgotten password.",
    "renders": "Send a viewport capture and get a rendered image.",
    "styles": "The looks of renders, in versions that never change, and styles of your own.",
    "uploads": "Send files that are too large for a request, in parts that can be resumed.",
    "projects": "Groups of renders.",
    "files": "Images, by the links that other responses contain.",
    "credits": "The balance of an account and its transactions.",
    "analytics": "What happened by hour and by day: renders, credits, deliveries and uploads.",
    "settings": "The preferences of a user, which all plugins share.",
    "keys": "API keys for scripts and servers. They can be managed only with an access token, not with an API key.",
    "organizations": "Share projects, renders and credits with the members of an office.",
    "invitations": "Become a member of an organization.",
    "webhooks": "Receive events instead of polling.",
    "events": "The requests that webhooks and callback URLs receive.",
    "account": "Deletion and export of everything that is stored of a user.",
    "consents": "What a user is asked to agree to, in words that a plugin shows, and what the user answered.",
    "capabilities": "What this API offers, for the dialog of a plugin.",
    "health": "The state of the API.",
}
_SECURITY_SCHEMES: Final[Schema] = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "From `POST /auth/signin`. It is valid for an hour and has every scope. Only an operator's "
        "has `metrics:read`.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "From `POST /keys`. It has the scopes that it was created with.",
    },
}


def document() -> Schema:
    """Returns the contract as OpenAPI 3.1.

    Raises ``ValueError`` for a route without a docstring and ``KeyError`` for a model without an example.
    """
    all_operations = operations()
    paths: dict[str, Schema] = {}
    for operation in all_operations:
        method = operation.method.lower()
        paths.setdefault(operation.path, {})[method] = operation_object(operation, all_operations)
    bodies = [each.body for each in all_operations if each.body]
    responses = [response for each in all_operations for response in each.responses]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Renderiq plugin API",
            "version": __version__,
            "description": _INTRODUCTION.read_text(encoding="utf-8"),
            "contact": {"name": "Renderiq"},
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": BASE_PATH}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "webhooks": {event.value: {"post": webhook_operation(event)} for event in Event},
        "components": {
            "schemas": dict(sorted(components(bodies, responses, [EventOut]).items())),
            "responses": error_response_components(all_operations),
            "examples": error_example_components(all_operations),
            "headers": HEADERS,
            "parameters": {**PLATFORM_HEADERS, **ORGANIZATION_HEADER},
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }
