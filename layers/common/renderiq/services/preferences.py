"""Changing preferences without losing what another machine changed meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from renderiq.domain.preferences import MAX_BYTES, Preferences, to_text
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.stores.preferences import PreferenceStore

_TRIES: Final = 20
_PAUSE: Final = 0.02


def change_preferences(
    user_id: str, changes: Mapping[str, Any], *, preferences: PreferenceStore, now: datetime
) -> Preferences:
    """Merges at the top level; None removes a key.

    Raises ``PAYLOAD_TOO_LARGE`` over ``MAX_BYTES`` of JSON after merging, ``INVALID_INPUT`` for what JSON cannot hold,
    ``RESOURCE_CONFLICT`` where others kept changing them.
    """
    for attempt in range(_TRIES):
        merged = preferences.get(user_id).merged(changes, now)
        _check_size(merged)
        if preferences.put(merged):
            return merged
        # Of those that meet, one gets through each round; jitter keeps them from meeting again.
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
