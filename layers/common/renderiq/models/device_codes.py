"""Requests and responses of the sign-in of devices, with the names of RFC 8628."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from renderiq.domain.device_codes import DEVICE_CODE_TTL, GRANT_TYPE, POLL_INTERVAL, show_user_code
from renderiq.models.auth import TokensOut
from renderiq.models.passwords import EmailText, NewPassword
from renderiq.models.responses import described
from renderiq.models.wire import Choice, PrintableText, SnakeModel
from renderiq.services.device_codes import IssuedCodes
from renderiq.services.sessions import IssuedTokens
from renderiq.tokens import ACCESS_TOKEN_TTL

_ClientId = Annotated[PrintableText, Field(max_length=128, description="Accepted because OAuth libraries send it.")]


class DeviceCodeIn(SnakeModel):
    """A device that wants to sign in."""

    client_id: _ClientId = ""


class DeviceCodeOut(SnakeModel):
    """The codes of a sign-in. Show `user_code` and `verification_uri`, and keep `device_code` to yourself."""

    success: Literal[True] = True
    device_code: str
    user_code: str = Field(description="Eight consonants, as `WDJB-MJHT`.")
    verification_uri: str = Field(json_schema_extra={"format": "uri"})
    verification_uri_complete: str = Field(
        description="The same with the code, for a button or a QR code.", json_schema_extra={"format": "uri"}
    )
    expires_in: int = Field(description="In seconds.")
    interval: int = Field(description="How long to wait between two requests for the tokens, in seconds.")

    @classmethod
    def of(cls, codes: IssuedCodes, *, page: str) -> DeviceCodeOut:
        """Returns the response for new codes. ``page`` is the URL at which the user approves them."""
        shown = show_user_code(codes.user_code)
        return cls(
            device_code=codes.device_code,
            user_code=shown,
            verification_uri=page,
            verification_uri_complete=f"{page}?user_code={shown}",
            expires_in=int(DEVICE_CODE_TTL.total_seconds()),
            interval=int(POLL_INTERVAL.total_seconds()),
        )


class DeviceTokenIn(SnakeModel):
    """A device code to exchange."""

    grant_type: str = Field(max_length=128, description=f"`{GRANT_TYPE}`.")
    device_code: str = Field(min_length=1, max_length=256)
    client_id: _ClientId = ""


class DeviceTokensOut(TokensOut, snake_case=True):
    """The tokens of the new session, as sign-in returns them."""

    expires_in: int = described("The seconds for which the access token is valid.")

    @classmethod
    def of(cls, tokens: IssuedTokens) -> DeviceTokensOut:
        """Returns the response for the issued tokens."""
        issued = TokensOut.of(tokens)
        return cls(expires_in=int(ACCESS_TOKEN_TTL.total_seconds()), **vars(issued))


class DevicePageIn(SnakeModel):
    """The fields of the page's forms: a code and credentials, or a decision."""

    user_code: str = Field("", max_length=64)
    email: EmailText | None = None
    password: str = Field("", max_length=256)
    new_password: NewPassword | None = None
    approval: str = Field("", max_length=1024)
    decision: Annotated[Literal["approve", "deny"], Choice] | None = None


class DevicePageQuery(SnakeModel):
    """The query of the page's address."""

    user_code: str = Field("", max_length=64)
