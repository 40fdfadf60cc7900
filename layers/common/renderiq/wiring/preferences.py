"""Preferences."""

from __future__ import annotations

from functools import cache

from renderiq.services.preferences import PreferenceService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.preferences import PreferenceStore


@cache
def preferences() -> PreferenceStore:
    """Returns the store of preferences."""
    return PreferenceStore(client("dynamodb"), settings().accounts_table)


@cache
def preference_service() -> PreferenceService:
    """Returns the service that reads and changes preferences."""
    return PreferenceService(preferences())
