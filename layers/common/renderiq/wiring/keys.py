"""API keys."""

from __future__ import annotations

from functools import cache

from renderiq.services.keys import KeyService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.keys import KeyStore


@cache
def keys() -> KeyStore:
    """Returns the store of API keys."""
    return KeyStore(client("dynamodb"), settings().api_keys_table)


@cache
def key_service() -> KeyService:
    """Returns the service that creates, checks and revokes API keys."""
    return KeyService(keys())
