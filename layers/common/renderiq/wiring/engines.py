"""Engines, and the models that users may name."""

from __future__ import annotations

from functools import cache

from renderiq.engines import Engine, EngineDependencies, registry
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.wiring.secrets import secrets


@cache
def models() -> registry.Models:
    """Returns the models that users may name here. Gemini needs an API key, and Bedrock must be enabled."""
    enabled = {"gemini": bool(settings().gemini_secret_id), "bedrock": settings().bedrock_enabled}
    return registry.Models(
        settings().models,
        default=settings().default_engine,
        disabled={engine for engine, is_enabled in enabled.items() if not is_enabled},
    )


@cache
def engine(name: str) -> Engine:
    """Returns the engine of that name; each container builds it once."""
    return registry.build(name, EngineDependencies(secret=lambda secret_id: secrets().value(secret_id), client=client))
