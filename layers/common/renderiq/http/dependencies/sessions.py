"""Parameters of the endpoints that refresh, list and end sessions."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf, PathId
from renderiq.models.auth import RefreshIn
from renderiq.services.sessions import SessionService
from renderiq.wiring.sessions import session_service

Sessions = Annotated[SessionService, Depends(session_service)]
SessionId = Annotated[str, Depends(PathId("session_id").read)]
RefreshBody = Annotated[RefreshIn, Depends(BodyOf(RefreshIn).read)]
