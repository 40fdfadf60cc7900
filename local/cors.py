"""Plays an HTTP API's CORS: it answers preflights itself and puts its headers on every answer to a web origin."""

from collections.abc import Mapping
from typing import Any, Final

from local.http_events import Headers

_ANY: Final = "*"


class Cors:
    """``configuration`` is the template's CorsConfiguration; an empty one says nothing to anybody."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self._configuration = configuration

    def is_preflight(self, method: str, headers: Mapping[str, str]) -> bool:
        asked = "origin" in headers and "access-control-request-method" in headers
        return bool(self._configuration) and method == "OPTIONS" and asked

    def preflight_headers(self, origin: str) -> Headers:
        """None for an origin that is not allowed: its browser then blocks the call."""
        allowed = self.headers(origin)
        if not allowed:
            return ()
        return (
            *allowed,
            *self._listed("AllowMethods", "access-control-allow-methods"),
            *self._listed("AllowHeaders", "access-control-allow-headers"),
            ("access-control-max-age", str(self._configuration.get("MaxAge", 0))),
        )

    def headers(self, origin: str | None) -> Headers:
        """What an answer to this origin carries; nothing for a caller that is no web page."""
        origins = self._configuration.get("AllowOrigins", ())
        if origin is None or not {origin, _ANY} & set(origins):
            return ()
        if _ANY in origins:
            allowed: Headers = (("access-control-allow-origin", _ANY),)
        else:
            allowed = (("access-control-allow-origin", origin), ("vary", "Origin"))
        if self._configuration.get("AllowCredentials"):
            allowed += (("access-control-allow-credentials", "true"),)
        return (*allowed, *self._listed("ExposeHeaders", "access-control-expose-headers"))

    def _listed(self, name: str, header: str) -> Headers:
        values = self._configuration.get(name)
        return ((header, ",".join(values)),) if values else ()
