"""Renderiq in Python: viewport captures in, rendered images out.

>>> client = Renderiq("rk_live_…", base_url="https://api.example.com/api/plugins")
>>> render = client.renders.create("view.png", style="dramatic")
>>> client.renders.download(client.renders.wait(render.render_id), "out.png")
"""

from renderiq.client import Renderiq
from renderiq.errors import (
    ApiError,
    AuthError,
    CancelledError,
    ConflictError,
    DiskError,
    InsufficientCreditsError,
    NetworkError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RenderFailedError,
    RenderiqError,
    ServerError,
    SignatureError,
    StateError,
    ValidationError,
    WaitTimeoutError,
)
from renderiq.signatures import verify
from renderiq.version import __version__

__all__ = [
    "ApiError",
    "AuthError",
    "CancelledError",
    "ConflictError",
    "DiskError",
    "InsufficientCreditsError",
    "NetworkError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitedError",
    "RenderFailedError",
    "Renderiq",
    "RenderiqError",
    "ServerError",
    "SignatureError",
    "StateError",
    "ValidationError",
    "WaitTimeoutError",
    "__version__",
    "verify",
]
