"""API keys: their format, and when one is accepted."""

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
_RANDOM_LENGTH: Final = 30
_CHECKSUM_LENGTH: Final = 6
_PREFIX_LENGTH: Final = len(PREFIX) + 4


class Scope(StrEnum):
    """What credentials allow."""

    CREATE_RENDERS = "renders:create"
    READ_RENDERS = "renders:read"
    READ_PROJECTS = "projects:read"
    WRITE_WEBHOOKS = "webhook:write"
    READ_METRICS = "metrics:read"
    """Of operators only: the figures of all users."""
    READ_ORGANIZATION = "org:read"
    ADMINISTER_ORGANIZATION = "org:admin"
    """Of organisations only, as the one before: their members, their policy, their audit log."""


ORGANIZATION_SCOPES: Final = frozenset({Scope.READ_ORGANIZATION, Scope.ADMINISTER_ORGANIZATION})
"""What only the keys of organisations may have."""
USER_SCOPES: Final = frozenset(Scope) - {Scope.READ_METRICS} - ORGANIZATION_SCOPES
"""What a signed-in user may do, and may let API keys do."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The stored record of a key. ``revoked_at`` is in the future while a rotated key is in its grace period.

    ``user_id`` is whose key it is: a user, or an organisation. ``created_by`` is the member who has created the key of
    an organisation, and None for the key of a user.
    """

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
    created_by: str | None = None

    def rejection(self, now: datetime) -> ErrorCode | None:
        """Returns the reason why the key is not accepted at ``now``, or None if it is accepted."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return ErrorCode.API_KEY_REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return ErrorCode.API_KEY_EXPIRED
        return None


def generate_key() -> str:
    """Returns a new key: ``rk_live_``, 30 random base62 characters, and their CRC-32 as 6 base62 characters.

    The checksum lets secret scanners recognise a leaked key, and this API reject a mistyped one without a look-up.
    """
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return PREFIX + body + _checksum(body)


def derive_key(master: str, fact: str) -> str:
    """Returns the key that belongs to a fact, always the same; as long and as random as one of ``generate_key``."""
    number = int.from_bytes(hmac.new(master.encode(), f"api-key/{fact}".encode(), hashlib.sha256).digest())
    body = ""
    for _ in range(_RANDOM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        body += _ALPHABET[digit]
    return PREFIX + body + _checksum(body)


def is_well_formed(text: str) -> bool:
    """Returns whether the text has the format of a key and a correct checksum."""
    body, checksum = text[len(PREFIX) : -_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    return text.startswith(PREFIX) and len(body) == _RANDOM_LENGTH and body.isascii() and _checksum(body) == checksum


def hash_key(key: str) -> str:
    """Returns the SHA-256 of a key in hexadecimal. A slow hash is not needed for 178 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()


def shown_prefix(key: str) -> str:
    """Returns the first characters of a key, by which its owner recognises it in a list."""
    return key[:_PREFIX_LENGTH]


def _checksum(body: str) -> str:
    number, digits = crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
