"""Idempotency keys: a repeated request is done once (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

IDEMPOTENCY_KEY_TTL: Final = timedelta(days=30)
"""How long a key is kept. A plugin may be offline for weeks before it repeats a request."""


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """One ``Idempotency-Key`` and what was asked for with it."""

    key: str
    fingerprint: str


def claim_of(key: str | None, **asked: Any) -> IdempotencyClaim | None:
    """Returns the claim of a request that asks for ``asked``, which JSON must be able to hold; None without a key."""
    if key is None:
        return None
    return IdempotencyClaim(key, hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest())
