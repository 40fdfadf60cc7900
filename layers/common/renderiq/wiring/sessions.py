"""Sessions."""

from __future__ import annotations

from functools import cache

from renderiq.services.sessions import SessionService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.sessions import SessionStore
from renderiq.wiring.accounts import accounts
from renderiq.wiring.principals import principals
from renderiq.wiring.signing import signing_keys


@cache
def sessions() -> SessionStore:
    """Returns the store of sessions."""
    return SessionStore(client("dynamodb"), settings().sessions_table)


@cache
def session_service() -> SessionService:
    """Returns the service that refreshes and revokes sessions."""
    return SessionService(sessions(), accounts(), principals(), signing_keys)
