"""The public address of this API."""

from __future__ import annotations

from renderiq.settings import settings
from renderiq.wiring.base import request_domain


def public_origin() -> str:
    """Returns scheme and host of this API as configured, else as API Gateway named them in the current request.

    A worker has no request: its configuration always names the address. The Host header is never used.
    """
    return settings().public_url.rstrip("/") or f"https://{request_domain.get()}"
