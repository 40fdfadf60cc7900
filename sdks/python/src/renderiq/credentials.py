"""What proves who the caller is: an API key, or the tokens of a session."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from renderiq.api import Api
from renderiq.errors import AuthError
from renderiq.locks import file_lock

if TYPE_CHECKING:
    from renderiq.tokens import Tokens, TokenStore

REFRESH_AHEAD: Final = 60.0
"""An access token with fewer seconds left is refreshed before it is used."""
_BEARER: Final = "Authorization"


class ApiKey:
    """An API key, ``rk_live_…``."""

    def __init__(self, key: str) -> None:
        self._key = key

    def headers(self, _api: Api) -> dict[str, str]:
        """Returns the key's header."""
        return {"X-Api-Key": self._key}

    def renew(self, _api: Api, _rejected: Mapping[str, str]) -> bool:
        """Returns False: a key that was rejected stays so."""
        return False


class Session:
    """The tokens of a session, refreshed ahead of time. Of all processes that share the store, one refreshes."""

    def __init__(self, store: TokenStore) -> None:
        self.store = store
        self._tokens: Tokens | None = None
        self._lock = threading.RLock()

    def headers(self, api: Api) -> dict[str, str]:
        """Returns the access token's header. Raises ``AuthError`` if nobody has signed in."""
        with self._lock:
            tokens = self._tokens or self.store.load()
            if tokens is None:
                raise AuthError("AUTH_REQUIRED", "Sign in first.")
            if self._is_ending(tokens, api):
                tokens = self._refreshed(api, tokens.access_token)
            self._tokens = tokens
            return {_BEARER: f"Bearer {tokens.access_token}"}

    def renew(self, api: Api, rejected: Mapping[str, str]) -> bool:
        """Refreshes the tokens, unless that has been done since they were rejected. Raises ``RenderiqError``."""
        with self._lock:
            self._tokens = self._refreshed(api, rejected.get(_BEARER, "").partition(" ")[2])
        return True

    def keep(self, tokens: Tokens) -> None:
        """Keeps the tokens of a new session."""
        with self._lock:
            self.store.save(tokens)
            self._tokens = tokens

    def forget(self) -> None:
        """Forgets the tokens."""
        with self._lock:
            self._tokens = None
            self.store.clear()

    def _refreshed(self, api: Api, old: str) -> Tokens:
        with file_lock(self.store.lock_path):
            tokens = self.store.load()  # another process may have refreshed meanwhile
            if tokens is None:
                self._tokens = None
                raise AuthError("AUTH_REQUIRED", "Sign in first.")
            if tokens.access_token != old and not self._is_ending(tokens, api):
                return tokens
            try:
                answer = api.call(
                    "POST", "/auth/refresh", json={"refresh_token": tokens.refresh_token}, signed_in=False
                )
            except AuthError:
                self.forget()
                raise
            refreshed = type(tokens).read(answer.body, api.clock.now())
            self.store.save(refreshed)
            return refreshed

    def _is_ending(self, tokens: Tokens, api: Api) -> bool:
        return tokens.expires_at - api.clock.now() < REFRESH_AHEAD
