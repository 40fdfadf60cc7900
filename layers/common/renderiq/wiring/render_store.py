"""The store of renders."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.renders import RenderStore
from renderiq.wiring.accounts import accounts


@cache
def renders() -> RenderStore:
    """Returns the store of renders."""
    return RenderStore(
        client("dynamodb"),
        renders=settings().renders_table,
        projects=settings().projects_table,
        accounts=accounts(),
        organizations=settings().organizations_table,
    )
