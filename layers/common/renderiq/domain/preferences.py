"""Preferences: a small JSON object that a user's plugins share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

MAX_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Preferences:
    """``version`` counts the changes; 0 where there were none yet, and then ``updated_at`` is ``created_at``."""

    user_id: str
    created_at: datetime
    updated_at: datetime
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    version: int = 0

    def merged(self, changes: Mapping[str, Any], now: datetime) -> Preferences:
        """Each key of ``changes`` takes the place of the one before; None removes it."""
        values = {key: value for key, value in {**self.values, **changes}.items() if value is not None}
        return replace(self, values=values, version=self.version + 1, updated_at=now)


def to_text(values: Mapping[str, Any]) -> str:
    """Compact JSON. Raises ValueError for what JSON or UTF-8 cannot hold: NaN, half a surrogate pair."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text.encode()
    return text
