"""Users of the local user pool. The API creates a user's account at the first sign-in."""

import contextlib
from dataclasses import dataclass
from typing import Final

from local.aws import client


@dataclass(frozen=True, slots=True)
class User:
    """The attributes and the password of a user."""

    email: str
    password: str
    name: str
    group: str = ""


DEMO_USER: Final = User("demo@example.com", "Renderiq-demo-1", "Demo User")
"""Exists in every local stack, with the 1,000 credits of its parameter WelcomeCredits."""


OPERATOR: Final = User("operator@example.com", "Renderiq-operator-1", "Operator", group="operators")
"""Exists in every local stack. It sees the figures of all users."""


def ensure_user(user: User, user_pool_id: str, endpoint_url: str) -> None:
    """Create the user or set its password. A user that exists keeps its id."""
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
    if user.group:
        cognito.admin_add_user_to_group(**names, GroupName=user.group)
