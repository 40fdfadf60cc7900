"""The store of projects."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.projects import ProjectStore


@cache
def projects() -> ProjectStore:
    """Returns the store of projects."""
    return ProjectStore(client("dynamodb"), settings().projects_table)
