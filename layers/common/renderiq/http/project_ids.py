"""Checks the project that an order names."""

from __future__ import annotations

from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import is_uuid
from renderiq.models.renders import OrderIn


def check_project_id(order: OrderIn) -> None:
    """Raises ``INVALID_PROJECT_ID`` if the order names a project by something else than a UUID."""
    if order.project_id is not None and not is_uuid(order.project_id.strip().lower()):
        raise ApiError(ErrorCode.INVALID_PROJECT_ID)
