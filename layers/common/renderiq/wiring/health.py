"""The health check of the services behind the API."""

from __future__ import annotations

from functools import cache

from renderiq.services.health import HealthService


@cache
def health_service() -> HealthService:
    """Returns the health service. What it checks is imported when it is first asked to check."""
    return HealthService(authentication=_authentication, rendering=_rendering, storage=_storage)


def _authentication() -> None:
    from renderiq.settings import settings
    from renderiq.wiring.principals import principals
    from renderiq.wiring.secrets import secrets

    secrets().ping(settings().token_secret_id)
    principals().ping()


def _rendering() -> None:
    from renderiq.wiring.delivery_queue import delivery_queue
    from renderiq.wiring.render_queue import render_queue
    from renderiq.wiring.render_store import renders

    renders().ping()
    render_queue().ping()
    delivery_queue().ping()


def _storage() -> None:
    from renderiq.wiring.images import images

    images().ping()
