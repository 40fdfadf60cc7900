"""Engines."""

from __future__ import annotations

from functools import cache

from renderiq.engines import Engine, EngineDependencies, registry
from renderiq.stores.aws import client
from renderiq.wiring.secrets import secrets


@cache
def engine(name: str) -> Engine:
    """Returns the engine of that name; each container builds it once."""
    return registry.build(name, EngineDependencies(secret=lambda secret_id: secrets().value(secret_id), client=client))
