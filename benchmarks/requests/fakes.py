"""Replaces the stores of GET /credits by values, so that a warm request is measured without calls to AWS."""

from datetime import datetime
from typing import Any

from renderiq.domain.credits import Account
from renderiq.domain.rate_limits import RateLimitStatus
from renderiq.services.accounts import AccountService
from renderiq.stores.principals import Admission
from renderiq.tokens import SigningKeys
from renderiq.wiring.accounts import account_service
from renderiq.wiring.principals import principals
from renderiq.wiring.secrets import secrets

VERSION = "11111111-2222-4333-8444-555555555555"


class Principals:
    """Admits every request; ``room`` is how many are left."""

    def __init__(self, room: int) -> None:
        self._room = room

    def admit(self, _principal: str, limit: int, now: datetime) -> Admission:
        """Returns the same status for every request."""
        status = RateLimitStatus(limit, self._room, int(now.timestamp()) + 60, 0 if self._room else 60)
        return Admission(self._room > 0, status, frozenset())


class Secrets:
    """Has one signing key."""

    def signing_keys(self, *_: str, **__: str | None) -> SigningKeys:
        """Returns the key."""
        return SigningKeys(VERSION, {VERSION: "s" * 64})


class Accounts:
    """Has one account."""

    def get(self, user_id: str, now: datetime) -> Account:
        """Returns the account."""
        return Account(user_id, "a@example.com", "Ada", now, 100, 100, 0, 100, 0)


def install(app: Any, *, room: int) -> None:
    """Puts the fakes in the place of the function's stores."""
    made = {principals: Principals(room), secrets: Secrets(), account_service: AccountService(Accounts())}  # type: ignore[arg-type]
    for dependency, fake in made.items():
        app.lambda_handler.app.dependency_overrides[dependency] = lambda fake=fake: fake
