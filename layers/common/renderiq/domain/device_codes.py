"""Sign-in of a device by a code that the user approves in a browser (RFC 8628)."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"
DEVICE_CODE_TTL: Final = timedelta(minutes=10)
POLL_INTERVAL: Final = timedelta(seconds=5)
SLOW_DOWN_BY: Final = timedelta(seconds=5)
"""By how much the interval grows if a device asks too early (section 3.5)."""
APPROVAL_TTL: Final = timedelta(minutes=5)
"""How long a user who has signed in may think about a code."""
_EARLY: Final = timedelta(seconds=1)
"""By how much a request may be early: networks are not even."""
_CONSONANTS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no code is a word (section 6.1)."""
_USER_CODE_LENGTH: Final = 8
_CODE_PURPOSE: Final = b"renderiq device user codes"
_APPROVAL_PURPOSE: Final = b"renderiq device approvals"


class DeviceCodeStatus(StrEnum):
    """What the user has decided."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class DeviceGrant:
    """A sign-in that a device has begun.

    ``device_hash`` is the hash of its device code. ``platform`` and ``address`` are those of the device, for the user
    to recognise it. ``user_id`` is the user who has approved it, at ``decided_at``.
    """

    device_hash: str
    platform: str
    address: str
    created_at: datetime
    status: DeviceCodeStatus = DeviceCodeStatus.PENDING
    interval: timedelta = POLL_INTERVAL
    last_polled_at: datetime | None = None
    user_id: str | None = None
    decided_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """When its codes stop being valid."""
        return self.created_at + DEVICE_CODE_TTL

    def is_open(self, now: datetime) -> bool:
        """Returns whether a user may still decide."""
        return self.status is DeviceCodeStatus.PENDING and now < self.expires_at

    def is_too_early(self, now: datetime) -> bool:
        """Returns whether the device must not ask yet."""
        return self.last_polled_at is not None and now - self.last_polled_at < self.interval - _EARLY


@dataclass(frozen=True, slots=True)
class Approval:
    """The right of a user who has signed in to decide about one sign-in."""

    user_id: str
    device_hash: str
    expires_at: datetime


def generate_device_code() -> str:
    """Returns a new device code: 32 random bytes as text."""
    return secrets.token_urlsafe(32)


def generate_user_code() -> str:
    """Returns eight random consonants, which is one of 25 thousand million codes."""
    return "".join(secrets.choice(_CONSONANTS) for _ in range(_USER_CODE_LENGTH))


def show_user_code(code: str) -> str:
    """Returns a user code as people read it: ``WDJB-MJHT``."""
    return f"{code[:4]}-{code[4:]}"


def read_user_code(text: str) -> str | None:
    """Returns the user code that somebody typed: in any case, with any blanks and hyphens. Returns None for another."""
    code = "".join(each for each in text.upper() if each.isalnum())
    return code if len(code) == _USER_CODE_LENGTH and set(code) <= set(_CONSONANTS) else None


def hash_device_code(code: str) -> str:
    """Returns what is stored of a device code. Its 32 random bytes need no slow hash."""
    return hashlib.sha256(code.encode()).hexdigest()


def hash_user_code(code: str, *, secret: str) -> str:
    """Returns what is stored of a user code. It is short, so the hash needs a secret that is not beside it."""
    return hmac.digest(_key(secret, _CODE_PURPOSE), code.encode(), "sha256").hex()


def sign_approval(approval: Approval, *, secret: str) -> str:
    """Returns a token of the approval, for a form field. Fractions of a second are dropped."""
    fields = [approval.user_id, approval.device_hash, int(approval.expires_at.timestamp())]
    payload = urlsafe_b64encode(json.dumps(fields).encode()).decode()
    return f"{payload}.{_approval_signature(payload, secret)}"


def read_approval(token: str, *, secrets_by_id: Mapping[str, str], now: datetime) -> Approval | None:
    """Returns the approval of a token, or None if it has expired or none of the secrets has signed it."""
    payload, _, signature = token.partition(".")
    signed = [
        hmac.compare_digest(_approval_signature(payload, secret).encode(), signature.encode())
        for secret in secrets_by_id.values()
    ]
    if not any(signed):
        return None
    user_id, device_hash, expires_at = json.loads(urlsafe_b64decode(payload))
    approval = Approval(user_id, device_hash, datetime.fromtimestamp(expires_at, UTC))
    return approval if now < approval.expires_at else None


def _approval_signature(payload: str, secret: str) -> str:
    return hmac.digest(_key(secret, _APPROVAL_PURPOSE), payload.encode(), "sha256").hex()


def _key(secret: str, purpose: bytes) -> bytes:
    # The secret has other uses too: a key for each keeps what one signs from being valid in another.
    return hmac.digest(secret.encode(), purpose, "sha256")
