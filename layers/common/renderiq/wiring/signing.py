"""The keys that sign and verify access tokens."""

from __future__ import annotations

from renderiq.settings import settings
from renderiq.tokens import SigningKeys
from renderiq.wiring.secrets import secrets


def signing_keys() -> SigningKeys:
    """Returns the keys that sign and verify access tokens."""
    return secrets().signing_keys(settings().token_secret_id)
