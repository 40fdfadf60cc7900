"""Secrets of this stack."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.secrets import SecretStore
from renderiq.tokens import SigningKeys


@cache
def secrets() -> SecretStore:
    """Returns the reader of Secrets Manager."""
    return SecretStore(client("secretsmanager"))


def signing_keys() -> SigningKeys:
    """Returns the keys that sign and verify access tokens."""
    return secrets().signing_keys(settings().token_secret_id)
