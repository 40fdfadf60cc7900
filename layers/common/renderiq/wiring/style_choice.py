"""The choice of an order's style."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from renderiq.services.style_choice import StyleChoice
from renderiq.wiring.style_registry import style_registry

if TYPE_CHECKING:
    from renderiq.stores.styles import OwnStyleStore


@cache
def style_choice() -> StyleChoice:
    """Returns the service that finds the style of an order."""
    return StyleChoice(style_registry(), _own_styles)


def _own_styles() -> OwnStyleStore:
    # Not at the top: few orders name a user's own style.
    from renderiq.wiring.style_store import own_styles

    return own_styles()
