"""Requests and responses of the auth endpoints."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from renderiq.domain.credits import Account
from renderiq.models.credits import CreditsOut
from renderiq.models.passwords import EmailText, NewPassword
from renderiq.models.wire import SnakeModel, Timestamp
from renderiq.services.sessions import IssuedTokens


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


class UserOut(SnakeModel):
    """A user."""

    id: str
    email: str
    name: str


class MeOut(UserOut):
    """The signed-in user with its credits."""

    created_at: Timestamp
    credits: CreditsOut

    @classmethod
    def of(cls, account: Account) -> MeOut:
        """Returns the user whose account this is."""
        return cls(
            id=account.user_id,
            email=account.email,
            name=account.name,
            created_at=account.created_at,
            credits=CreditsOut.of(account),
        )


class MeAnswer(SnakeModel):
    """The signed-in user, twice: ``data`` repeats ``user``, because plugins in use read either."""

    success: Literal[True] = True
    user: MeOut
    data: MeOut

    @classmethod
    def of(cls, account: Account) -> MeAnswer:
        """Returns the response for the user whose account this is."""
        me = MeOut.of(account)
        return cls(user=me, data=me)


class SignedOutOut(SnakeModel):
    """The session has ended."""

    success: Literal[True] = True


class TokensOut(SnakeModel):
    """A pair of tokens and the user who signed in. The access token is valid until ``expires_at``."""

    success: Literal[True] = True
    access_token: str
    refresh_token: str
    expires_at: Timestamp
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the scheme's name)
    user: UserOut

    @classmethod
    def of(cls, tokens: IssuedTokens) -> TokensOut:
        """Returns the response for the issued tokens."""
        account = tokens.account
        return cls(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=tokens.expires_at,
            user=UserOut(id=account.user_id, email=account.email, name=account.name),
        )
