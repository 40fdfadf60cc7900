"""Parameters of the endpoints that refresh, list and end sessions."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import PathId
from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.sign_in import RefreshIn
from renderiq.services.sessions import SessionService
from renderiq.wiring.sessions import session_service

Sessions = Annotated[SessionService, Depends(session_service)]
SessionId = Annotated[str, Depends(PathId("session_id").read)]
RefreshBody = Annotated[RefreshIn, Depends(BodyOf(RefreshIn).read)]
