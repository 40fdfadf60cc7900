"""The service that reads figures."""

from __future__ import annotations

from functools import cache

from renderiq.services.usage import UsageService
from renderiq.wiring.figures import figures


@cache
def usage_service() -> UsageService:
    """Returns the service that reads figures."""
    return UsageService(figures())
