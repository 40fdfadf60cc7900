"""API keys: how one is made, recognised and outlived."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zlib import crc32

from renderiq.errors import ErrorCode

MAX_ACTIVE: Final = 20
MAX_GRACE: Final = timedelta(days=30)
PREFIX: Final = "rk_live_"
_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM: Final = 30
_CHECK: Final = 6
_SHOWN: Final = len(PREFIX) + 4


class Scope(StrEnum):
    CREATE_RENDERS = "renders:create"
    READ_RENDERS = "renders:read"
    READ_PROJECTS = "projects:read"
    WRITE_WEBHOOKS = "webhook:write"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key. ``revoked_at`` may lie ahead: a rotated key lives out its grace period."""

    key_hash: str
    key_id: str
    user_id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def rejection(self, now: datetime) -> ErrorCode | None:
        """Why the key is not accepted at ``now``, None where it is."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return ErrorCode.API_KEY_REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return ErrorCode.API_KEY_EXPIRED
        return None


def generate_key() -> str:
    """``rk_live_``, 30 random base62 characters, and 6 of their CRC-32: a typo or a leak is told without a look-up."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return PREFIX + body + _check(body)


def derive_key(master: str, fact: str) -> str:
    """Returns the key that belongs to a fact, always the same; as long and as random as one of ``generate_key``."""
    number = int.from_bytes(hmac.new(master.encode(), f"api-key/{fact}".encode(), hashlib.sha256).digest())
    body = ""
    for _ in range(_RANDOM):
        number, digit = divmod(number, len(_ALPHABET))
        body += _ALPHABET[digit]
    return PREFIX + body + _check(body)


def is_well_formed(text: str) -> bool:
    body, check = text[len(PREFIX) : -_CHECK], text[-_CHECK:]
    return text.startswith(PREFIX) and len(body) == _RANDOM and body.isascii() and _check(body) == check


def hash_key(key: str) -> str:
    """SHA-256, which is enough for 178 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()


def shown_prefix(key: str) -> str:
    """As much of a key as may be shown after it was made."""
    return key[:_SHOWN]


def _check(body: str) -> str:
    number, digits = crc32(body.encode()), ""
    for _ in range(_CHECK):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
