"""Resetting a forgotten password."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from renderiq.services.sessions import SessionService
from renderiq.stores.user_pool import UserPool

RESPONSE_SECONDS: Final = 1.0
"""How long a response takes at least. Cognito needs less, so that the time does not tell who has an account."""


@dataclass(frozen=True, slots=True)
class PasswordService:
    """Sends codes and sets new passwords. ``clock`` is in seconds and monotonic."""

    pool: UserPool
    sessions: SessionService
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def send_code(self, email: str) -> None:
        """Sends a code to the address if it belongs to a user. Returns the same, after the same time, if not."""
        with self._same_time():
            self.pool.send_reset_code(email)

    def reset(self, email: str, code: str, new_password: str, *, now: datetime) -> None:
        """Sets a new password and ends all sessions of the user.

        Raises ``INVALID_INPUT``, the same after the same time for a wrong code and for an unknown address.
        """
        with self._same_time():
            self.pool.reset_password(email, code, new_password)
            # The user pool tells whose password it was only when the user signs in.
            self.sessions.end_all(self.pool.sign_in(email, new_password).user_id, now=now)

    @contextmanager
    def _same_time(self) -> Iterator[None]:
        began = self.clock()
        try:
            yield
        finally:
            self.sleep(max(0.0, RESPONSE_SECONDS - (self.clock() - began)))
