"""The models that users may name."""

from __future__ import annotations

from functools import cache

from renderiq.domain.renders import PATH_TRACER, TRACED_QUALITY, Quality
from renderiq.engines import registry
from renderiq.settings import settings


@cache
def models() -> registry.Models:
    """Returns the models that users may name here. Gemini needs an API key, Bedrock and the path
    tracer must be enabled.
    """
    enabled = {
        "gemini": bool(settings().gemini_secret_id),
        "bedrock": settings().bedrock_enabled,
        PATH_TRACER: settings().cycles_enabled,
    }
    return registry.Models(
        settings().models,
        default=settings().default_engine,
        disabled={engine for engine, is_enabled in enabled.items() if not is_enabled},
    )


def prices() -> dict[str, dict[Quality, int]]:
    """Returns the credits of a render by engine and quality, of engines with prices of their own."""
    given = {Quality(name): cost for name, cost in settings().cycles_prices.items()}
    return {PATH_TRACER: given} if given else {}


def price_of(engine: str, quality: Quality, *, has_model: bool = False) -> int | None:
    """Returns the credits of a render, or None for an engine without prices of its own.

    An engine of pictures that is given a 3D model costs what the path-traced picture costs in addition.
    """
    own = prices().get(engine, {}).get(quality)
    if not has_model or engine == PATH_TRACER:
        return own
    traced = prices().get(PATH_TRACER, {}).get(TRACED_QUALITY, TRACED_QUALITY.cost)
    return (quality.cost if own is None else own) + traced
