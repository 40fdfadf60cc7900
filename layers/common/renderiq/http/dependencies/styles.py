"""Parameters of the style endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from renderiq.domain.access import Permission
from renderiq.http.dependencies.base import request_context
from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.guards import Principal
from renderiq.http.paths import BASE_PATH
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.models.styles import StyleIn
from renderiq.services.style_choice import StyleChoice
from renderiq.services.styles import OwnStyleService
from renderiq.wiring.public_url import public_url
from renderiq.wiring.style_choice import style_choice
from renderiq.wiring.styles import own_style_service


def reader(request: Request) -> Principal | None:
    """Returns the caller, or None if the request reads what is the same for all users.

    Raises ``INSUFFICIENT_PERMISSIONS`` if the caller's credentials do not allow to read renders.
    """
    caller = request_context(request).principal
    if caller:
        caller.require(Permission.READ_RENDERS)
    return caller


def cover_url() -> Callable[[str], str]:
    """Returns the function that makes the URL of a cover from a ``styleId``."""
    base = f"{public_url()}{BASE_PATH}/styles"
    return lambda style_id: f"{base}/{style_id}/cover"


OwnStyles = Annotated[OwnStyleService, Depends(own_style_service)]
Library = Annotated[StyleChoice, Depends(style_choice)]
Reader = Annotated[Principal | None, Depends(reader)]
CoverUrl = Annotated[Callable[[str], str], Depends(cover_url)]
StyleBody = Annotated[StyleIn, Depends(BodyOf(StyleIn).read)]
