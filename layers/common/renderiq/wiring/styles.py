"""Styles of users."""

from __future__ import annotations

from functools import cache

from renderiq.services.styles import OwnStyleService
from renderiq.wiring.style_registry import style_registry
from renderiq.wiring.style_store import own_styles


@cache
def own_style_service() -> OwnStyleService:
    """Returns the service that creates, changes and deletes the styles of users."""
    return OwnStyleService(style_registry(), own_styles())
