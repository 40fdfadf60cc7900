"""Tokens of links to images: the key of an image and when the link expires, signed with HMAC-SHA256.

A token is ``<payload>.<signature>``, both in URL-safe base64 without padding. The payload is the id of the signing
secret (4 bytes), the expiry in seconds since the Unix epoch (4 bytes, big-endian), and the key in UTF-8.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_PURPOSE: Final = b"renderiq file links"
_ID_BYTES: Final = 4
_HEADER_BYTES: Final = _ID_BYTES + 4


@dataclass(frozen=True, slots=True)
class FileGrant:
    """The image that a valid token names, and when its link expires, in UTC."""

    key: str
    expires_at: datetime


def sign_file_token(grant: FileGrant, *, secret_id: str, secret: str) -> str:
    """Returns a token. ``secret_id`` names the version of the secret. Fractions of a second are dropped."""
    expires_at = int(grant.expires_at.timestamp()).to_bytes(4, "big")
    payload = _short_id(secret_id) + expires_at + grant.key.encode()
    return f"{_encode(payload)}.{_encode(_signature(payload, secret))}"


def read_file_token(token: str, *, secrets: Mapping[str, str]) -> FileGrant | None:
    """Returns what the token grants, even if it has expired.

    ``secrets`` are the accepted secrets by id. Returns None if none of them signed the token. Signatures are compared
    in constant time.
    """
    payload_text, _, signature_text = token.partition(".")
    try:
        payload, signature = _decode(payload_text), _decode(signature_text)
    except (ValueError, binascii.Error):
        return None
    if len(payload) <= _HEADER_BYTES:
        return None
    secret = next((text for name, text in secrets.items() if _short_id(name) == payload[:_ID_BYTES]), None)
    if secret is None or not hmac.compare_digest(_signature(payload, secret), signature):
        return None
    expires_at = int.from_bytes(payload[_ID_BYTES:_HEADER_BYTES], "big")
    return FileGrant(payload[_HEADER_BYTES:].decode(), datetime.fromtimestamp(expires_at, UTC))


def _short_id(secret_id: str) -> bytes:
    return hashlib.sha256(secret_id.encode()).digest()[:_ID_BYTES]


def _signature(payload: bytes, secret: str) -> bytes:
    # The secret has another use too: its own key keeps a signature of one use from being valid in the other.
    key = hmac.digest(secret.encode(), _PURPOSE, "sha256")
    return hmac.digest(key, payload, "sha256")


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Raises ``ValueError`` for text that ``_encode`` does not write, such as one with other unused bits at its end."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(data) != text:
        raise ValueError("not canonical")
    return data
