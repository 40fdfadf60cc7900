"""Passwords, which live in a Cognito user pool and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import jwt
from botocore.exceptions import ClientError

from renderiq.errors import ApiError, ErrorCode

_WRONG: Final = {"NotAuthorizedException", "UserNotFoundException", "InvalidParameterException"}


@dataclass(frozen=True, slots=True)
class Identity:
    user_id: str
    email: str
    name: str


class UserPool:
    def __init__(self, client: Any, client_id: str) -> None:
        self._client = client
        self._client_id = client_id

    def sign_in(self, email: str, password: str) -> Identity:
        """Raises ``INVALID_CREDENTIALS``, the same for an unknown address, or ``AUTH_FAILED`` for a challenge."""
        try:
            answer = self._client.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        except ClientError as error:
            match error.response.get("Error", {}).get("Code"):
                case code if code in _WRONG:
                    raise ApiError(ErrorCode.INVALID_CREDENTIALS) from error
                case "UserNotConfirmedException":
                    raise ApiError(ErrorCode.AUTH_FAILED, challenge="CONFIRM_EMAIL") from error
                case "PasswordResetRequiredException":
                    raise ApiError(ErrorCode.AUTH_FAILED, challenge="RESET_PASSWORD") from error
                case _:
                    raise
        if "ChallengeName" in answer:
            raise ApiError(ErrorCode.AUTH_FAILED, challenge=answer["ChallengeName"])
        # Straight from the issuer over TLS, so its signature proves nothing more (OpenID Connect Core 3.1.3.7, 6).
        claims = jwt.decode(answer["AuthenticationResult"]["IdToken"], options={"verify_signature": False})
        address = claims.get("email", email)
        return Identity(claims["sub"], address, claims.get("name") or address.partition("@")[0])
