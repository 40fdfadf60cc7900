"""Parameters of the sign-in, refresh and sign-out endpoints."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf
from renderiq.models.auth import RefreshIn, SignInIn
from renderiq.services.sessions import SessionService, SignInService
from renderiq.wiring.sessions import session_service, sign_in_service

Sessions = Annotated[SessionService, Depends(session_service)]
SignIn = Annotated[SignInService, Depends(sign_in_service)]
SignInBody = Annotated[SignInIn, Depends(BodyOf(SignInIn).read)]
RefreshBody = Annotated[RefreshIn, Depends(BodyOf(RefreshIn).read)]
