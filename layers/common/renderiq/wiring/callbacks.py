"""The secret that signs callbacks."""

from __future__ import annotations

from renderiq.settings import settings
from renderiq.wiring.secrets import secrets


def callback_secret(user_id: str) -> str:
    """Returns the secret that signs the callbacks of one user."""
    # Not at the top: few renders have a callback, and webhooks are a large part of the domain.
    from renderiq.domain.webhooks import derive_callback_secret

    return derive_callback_secret(secrets().value(settings().callback_secret_id), user_id)
