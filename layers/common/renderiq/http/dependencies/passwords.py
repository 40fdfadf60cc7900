"""Parameters of the endpoints for forgotten passwords."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.passwords import ForgotPasswordIn, ResetPasswordIn
from renderiq.services.passwords import PasswordService
from renderiq.wiring.passwords import password_service

Passwords = Annotated[PasswordService, Depends(password_service)]
ForgotPasswordBody = Annotated[ForgotPasswordIn, Depends(BodyOf(ForgotPasswordIn).read)]
ResetPasswordBody = Annotated[ResetPasswordIn, Depends(BodyOf(ResetPasswordIn).read)]
