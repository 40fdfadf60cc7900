"""Estimates."""

from __future__ import annotations

from functools import cache

from renderiq.services.estimates import EstimateService
from renderiq.wiring.upload_store import uploads


@cache
def estimate_service() -> EstimateService:
    """Returns the service that knows the models of estimates."""
    return EstimateService(uploads())
