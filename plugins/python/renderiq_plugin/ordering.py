"""Whether an order may be sent, and what it costs, before anything is captured. Pure."""

from __future__ import annotations

import random

from .order import MAX_SEED, Look
from .prices import Offer, offer
from .snapshot import Snapshot


def offer_for(found: Snapshot, look: Look, count: int = 1) -> Offer:
    """Returns what ``count`` orders of a look cost, beside all that waits."""
    model = found.model(look.model)
    owed = [(each.name if (each := found.model(name)) else name, quality) for name, quality in found.owed()]
    return offer(found.prices, found.balance, owed, model.name if model else look.model, look.quality, count)


def is_path_traced(found: Snapshot, look: Look) -> bool:
    """Returns whether a look renders the 3D model itself."""
    model = found.model(look.model)
    return model.is_path_tracer if model else look.is_path_traced


def refusal(found: Snapshot, look: Look, count: int = 1) -> str:
    """Returns the sentence that tells why an order is not taken; empty if it may be sent."""
    if found.is_too_old:
        return f"This version is too old for the server. Install {found.update} from {found.download_url}"
    proposed = offer_for(found, look, count)
    if not proposed.is_affordable:
        return proposed.sentence() + ". Choose a lower quality or buy credits."
    return ""


def roll() -> int:
    """Returns a seed by chance."""
    return random.randint(0, MAX_SEED)  # noqa: S311 - a seed of noise is no secret
