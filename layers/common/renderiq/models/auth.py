"""Responses of the auth endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from renderiq.domain.credits import Account
from renderiq.models.credits import CreditsOut
from renderiq.models.responses import ResponseModel
from renderiq.services.sessions import IssuedTokens


class UserOut(ResponseModel, snake_case=True):
    """A user."""

    id: str
    email: str
    name: str


class MeOut(UserOut, snake_case=True):
    """The signed-in user with its credits."""

    created_at: datetime
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


class MeAnswer(ResponseModel, snake_case=True):
    """The signed-in user, twice: ``data`` repeats ``user``, because plugins in use read either."""

    success: Literal[True] = True
    user: MeOut
    data: MeOut

    @classmethod
    def of(cls, account: Account) -> MeAnswer:
        """Returns the response for the user whose account this is."""
        me = MeOut.of(account)
        return cls(user=me, data=me)


class SignedOutOut(ResponseModel, snake_case=True):
    """The session has ended."""

    success: Literal[True] = True


class TokensOut(ResponseModel, snake_case=True):
    """A pair of tokens and the user who signed in. The access token is valid until ``expires_at``."""

    success: Literal[True] = True
    access_token: str
    refresh_token: str
    expires_at: datetime
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
