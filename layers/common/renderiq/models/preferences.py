"""Requests and responses of the settings endpoint."""

from __future__ import annotations

from typing import Any

from renderiq.domain.preferences import Preferences
from renderiq.models.wire import Timestamp, WireModel


class PreferencesIn(WireModel):
    """Preferences to change. A key whose value is null is removed; a key that is absent is kept."""

    preferences: dict[str, Any]


class PreferencesOut(WireModel):
    """All preferences of a user. ``updatedAt`` equals ``createdAt`` until the first change."""

    preferences: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, preferences: Preferences) -> PreferencesOut:
        """Returns the response for these preferences."""
        return cls(
            preferences=dict(preferences.values),
            created_at=preferences.created_at,
            updated_at=preferences.updated_at,
        )

    def to_json(self) -> dict[str, Any]:
        """Returns the object as it is sent. Nothing is left out: a null inside a preference is the user's value."""
        # Pydantic refuses to write what is nested more than 255 levels deep, which older records may be.
        return {"preferences": self.preferences, **self.model_dump(mode="json", exclude={"preferences"})}
