"""Parameters of the endpoint that Prometheus scrapes."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.services.usage import UsageService
from renderiq.wiring.usage import usage_service


def accepts_openmetrics(request: Request) -> bool:
    """Returns whether the client asks for OpenMetrics."""
    return "application/openmetrics-text" in request.headers.get("accept", "").lower()


Figures = Annotated[UsageService, Depends(usage_service)]
AcceptsOpenMetrics = Annotated[bool, Depends(accepts_openmetrics)]
