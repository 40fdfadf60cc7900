"""Paths of requests: what may be in front of the base path, and what ends with a slash, is the same path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

BASE_PATH: Final = "/api/plugins"


def canonical(path: str) -> str:
    """Returns the path without a slash at its end and without empty segments."""
    while "//" in path:
        path = path.replace("//", "/")
    return path.rstrip("/") or "/"


def prefix_of(event: Mapping[str, Any]) -> str:
    """Returns what is in front of the base path: a stage, or a custom domain's base path such as ``/v1``."""
    return _split(event["requestContext"]["http"]["path"])[0]


def route_path(path: str) -> str:
    """Returns the path as routes have it: what is behind the base path, or the path itself if it has no base path."""
    _, below = _split(path)
    return path if below is None else below or "/"


def _split(path: str) -> tuple[str, str | None]:
    """Returns what is in front of the base path and what is behind it, which is None if there is no base path."""
    path = canonical(path)
    if path.startswith(BASE_PATH) and path[len(BASE_PATH) :][:1] in ("/", ""):
        return "", path[len(BASE_PATH) :]
    match = _prefixed().fullmatch(path)
    return (match[1], match[2] or "") if match else ("", None)


@cache
def _prefixed() -> re.Pattern[str]:
    return re.compile(rf"((?:/[^/]+)*?){BASE_PATH}(/.*)?", re.DOTALL)
