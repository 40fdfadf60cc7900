"""An HTTP request as API Gateway sends it (payload format 2.0 of HTTP APIs)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from renderiq.http import paths

if TYPE_CHECKING:
    from renderiq.http.guards import RequestContext

Event = dict[str, Any]


class Request:
    """One request. Names of headers are in lower case.

    ``path`` is below the base path, without a stage or another prefix. ``method`` is GET for HEAD. ``context`` is what
    the guard returned, and ``annotations`` are facts for the log line and the metrics.
    """

    __slots__ = ("_context", "annotations", "event", "headers", "id", "is_head", "method", "path", "path_parameters")

    def __init__(self, event: Mapping[str, Any]) -> None:
        http = event["requestContext"]["http"]
        self.event = event
        self.id: str = event["requestContext"]["requestId"]
        self.headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        self.is_head = http["method"] == "HEAD"
        self.method: str = "GET" if self.is_head else http["method"].upper()
        self.path = paths.route_path(event["rawPath"])
        self.path_parameters: Mapping[str, str] = {}
        self.annotations: dict[str, str] = {}
        self._context: RequestContext | None = None

    @property
    def address(self) -> str:
        """The IP address of the peer that API Gateway saw."""
        address: str = self.event["requestContext"]["http"]["sourceIp"]
        return address

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the query string. API Gateway joins the values of a repeated name with commas."""
        return self.event.get("queryStringParameters") or {}

    @property
    def body(self) -> str:
        """The body: text, or base64 if ``is_base64``."""
        return self.event.get("body") or ""

    @property
    def is_base64(self) -> bool:
        """Whether the body is encoded in base64."""
        return bool(self.event.get("isBase64Encoded"))

    @property
    def context(self) -> RequestContext:
        """What the guard knows about the request. Raises RuntimeError before the guard has run."""
        if self._context is None:
            raise RuntimeError("the guard has not run")
        return self._context

    @context.setter
    def context(self, context: RequestContext) -> None:
        self._context = context
