"""Covers of styles as icons."""

from __future__ import annotations

from typing import Any

import bpy.utils.previews

from .shared.snapshot import Entry, Style

_previews: Any = None
_FALLBACK = "SHADING_RENDERED"


def icon(style: Style) -> Any:
    """Returns the icon of a style: its cover, or a sign as long as there is none."""
    return _icon(style.cover) if style.cover else _FALLBACK


def picture_icon(entry: Entry) -> int:
    """Returns the icon of an order: its result, or else its capture, or 0."""
    found = _icon(entry.result or "") if entry.result else 0
    return found if isinstance(found, int) else 0


def _icon(path: str) -> Any:
    if _previews is None:
        return _FALLBACK
    if path not in _previews:
        try:
            _previews.load(path, path, "IMAGE")
        except (KeyError, OSError, RuntimeError):
            return _FALLBACK
    return _previews[path].icon_id


def register() -> None:
    """Makes room for icons."""
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    """Frees them."""
    global _previews
    if _previews is not None:
        bpy.utils.previews.remove(_previews)
        _previews = None
