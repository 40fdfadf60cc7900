"""The parameter that holds the public address of this API."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.paths import prefix_of
from renderiq.wiring.base import configuration


def origin(request: Request) -> str:
    """Returns what is in front of the base path: the configured URL, else scheme, host and stage of API Gateway.

    It never comes from the Host header.
    """
    configured = configuration().public_url
    if configured:
        return configured.rstrip("/")
    event = request.resolved_event.raw_event
    return f"https://{event['requestContext']['domainName']}{prefix_of(event)}"


PublicOrigin = Annotated[str, Depends(origin)]
