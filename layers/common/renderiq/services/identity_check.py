"""Asking once more who somebody is, before something that cannot be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.account_deletion import is_fresh
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import time_of
from renderiq.stores.user_pool import UserPool


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """Checks a password, or that the user has just signed in."""

    pool: UserPool

    def confirm(self, user_id: str, session_id: str, *, email: str, password: str | None, now: datetime) -> None:
        """Does nothing if it is the user. ``email`` is that of the account.

        Raises ``INVALID_CREDENTIALS`` for a wrong password, and ``INSUFFICIENT_PERMISSIONS`` if there is none and the
        user has not just signed in.
        """
        if password is not None:
            if self.pool.sign_in(email, password).user_id != user_id:
                raise ApiError(ErrorCode.INVALID_CREDENTIALS)
        elif not is_fresh(time_of(session_id), now):
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, "Send the password, or sign in again and repeat this.")
