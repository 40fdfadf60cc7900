"""Parameters of the endpoints for forgotten passwords."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf
from renderiq.models.passwords import ForgotPasswordIn, ResetPasswordIn
from renderiq.services.passwords import PasswordService
from renderiq.wiring.passwords import password_service

Passwords = Annotated[PasswordService, Depends(password_service)]
ForgotPasswordBody = Annotated[ForgotPasswordIn, Depends(BodyOf(ForgotPasswordIn).read)]
ResetPasswordBody = Annotated[ResetPasswordIn, Depends(BodyOf(ResetPasswordIn).read)]
