"""The store of figures."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.figures import FigureStore


@cache
def figures() -> FigureStore:
    """Returns the store of figures."""
    return FigureStore(client("dynamodb"), settings().figures_table)
