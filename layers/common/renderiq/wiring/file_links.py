"""Links to images."""

from __future__ import annotations

from functools import cache

from renderiq.services.file_links import FileLinks
from renderiq.settings import settings
from renderiq.wiring.base import time_source
from renderiq.wiring.public_url import public_url
from renderiq.wiring.secrets import secrets


@cache
def file_links() -> FileLinks:
    """Returns the maker of links to images. The secret of callbacks signs them."""
    return FileLinks(
        keys=lambda: secrets().signing_keys(settings().callback_secret_id), public_url=public_url, clock=time_source()
    )
