"""The parameters that say who acts."""

from __future__ import annotations

from typing import Annotated

from renderiq.domain.organizations import Actor
from renderiq.http.dependencies.base import principal, request_context
from renderiq.http.request import Request
from renderiq.http.routing import Depends


def acting(request: Request) -> Actor:
    """Returns who acts, and the IP address that API Gateway saw, for an audit log."""
    return Actor(principal(request).user_id, request_context(request).address)


def organization_actor(request: Request) -> Actor | None:
    """Returns who acts for an organisation. None if the request is for the user alone."""
    return acting(request) if principal(request).membership else None


Acting = Annotated[Actor, Depends(acting)]
ForOrganization = Annotated[Actor | None, Depends(organization_actor)]
