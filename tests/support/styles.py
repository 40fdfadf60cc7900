"""The first five styles of the registry, as engines get them."""

from __future__ import annotations

from typing import Final

from renderiq.domain.styles import StyleVersion
from renderiq.styles import registry

PHOTOREALISTIC: Final = registry().get("photorealistic@1")
DRAMATIC: Final = registry().get("dramatic@1")
SOFT: Final = registry().get("soft@1")
STUDIO: Final = registry().get("studio@1")
NATURAL: Final = registry().get("natural@1")
FIRST: Final = (PHOTOREALISTIC, DRAMATIC, SOFT, STUDIO, NATURAL)


def name_of(value: object) -> str | None:
    """Returns the id of a parametrized test whose parameter is a style."""
    return value.name if isinstance(value, StyleVersion) else None
