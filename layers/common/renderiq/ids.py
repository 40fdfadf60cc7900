"""Identifiers that sort by time: UUIDv7, and UUIDv8 where the same fact must get the same one (RFC 9562)."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def uuid7() -> str:
    """A new id: 48 bits of milliseconds since 1970, then 74 random bits."""
    return _timed(7, time.time_ns() // 1_000_000, secrets.randbits(74))


def uuid8(at: datetime, fact: str) -> str:
    """The id of ``fact``, always the same: 48 bits of milliseconds as in a UUIDv7, then 74 bits of its SHA-256."""
    digest = hashlib.sha256(fact.encode()).digest()
    return _timed(8, (at - _EPOCH) // timedelta(milliseconds=1), int.from_bytes(digest) >> (256 - 74))


def time_of(uuid: str) -> datetime:
    """Returns when a UUIDv7 or UUIDv8 of this module was made, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=int(uuid.replace("-", "")[:12], 16))


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _timed(version: int, milliseconds: int, rest: int) -> str:
    number = milliseconds << 80 | version << 76 | rest >> 62 << 64 | 0b10 << 62 | rest & (1 << 62) - 1
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
