"""Passwords, which are stored in a Cognito user pool and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import jwt
from botocore.exceptions import ClientError

from renderiq.errors import ApiError, ErrorCode, invalid_field

_WRONG_CREDENTIALS: Final = {"NotAuthorizedException", "UserNotFoundException", "InvalidParameterException"}
_NO_CODE: Final = _WRONG_CREDENTIALS | {
    "UserNotConfirmedException",
    "CodeDeliveryFailureException",
    "LimitExceededException",
}
_WRONG_CODE: Final = _WRONG_CREDENTIALS | {
    "CodeMismatchException",
    "ExpiredCodeException",
    "LimitExceededException",
    "TooManyFailedAttemptsException",
    "UserNotConfirmedException",
}
_WEAK: Final = {"InvalidPasswordException", "PasswordHistoryPolicyViolationException"}
_OPERATORS: Final = "operators"
"""The group of the user pool whose users see the figures of everybody."""
_NEW_PASSWORD: Final = "NEW_PASSWORD_REQUIRED"  # noqa: S105 (the challenge's name)


@dataclass(frozen=True, slots=True)
class Identity:
    """A user of the pool."""

    user_id: str
    email: str
    name: str
    is_operator: bool = False


class UserPool:
    """The public operations of a Cognito user pool; they need no AWS credentials."""

    def __init__(self, client: Any, client_id: str) -> None:
        self._client = client
        self._client_id = client_id

    def sign_in(self, email: str, password: str, new_password: str | None = None) -> Identity:
        """Returns the user with this password. ``new_password`` replaces a temporary password.

        Raises ``INVALID_CREDENTIALS``, also for an unknown e-mail address; ``AUTH_FAILED`` with the challenge that
        Cognito asks for; and ``INVALID_INPUT`` if the user pool does not accept the new password.
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
        if response.get("ChallengeName") == _NEW_PASSWORD and new_password:
            response = self._replace_temporary_password(email, new_password, response)
        if "ChallengeName" in response:
            raise ApiError(ErrorCode.AUTH_FAILED, challenge=response["ChallengeName"])
        # The token comes directly from its issuer over TLS, so its signature need not be checked
        # (OpenID Connect Core 3.1.3.7, 6).
        claims = jwt.decode(response["AuthenticationResult"]["IdToken"], options={"verify_signature": False})
        address = claims.get("email", email)
        name = claims.get("name") or address.partition("@")[0]
        return Identity(claims["sub"], address, name, is_operator=_OPERATORS in claims.get("cognito:groups", ()))

    def send_reset_code(self, email: str) -> None:
        """Sends a code to the address, if it belongs to a user who may reset the password. Otherwise does nothing."""
        try:
            self._client.forgot_password(ClientId=self._client_id, Username=email)
        except ClientError as error:
            if _code(error) not in _NO_CODE:
                raise

    def reset_password(self, email: str, code: str, new_password: str) -> None:
        """Sets a new password. Raises ``INVALID_INPUT``, the same for a wrong code and for an unknown address."""
        try:
            self._client.confirm_forgot_password(
                ClientId=self._client_id, Username=email, ConfirmationCode=code, Password=new_password
            )
        except ClientError as error:
            if _code(error) in _WRONG_CODE:
                raise invalid_field("code", "is wrong or has expired") from error
            if _code(error) in _WEAK:
                raise _rejected_password() from error
            raise

    def _replace_temporary_password(self, email: str, new_password: str, challenge: Any) -> Any:
        # The user's name in the pool is an id. Cognito takes the address too, but documents only the name.
        username = challenge.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", email)
        try:
            return self._client.respond_to_auth_challenge(
                ClientId=self._client_id,
                ChallengeName=_NEW_PASSWORD,
                Session=challenge["Session"],
                ChallengeResponses={"USERNAME": username, "NEW_PASSWORD": new_password},
            )
        except ClientError as error:
            if _code(error) in _WEAK:
                raise _rejected_password() from error
            if _code(error) in _WRONG_CREDENTIALS:
                raise ApiError(ErrorCode.INVALID_CREDENTIALS) from error
            raise


class UserPoolAdmin:
    """The operations of a Cognito user pool that need credentials."""

    def __init__(self, client: Any, pool_id: str) -> None:
        self._client = client
        self._pool_id = pool_id

    def delete(self, user_id: str) -> None:
        """Deletes a user with the password. Does nothing if there is none."""
        try:
            self._client.admin_delete_user(UserPoolId=self._pool_id, Username=user_id)
        except ClientError as error:
            if _code(error) != "UserNotFoundException":
                raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def _rejected_password() -> ApiError:
    return invalid_field("newPassword", "is not accepted; choose another one")
