"""Parameters of the sign-in endpoint."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf
from renderiq.models.auth import SignInIn
from renderiq.services.sessions import SignInService
from renderiq.wiring.sign_in import sign_in_service

SignIn = Annotated[SignInService, Depends(sign_in_service)]
SignInBody = Annotated[SignInIn, Depends(BodyOf(SignInIn).read)]
