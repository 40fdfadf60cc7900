"""Parameters of the sign-in endpoint."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.sign_in import SignInIn
from renderiq.services.sessions import SignInService
from renderiq.wiring.sign_in import sign_in_service

SignIn = Annotated[SignInService, Depends(sign_in_service)]
SignInBody = Annotated[SignInIn, Depends(BodyOf(SignInIn).read)]
