"""Reading and changing preferences. Concurrent changes of several machines are all kept."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from renderiq.domain.preferences import MAX_BYTES, Preferences, to_text
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.stores.preferences import PreferenceStore

_MAX_ATTEMPTS: Final = 20
_PAUSE: Final = 0.02


@dataclass(frozen=True, slots=True)
class PreferenceService:
    """Reads and changes the preferences of users."""

    preferences: PreferenceStore

    def get(self, user_id: str) -> Preferences:
        """Raises ``NOT_FOUND`` if there is no such account."""
        return self.preferences.get(user_id)

    def change(self, user_id: str, changes: Mapping[str, Any], *, now: datetime) -> Preferences:
        """Merges ``changes`` at the top level; None removes a key.

        Raises ``PAYLOAD_TOO_LARGE`` if the merged preferences have more than ``MAX_BYTES`` as JSON, ``INVALID_INPUT``
        if they cannot be written as JSON, and ``RESOURCE_CONFLICT`` if other requests keep changing them.
        """
        for attempt in range(_MAX_ATTEMPTS):
            merged = self.preferences.get(user_id).merged(changes, now)
            _check_size(merged)
            if self.preferences.put(merged):
                return merged
            # One of the concurrent writers succeeds in each round. Jitter keeps the others from meeting again.
            time.sleep(_PAUSE * min(attempt + 1, 5) * random.random())  # noqa: S311 (jitter, not a secret)
        raise ApiError(ErrorCode.RESOURCE_CONFLICT, "The preferences are being changed by others. Try again.")


def _check_size(preferences: Preferences) -> None:
    try:
        size = len(to_text(preferences.values).encode())
    except (ValueError, RecursionError) as error:
        raise invalid_field("preferences", "must be plain JSON") from error
    if size > MAX_BYTES:
        raise ApiError(
            ErrorCode.PAYLOAD_TOO_LARGE,
            f"Preferences may have at most 16 KB as JSON; these would have {size:,} bytes.",
            maxBytes=MAX_BYTES,
        )
