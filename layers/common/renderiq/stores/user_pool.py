"""Sign-in with a Cognito user pool, which is the only place that stores passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import jwt
from botocore.exceptions import ClientError

from renderiq.errors import ApiError, ErrorCode

_WRONG_CREDENTIALS: Final = {"NotAuthorizedException", "UserNotFoundException", "InvalidParameterException"}


@dataclass(frozen=True, slots=True)
class Identity:
    """A user of the pool."""

    user_id: str
    email: str
    name: str


class UserPool:
    """Checks passwords."""

    def __init__(self, client: Any, client_id: str) -> None:
        self._client = client
        self._client_id = client_id

    def sign_in(self, email: str, password: str) -> Identity:
        """Returns the user with this password.

        Raises ``INVALID_CREDENTIALS``, also for an unknown e-mail address, or ``AUTH_FAILED`` with the challenge that
        Cognito asks for.
        """
        try:
            response = self._client.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        except ClientError as error:
            match error.response.get("Error", {}).get("Code"):
                case code if code in _WRONG_CREDENTIALS:
                    raise ApiError(ErrorCode.INVALID_CREDENTIALS) from error
                case "UserNotConfirmedException":
                    raise ApiError(ErrorCode.AUTH_FAILED, challenge="CONFIRM_EMAIL") from error
                case "PasswordResetRequiredException":
                    raise ApiError(ErrorCode.AUTH_FAILED, challenge="RESET_PASSWORD") from error
                case _:
                    raise
        if "ChallengeName" in response:
            raise ApiError(ErrorCode.AUTH_FAILED, challenge=response["ChallengeName"])
        # The token comes directly from its issuer over TLS, so its signature need not be checked
        # (OpenID Connect Core 3.1.3.7, 6).
        claims = jwt.decode(response["AuthenticationResult"]["IdToken"], options={"verify_signature": False})
        address = claims.get("email", email)
        return Identity(claims["sub"], address, claims.get("name") or address.partition("@")[0])
