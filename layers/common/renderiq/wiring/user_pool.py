"""The user pool."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.user_pool import UserPool


@cache
def user_pool() -> UserPool:
    """Returns the Cognito user pool."""
    return UserPool(client("cognito-idp"), settings().user_pool_client_id)
