"""What the user chooses in the panel. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .shared.choices import Choices


@dataclass
class Settings(Choices):
    """The choices, with FreeCAD's own. Angles are in degrees."""

    has_sun: bool = False
    azimuth: float = 150.0
    elevation: float = 40.0
    place_in_document: bool = False

    def sun(self) -> dict[str, float] | None:
        """Returns the field ``sun`` of an order, or None if the style is to choose it. Azimuth is clockwise from +Y."""
        return {"azimuth": self.azimuth, "elevation": self.elevation} if self.has_sun else None
