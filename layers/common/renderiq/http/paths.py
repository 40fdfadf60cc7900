"""Paths of requests: what may be in front of the base path, and what ends with a slash, is the same path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

BASE_PATH: Final = "/api/plugins"
_SLASHES: Final = re.compile("/{2,}")
_PATH: Final = re.compile(rf"((?:/[^/]+)*?){BASE_PATH}(/.*)?", re.DOTALL)


def canonical(path: str) -> str:
    """Returns the path without a slash at its end and without empty segments."""
    return _SLASHES.sub("/", path).rstrip("/") or "/"


def prefix_of(event: Mapping[str, Any]) -> str:
    """Returns what is in front of the base path: a stage, or a custom domain's base path such as ``/v1``."""
    match = _PATH.fullmatch(canonical(event["requestContext"]["http"]["path"]))
    return match[1] if match else ""


def normalise(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the event with the path that routes have, and with GET for HEAD.

    Powertools itself removes the name of a stage by its length, also if a custom domain has another prefix. The
    original path and method stay in ``requestContext.http`` of the given event.
    """
    context = event["requestContext"]
    http = context["http"]
    match = _PATH.fullmatch(canonical(event["rawPath"]))
    path = BASE_PATH + (match[2] or "") if match else event["rawPath"]
    method = "GET" if http["method"] == "HEAD" else http["method"]
    if (path, method, context.get("stage")) == (event["rawPath"], http["method"], "$default"):
        return event
    context = {**context, "stage": "$default", "http": {**http, "method": method}}
    return {**event, "rawPath": path, "requestContext": context}
