"""Users with a session, their credits and their projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from renderiq.consent_texts import newest_text
from renderiq.domain.consents import ConsentName
from renderiq.domain.projects import Project
from renderiq.ids import uuid7
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import wiring
from tests.support.aws import AwsEnvironment
from tests.support.leaks import THIS_RUN

PASSWORD: Final = "Correct-horse-1"


@dataclass(frozen=True)
class User:
    """A user who has signed in."""

    user_id: str
    email: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}"}


def create_user(aws: AwsEnvironment, *, balance: int | None = None, operator: bool = False) -> User:
    """Creates a user and signs in. ``balance`` replaces the welcome credits. ``operator`` adds it to the group."""
    email = f"{uuid4()}@example.com"
    add_to_user_pool(aws, email)
    if operator:
        aws.client("cognito-idp").admin_add_user_to_group(
            UserPoolId=aws.resources["UserPool"].ref, Username=email, GroupName="operators"
        )
    # By the service and not by HTTP: the API limits sign-ins per address, and tests create many users at one address.
    now = wiring.time_source()()
    tokens = wiring.sign_in_service().sign_in(email, PASSWORD, platform="unknown", now=now)
    user = User(tokens.account.user_id, email, tokens.access_token, tokens.refresh_token)
    THIS_RUN.keep(PASSWORD, email, user.access_token, user.refresh_token)
    if balance is not None:
        set_balance(aws, user, balance)
    return user


def add_to_user_pool(aws: AwsEnvironment, email: str, password: str = PASSWORD) -> None:
    """Adds a user named Ada, with ``PASSWORD``, to Cognito's pool. The API has no account for it before a sign-in."""
    pool = {"UserPoolId": aws.resources["UserPool"].ref, "Username": email}
    aws.client("cognito-idp").admin_create_user(
        **pool,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "name", "Value": "Ada"},
        ],
    )
    aws.client("cognito-idp").admin_set_user_password(**pool, Password=password, Permanent=True)


def set_balance(aws: AwsEnvironment, user: User, balance: int) -> None:
    """Writes a balance into the account without a ledger entry."""
    aws.client("dynamodb").update_item(
        TableName=settings().accounts_table,
        Key=to_attributes({"userId": user.user_id}),
        UpdateExpression="SET balance = :balance",
        ExpressionAttributeValues=to_attributes({":balance": balance}),
    )


def answer_consents(user: User, *names: ConsentName, granted: bool = True) -> None:
    """Agrees to the newest texts, to all of them if none is named. ``granted=False`` withdraws."""
    for name in names or ConsentName:
        wiring.consent_answers().answer(
            user.user_id, name, version=newest_text(name).version, granted=granted, now=wiring.time_source()()
        )


def balance_of(user: User) -> int:
    """Returns the credits of an account."""
    return wiring.accounts().get(user.user_id, wiring.time_source()()).balance


def add_project(user: User) -> str:
    """Adds a project and returns its id."""
    now = wiring.time_source()()
    project_id = uuid7()
    wiring.projects().add(
        Project(project_id, user.user_id, "Villa", f"villa-{project_id}", "", "unknown", created_at=now, updated_at=now)
    )
    return project_id
