"""Tokens of a session, and where they are kept: in the system's keyring, or in a file that only its owner can read."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, Protocol

from renderiq.files import write_durably

_SERVICE: Final = "renderiq"
_MIN_LIFETIME: Final = 300.0
"""The least seconds that a new access token is used for, whatever the clock says."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of a session. ``expires_at`` is the end of the access token, in seconds since the Unix epoch."""

    access_token: str
    refresh_token: str
    expires_at: float
    email: str = ""

    @classmethod
    def read(cls, body: dict[str, Any], now: float) -> Tokens:
        """Reads the answer to a sign-in or to a refresh.

        If this machine's clock is ahead, the token would seem to have ended already, and each request would refresh it.
        """
        return cls(
            str(body.get("access_token", "")),
            str(body.get("refresh_token", "")),
            max(read_time(str(body.get("expires_at", ""))), now + _MIN_LIFETIME),
            str((body.get("user") or {}).get("email", "")),
        )


class TokenStore(Protocol):
    """Keeps the tokens of one session. Processes that share it share ``lock_path``."""

    lock_path: Path

    def load(self) -> Tokens | None:
        """Returns the tokens, or None."""

    def save(self, tokens: Tokens) -> None:
        """Replaces the tokens."""

    def clear(self) -> None:
        """Forgets the tokens."""


class FileTokenStore:
    """Keeps the tokens in a file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lock_path = path.with_name(path.name + ".lock")

    def load(self) -> Tokens | None:
        """Returns the tokens, or None if there are none or the file is damaged."""
        try:
            return _parsed(self._path.read_text(encoding="utf-8"))
        except OSError:
            return None

    def save(self, tokens: Tokens) -> None:
        """Replaces the tokens."""
        write_durably(self._path, json.dumps(asdict(tokens)).encode(), mode=0o600)

    def clear(self) -> None:
        """Forgets the tokens."""
        with suppress(FileNotFoundError):
            os.unlink(self._path)


class KeyringTokenStore:
    """Keeps the tokens in the system's keyring, by the package ``keyring``. ``name`` tells sessions apart."""

    def __init__(self, keyring: Any, name: str, lock_path: Path) -> None:
        self._keyring = keyring
        self._name = name
        self.lock_path = lock_path

    def load(self) -> Tokens | None:
        """Returns the tokens, or None if there are none."""
        return _parsed(self._keyring.get_password(_SERVICE, self._name) or "")

    def save(self, tokens: Tokens) -> None:
        """Replaces the tokens."""
        self._keyring.set_password(_SERVICE, self._name, json.dumps(asdict(tokens)))

    def clear(self) -> None:
        """Forgets the tokens."""
        with suppress(self._keyring.errors.PasswordDeleteError):
            self._keyring.delete_password(_SERVICE, self._name)


def default_token_store(directory: Path, base_url: str) -> TokenStore:
    """Returns the system's keyring if there is a usable one, and else a file in ``directory``."""
    lock_path = directory / "session.lock"
    with suppress(Exception):  # keyrings fail in many ways, and the file always works
        import keyring

        if keyring.get_keyring().priority >= 1:
            return KeyringTokenStore(keyring, base_url, lock_path)
    return FileTokenStore(directory / "session.json")


def read_time(text: str) -> float:
    """Returns the seconds since the Unix epoch of a time of the wire. A time that cannot be read is 0."""
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()


def _parsed(text: str) -> Tokens | None:
    try:
        return Tokens(**json.loads(text))
    except (ValueError, TypeError):
        return None
