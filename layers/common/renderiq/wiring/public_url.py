"""The public URL of this API."""

from __future__ import annotations

from renderiq.settings import settings
from renderiq.wiring.base import request_url


def public_url() -> str:
    """Returns what stands before ``/api/plugins`` in a URL of this API, such as ``https://api.example.com/v1``.

    It is as configured, else as API Gateway named it in the current request. A worker has no request: its
    configuration always names the URL. The Host header is never used.
    """
    return settings().public_url.rstrip("/") or request_url.get()
