"""Requests of the sign-in and the refresh endpoint."""

from __future__ import annotations

from pydantic import Field

from renderiq.models.passwords import EmailText, NewPassword
from renderiq.models.wire import SnakeModel


class SignInIn(SnakeModel):
    """The credentials of a user."""

    email: EmailText
    password: str = Field(min_length=1, max_length=256)
    new_password: NewPassword | None = Field(
        default=None,
        alias="newPassword",
        description="A password to replace a temporary one. Needed if `details.challenge` is `NEW_PASSWORD_REQUIRED`.",
    )


class RefreshIn(SnakeModel):
    """The refresh token to exchange."""

    refresh_token: str = Field(min_length=1, max_length=256)
