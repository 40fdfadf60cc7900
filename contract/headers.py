"""The headers of requests and responses that operations share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from contract.schemas import Schema

RATE_LIMIT_HEADERS: Final = (
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "RateLimit-Policy",
    "RateLimit",
)
HEADERS: Final[dict[str, Schema]] = {
    "X-Request-Id": {
        "description": "The id of the request. Quote it when you report a problem.",
        "schema": {"type": "string"},
    },
    "X-RateLimit-Limit": {
        "description": "The number of requests that are allowed per minute.",
        "schema": {"type": "integer"},
    },
    "X-RateLimit-Remaining": {
        "description": "The number of requests that are left in the current window.",
        "schema": {"type": "integer"},
    },
    "X-RateLimit-Reset": {
        "description": "When all requests are available again, in seconds since the Unix epoch.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Policy": {
        "description": "The limit, as in draft-ietf-httpapi-ratelimit-headers.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "The requests that are left, as in draft-ietf-httpapi-ratelimit-headers.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "How long to wait before the next request, in seconds.",
        "schema": {"type": "integer"},
    },
    "Preference-Applied": {
        "description": "The seconds for which the response would have waited, as `wait=20`. Absent if it may not wait.",
        "schema": {"type": "string"},
    },
    "X-Next-Cursor": {
        "description": "The cursor of the next page, if the response is JSON lines. Absent on the last page.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "The version of the response, for If-None-Match.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long caches may keep the response.", "schema": {"type": "string"}},
    "Location": {"description": "The URL of the image.", "schema": {"type": "string", "format": "uri"}},
    "WWW-Authenticate": {"description": "The authentication scheme to use.", "schema": {"type": "string"}},
}
"""The headers of responses, by name."""
PLATFORM_HEADERS: Final[dict[str, Schema]] = {
    "Platform": {
        "name": "X-Renderiq-Platform",
        "in": "header",
        "required": False,
        "description": "The host application of the plugin, in any case.",
        "schema": {"type": "string"},
        "example": "sketchup",
    },
    "PluginVersion": {
        "name": "X-Renderiq-Plugin-Version",
        "in": "header",
        "required": False,
        "description": "The version of the plugin.",
        "schema": {"type": "string"},
        "example": "1.0.0",
    },
}
"""The headers that every request may have, by the name of their component."""
ORGANIZATION_HEADER: Final[dict[str, Schema]] = {
    "Organization": {
        "name": "X-Renderiq-Organization",
        "in": "header",
        "required": False,
        "description": "The organization for which the request acts. The caller must be a member of it.",
        "schema": {"type": "string", "format": "uuid"},
    },
}
"""The header that every request of an authenticated caller may have, by the name of its component."""


def header_refs(names: Iterable[str]) -> Schema:
    """Returns references to headers of responses, by name."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def parameter_ref(name: str) -> Schema:
    """Returns a reference to one of ``PLATFORM_HEADERS`` or to ``ORGANIZATION_HEADER``."""
    return {"$ref": f"#/components/parameters/{name}"}
