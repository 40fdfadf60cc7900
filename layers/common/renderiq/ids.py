"""UUIDs that sort by time (RFC 9562): random ones (version 7), and deterministic ones (version 8)."""

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
    """Returns a new id: 48 bits of milliseconds since 1970, then 74 random bits."""
    return _time_ordered(7, time.time_ns() // 1_000_000, secrets.randbits(74))


def uuid8(at: datetime, fact: str) -> str:
    """Returns the id of a fact: 48 bits of milliseconds as in a UUIDv7, then 74 bits of the SHA-256 of ``fact``.

    The same arguments always give the same id.
    """
    digest = hashlib.sha256(fact.encode()).digest()
    return _time_ordered(8, (at - _EPOCH) // timedelta(milliseconds=1), int.from_bytes(digest) >> (256 - 74))


def time_of(uuid: str) -> datetime:
    """Returns when a UUIDv7 or UUIDv8 of this module was made, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=int(uuid.replace("-", "")[:12], 16))


def first_uuid_at(moment: datetime) -> str:
    """Returns an id that sorts before every id made at ``moment`` or later, and after every earlier one."""
    return _time_ordered(0, (moment - _EPOCH) // timedelta(milliseconds=1), 0)


def is_uuid(text: str) -> bool:
    """Returns whether the text is a UUID of any version, in lower case with hyphens."""
    return _UUID.fullmatch(text) is not None


def _time_ordered(version: int, milliseconds: int, rest: int) -> str:
    number = milliseconds << 80 | version << 76 | rest >> 62 << 64 | 0b10 << 62 | rest & (1 << 62) - 1
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
