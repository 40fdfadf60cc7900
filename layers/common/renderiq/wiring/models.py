"""The models that users may name."""

from __future__ import annotations

from functools import cache

from renderiq.engines import registry
from renderiq.settings import settings


@cache
def models() -> registry.Models:
    """Returns the models that users may name here. Gemini needs an API key, and Bedrock must be enabled."""
    enabled = {"gemini": bool(settings().gemini_secret_id), "bedrock": settings().bedrock_enabled}
    return registry.Models(
        settings().models,
        default=settings().default_engine,
        disabled={engine for engine, is_enabled in enabled.items() if not is_enabled},
    )
