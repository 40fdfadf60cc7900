"""Emulates an HTTP API's CORS: responses to preflight requests, and headers of all other responses."""

from collections.abc import Mapping
from typing import Any, Final

from local.http_events import Headers

_ANY: Final = "*"


class Cors:
    """The CORS rules of the template's CorsConfiguration. An empty one allows no origin."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self._configuration = configuration

    def is_preflight(self, method: str, headers: Mapping[str, str]) -> bool:
        """Whether the API responds to the request itself, without a function."""
        is_cross_origin = "origin" in headers and "access-control-request-method" in headers
        return bool(self._configuration) and method == "OPTIONS" and is_cross_origin

    def preflight_headers(self, origin: str) -> Headers:
        """The headers of a response to a preflight request; none if the origin is not allowed."""
        allowed = self.headers(origin)
        if not allowed:
            return ()
        return (
            *allowed,
            *self._list_header("AllowMethods", "access-control-allow-methods"),
            *self._list_header("AllowHeaders", "access-control-allow-headers"),
            ("access-control-max-age", str(self._configuration.get("MaxAge", 0))),
        )

    def headers(self, origin: str | None) -> Headers:
        """The headers of a response to ``origin``; none if it is not allowed, or None."""
        origins = self._configuration.get("AllowOrigins", ())
        if origin is None or not {origin, _ANY} & set(origins):
            return ()
        if _ANY in origins:
            allowed: Headers = (("access-control-allow-origin", _ANY),)
        else:
            allowed = (("access-control-allow-origin", origin), ("vary", "Origin"))
        if self._configuration.get("AllowCredentials"):
            allowed += (("access-control-allow-credentials", "true"),)
        return (*allowed, *self._list_header("ExposeHeaders", "access-control-expose-headers"))

    def _list_header(self, name: str, header: str) -> Headers:
        values = self._configuration.get(name)
        return ((header, ",".join(values)),) if values else ()
