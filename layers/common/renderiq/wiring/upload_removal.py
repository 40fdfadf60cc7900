"""Removal of uploads."""

from __future__ import annotations

from functools import cache

from renderiq.services.upload_removal import UploadRemoval
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.renders import RenderReader
from renderiq.wiring.upload_files import upload_files
from renderiq.wiring.upload_store import uploads


@cache
def upload_removal() -> UploadRemoval:
    """Returns the service that deletes uploads and ends those whose time is over."""
    return UploadRemoval(
        uploads=uploads(),
        files=upload_files(),
        renders=RenderReader(client("dynamodb"), renders=settings().renders_table),
    )
