"""Detecting the host application and the version of the calling plugin.

Both come from headers that anybody can forge, so they serve rate limits and metrics, and never permissions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Platform(StrEnum):
    """The host application of a plugin."""

    SKETCHUP = "sketchup"
    REVIT = "revit"
    AUTOCAD = "autocad"
    RHINO = "rhino"
    ARCHICAD = "archicad"
    BLENDER = "blender"
    FREECAD = "freecad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Client:
    """The calling plugin. ``agent`` is its raw User-Agent, at most 256 characters."""

    platform: Platform = Platform.UNKNOWN
    plugin_version: str | None = None
    agent: str = ""


_KNOWN: Final = "|".join(platform for platform in Platform if platform is not Platform.UNKNOWN)
_PLATFORM: Final = re.compile(rf"(?<![a-z])({_KNOWN})(?![a-z])", re.IGNORECASE)
_VERSION: Final = re.compile(
    rf"Renderiq-(?:Plugin/(?:{_KNOWN})|(?:{_KNOWN})-Plugin)/([0-9A-Za-z.+-]{{1,32}})", re.IGNORECASE
)
_PLAIN_VERSION: Final = re.compile(r"[0-9A-Za-z.+-]{1,32}")


def detect(headers: Mapping[str, str]) -> Client:
    """Reads ``X-Renderiq-Platform``, or ``User-Agent`` if that is missing or unknown.

    Header names must be in lower case, as API Gateway sends them.
    """
    agent = headers.get("user-agent", "")[:256]
    named = headers.get("x-renderiq-platform", "").strip().lower()
    if named in set(Platform):
        platform = Platform(named)
    else:
        found = _PLATFORM.search(agent)
        platform = Platform(found[1].lower()) if found else Platform.UNKNOWN
    return Client(platform, _version(headers, agent), agent)


def _version(headers: Mapping[str, str], agent: str) -> str | None:
    named = headers.get("x-renderiq-plugin-version", "").strip()
    if _PLAIN_VERSION.fullmatch(named):
        return named
    found = _VERSION.search(agent)
    return found[1] if found else None
