"""E-mail addresses, passwords, and requests to reset a forgotten password."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from renderiq.models.wire import SnakeModel

MIN_PASSWORD_LENGTH: Final = 12
_NEEDED: Final = ("[a-z]", "[A-Z]", "[0-9]")

EmailText = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]


def _check_password(text: str) -> str:
    # The policy of the user pool (template.yaml). Checked here, because Cognito would check it for its own users only.
    if not all(re.search(each, text) for each in _NEEDED):
        raise ValueError("must have a lower-case letter, an upper-case letter and a digit")
    if text != text.strip():
        raise ValueError("may not begin or end with a blank")
    return text


NewPassword = Annotated[str, Field(min_length=MIN_PASSWORD_LENGTH, max_length=256), AfterValidator(_check_password)]
"""A password that the user pool accepts."""


class ForgotPasswordIn(SnakeModel):
    """The address of a user who has forgotten the password."""

    email: EmailText


class ResetPasswordIn(SnakeModel):
    """The code that was sent to the address, and the new password."""

    email: EmailText
    code: str = Field(min_length=1, max_length=64, description="The code from the e-mail.")
    new_password: NewPassword = Field(alias="newPassword")


class PasswordResetRequestedOut(SnakeModel):
    """A code was sent if the address belongs to a user."""

    success: Literal[True] = True


class PasswordResetOut(SnakeModel):
    """The password was changed, and all sessions of the user have ended."""

    success: Literal[True] = True
