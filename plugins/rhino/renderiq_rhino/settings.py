"""What the user chooses in the window. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .shared.choices import Choices


@dataclass
class Settings(Choices):
    """The choices, with Rhino's own."""

    as_wallpaper: bool = False
