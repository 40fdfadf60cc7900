"""Sign-in with a password."""

from __future__ import annotations

from functools import cache

from renderiq.services.sessions import SignInService
from renderiq.settings import settings
from renderiq.wiring.accounts import accounts
from renderiq.wiring.sessions import session_service
from renderiq.wiring.user_pool import user_pool


@cache
def sign_in_service() -> SignInService:
    """Returns the service that checks a password and opens a session."""
    return SignInService(user_pool(), accounts(), session_service(), welcome_credits=settings().welcome_credits)
