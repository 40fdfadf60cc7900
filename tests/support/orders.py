"""Orders with defaults, and rendering them by the service instead of HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from renderiq.domain.renders import AspectRatio, Order, OutputFormat, Quality, Style
from renderiq.errors import ApiError
from renderiq.platform import Client
from renderiq.services.renders import Capture
from tests.support import pictures, wiring
from tests.support.accounts import User

PNG: Final = pictures.png(64, 64)

_ORDER: Final = Order(
    style=Style.SOFT,
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
    return replace(_ORDER, **wanted)


def request_render(user: User, key: str | None = None, wanted: Order | None = None) -> str:
    """Requests a render and returns its id or the name of the error code."""
    now = datetime.now(UTC)
    try:
        render = wiring.render_service().create(
            user.user_id, wanted or order(), Capture(PNG), idempotency_key=key, client=Client(), now=now
        )
    except ApiError as error:
        return error.code.name
    return render.render_id
