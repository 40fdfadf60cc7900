"""Users of the local user pool. Their accounts are made by the API when they first sign in."""

import contextlib
from dataclasses import dataclass
from typing import Final

from local.aws import client


@dataclass(frozen=True, slots=True)
class User:
    email: str
    password: str
    name: str


DEMO_USER: Final = User("demo@example.com", "Renderiq-demo-1", "Demo User")
"""Always there; the local stack's WelcomeCredits make its credits 1,000."""


def ensure_user(user: User, user_pool_id: str, endpoint_url: str) -> None:
    """The user can sign in with this password; one that exists keeps its id."""
    cognito = client("cognito-idp", endpoint_url)
    names = {"UserPoolId": user_pool_id, "Username": user.email}
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            **names,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": user.email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "name", "Value": user.name},
            ],
        )
    cognito.admin_set_user_password(**names, Password=user.password, Permanent=True)
