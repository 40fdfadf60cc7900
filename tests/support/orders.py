"""Orders with defaults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from renderiq.domain.renders import AspectRatio, Order, OutputFormat, Quality

_ORDER: Final = Order(
    style_id="soft@1",
    quality=Quality.HIGH,
    aspect_ratio=AspectRatio.SQUARE,
    prompt="a house",
    negative_prompt="",
    seed=1,
    structure_strength=0.7,
    output_format=OutputFormat.PNG,
    engine="preview",
)


def order(**wanted: Any) -> Order:
    """Returns an order in which only these values differ from the defaults."""
    return replace(_ORDER, **wanted)
