"""Texts in lines: Blender's labels do not wrap. Pure."""

from __future__ import annotations

import textwrap
from typing import Final

_CHARACTER: Final = 6.0
_BORDERS: Final = 60.0
"""Pixels of a character of Blender's font, and of the borders of a box with the tabs beside it."""


def wrapped(text: str, width_in_pixels: float, scale: float = 1.0) -> list[str]:
    """Returns the lines of a text in a panel of that width."""
    return textwrap.wrap(text, max(18, int((width_in_pixels / max(scale, 0.1) - _BORDERS) / _CHARACTER)))
