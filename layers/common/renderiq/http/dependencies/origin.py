"""The parameter that holds the public address of this API."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.wiring.base import configuration


def origin(request: Request) -> str:
    """Returns scheme and host of this API as configured, else as API Gateway names them; never the Host header."""
    configured = configuration().public_url
    if configured:
        return configured.rstrip("/")
    return f"https://{request.resolved_event.raw_event['requestContext']['domainName']}"


PublicOrigin = Annotated[str, Depends(origin)]
