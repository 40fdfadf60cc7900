"""Rate limits and revoked sessions of callers."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.principals import PrincipalStore


@cache
def principals() -> PrincipalStore:
    """Returns the store of rate limits and revoked sessions."""
    return PrincipalStore(client("dynamodb"), settings().principals_table)
