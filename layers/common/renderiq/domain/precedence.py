"""Whose setting holds: an organization's, a user's, or the default."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def effective(organization: T | None, user: T | None, default: T) -> T:
    """Returns the organization's setting over the user's over the default. None means that nothing was set."""
    if organization is not None:
        return organization
    return default if user is None else user
