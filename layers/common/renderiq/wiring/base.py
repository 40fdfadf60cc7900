"""What every function needs: the settings and the clock."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from renderiq import clock
from renderiq.settings import Settings, settings

request_url: Final[ContextVar[str]] = ContextVar("request_url")
"""The public URL as the current request names it: the host that API Gateway reports, and the path before the routes."""


def configuration() -> Settings:
    """Returns the settings of this container."""
    return settings()


def time_source() -> clock.Clock:
    """Returns the clock: a function that returns the current time in UTC."""
    return clock.utc_now
