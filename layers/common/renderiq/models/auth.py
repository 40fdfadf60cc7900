"""Bodies of the auth endpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from renderiq.domain.credits import Account
from renderiq.models.wire import Moment, SnakeModel
from renderiq.services.sessions import IssuedTokens

EmailText = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]


class SignInIn(SnakeModel):
    email: EmailText
    password: str = Field(min_length=1, max_length=256)


class RefreshIn(SnakeModel):
    refresh_token: str = Field(min_length=1, max_length=256)


class UserOut(SnakeModel):
    id: str
    email: str
    name: str


class MeOut(UserOut):
    created_at: Moment
    credits: int

    @classmethod
    def of(cls, account: Account) -> MeOut:
        return cls(
            id=account.user_id,
            email=account.email,
            name=account.name,
            created_at=account.created_at,
            credits=account.balance,
        )


class MeAnswer(SnakeModel):
    """``data`` repeats ``user``: shipped plugins read either."""

    success: Literal[True] = True
    user: MeOut
    data: MeOut

    @classmethod
    def of(cls, account: Account) -> MeAnswer:
        me = MeOut.of(account)
        return cls(user=me, data=me)


class SignedOutOut(SnakeModel):
    success: Literal[True] = True


class TokensOut(SnakeModel):
    success: Literal[True] = True
    access_token: str
    refresh_token: str
    expires_at: Moment
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the scheme's name)
    user: UserOut

    @classmethod
    def of(cls, signed_in: IssuedTokens) -> TokensOut:
        account = signed_in.account
        return cls(
            access_token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            expires_at=signed_in.expires_at,
            user=UserOut(id=account.user_id, email=account.email, name=account.name),
        )
