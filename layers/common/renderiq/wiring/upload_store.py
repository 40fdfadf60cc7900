"""The store of the records of uploads."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.uploads import UploadStore


@cache
def uploads() -> UploadStore:
    """Returns the store of uploads."""
    return UploadStore(client("dynamodb"), settings().uploads_table)
