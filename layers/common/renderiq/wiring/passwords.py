"""Forgotten passwords."""

from __future__ import annotations

from functools import cache

from renderiq.services.passwords import PasswordService
from renderiq.wiring.sessions import session_service
from renderiq.wiring.user_pool import user_pool


@cache
def password_service() -> PasswordService:
    """Returns the service that resets passwords."""
    return PasswordService(user_pool(), session_service())
