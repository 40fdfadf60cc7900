"""Secrets of this stack."""

from __future__ import annotations

from functools import cache

from renderiq.stores.aws import client
from renderiq.stores.secrets import SecretStore


@cache
def secrets() -> SecretStore:
    """Returns the reader of Secrets Manager."""
    return SecretStore(client("secretsmanager"))
