"""Preferences: a small JSON object that all plugins of a user share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

MAX_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Preferences:
    """The preferences of a user.

    ``version`` is the number of changes so far. While it is 0, ``updated_at`` equals ``created_at``.
    """

    user_id: str
    created_at: datetime
    updated_at: datetime
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    version: int = 0

    def merged(self, changes: Mapping[str, Any], now: datetime) -> Preferences:
        """Returns the next version: each key of ``changes`` replaces the present value, and None removes the key."""
        values = {key: value for key, value in {**self.values, **changes}.items() if value is not None}
        return replace(self, values=values, version=self.version + 1, updated_at=now)


def to_text(values: Mapping[str, Any]) -> str:
    """Returns compact JSON. Raises ValueError for values that JSON or UTF-8 cannot represent (NaN, lone surrogates)."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text.encode()
    return text
