"""Sign-in and sessions."""

from __future__ import annotations

from functools import cache

from renderiq.services.sessions import SessionService, SignInService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.sessions import SessionStore
from renderiq.stores.user_pool import UserPool
from renderiq.wiring.accounts import accounts
from renderiq.wiring.principals import principals
from renderiq.wiring.secrets import signing_keys


@cache
def sessions() -> SessionStore:
    """Returns the store of sessions."""
    return SessionStore(client("dynamodb"), settings().sessions_table)


@cache
def user_pool() -> UserPool:
    """Returns the Cognito user pool."""
    return UserPool(client("cognito-idp"), settings().user_pool_client_id)


@cache
def session_service() -> SessionService:
    """Returns the service that refreshes and revokes sessions."""
    return SessionService(sessions(), accounts(), principals(), signing_keys)


@cache
def sign_in_service() -> SignInService:
    """Returns the service that checks a password and opens a session."""
    return SignInService(user_pool(), accounts(), session_service(), welcome_credits=settings().welcome_credits)
