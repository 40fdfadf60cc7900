"""Bodies of the settings endpoint."""

from __future__ import annotations

from typing import Any

from renderiq.domain.preferences import Preferences
from renderiq.models.wire import Moment, WireModel


class PreferencesIn(WireModel):
    """What changes: a key with null is removed, a key that is absent stays."""

    preferences: dict[str, Any]


class PreferencesOut(WireModel):
    """``updatedAt`` is ``createdAt`` until something was set."""

    preferences: dict[str, Any]
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, preferences: Preferences) -> PreferencesOut:
        return cls(
            preferences=dict(preferences.values),
            created_at=preferences.created_at,
            updated_at=preferences.updated_at,
        )

    def to_json(self) -> dict[str, Any]:
        """Nothing is left out: a null inside a preference is the user's."""
        return self.model_dump(mode="json")
