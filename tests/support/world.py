"""The former names of what is now in tests/support/{accounts,aws,functions,http,paths,...}.py."""

from __future__ import annotations

from admin.targets import Target
from tests.support.accounts import PASSWORD, User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.aws import aws_environment as world
from tests.support.aws import clear_caches as forget
from tests.support.clock import LEASE, clock_at
from tests.support.forms import multipart
from tests.support.functions import handler, sqs_event
from tests.support.functions import lambda_context as context
from tests.support.http import Response as Answer
from tests.support.http import call, event
from tests.support.paths import CAPTURE, ROOT
from tests.support.wiring import reconciliation_service

__all__ = [
    "CAPTURE",
    "LEASE",
    "PASSWORD",
    "ROOT",
    "Answer",
    "User",
    "World",
    "call",
    "clock_at",
    "context",
    "event",
    "forget",
    "handler",
    "multipart",
    "reconciliation_service",
    "sqs_event",
    "world",
]


class World(AwsEnvironment):
    """What the fixture ``here`` is."""

    def user(self, *, balance: int | None = None) -> User:
        return create_user(self, balance=balance)

    def balance(self, user: User) -> int:
        return balance_of(user)

    def add_project(self, user: User) -> str:
        return add_project(user)

    @property
    def place(self) -> Target:
        return self.target
