"""The registry of styles."""

from __future__ import annotations

from renderiq.styles import StyleRegistry, registry


def style_registry() -> StyleRegistry:
    """Returns the registry of the layer."""
    return registry()
