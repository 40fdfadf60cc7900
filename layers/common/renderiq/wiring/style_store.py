"""Styles that users have made."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.styles import OwnStyleStore


@cache
def own_styles() -> OwnStyleStore:
    """Returns the store of users' styles."""
    return OwnStyleStore(client("dynamodb"), settings().styles_table)
