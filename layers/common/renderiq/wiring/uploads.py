"""Uploads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from renderiq.services.uploads import UploadService
from renderiq.settings import settings
from renderiq.wiring.file_links import file_links
from renderiq.wiring.upload_files import upload_files
from renderiq.wiring.upload_store import uploads

if TYPE_CHECKING:
    from renderiq.services.consents import ConsentService


@cache
def upload_service() -> UploadService:
    """Returns the service that announces, signs, reads and completes uploads."""
    return UploadService(
        uploads=uploads(),
        files=upload_files(),
        links=file_links(),
        consents=_consent_service,
        max_model_bytes=settings().max_model_bytes,
    )


def _consent_service() -> ConsentService:
    # Not at the top: most requests need no consent.
    from renderiq.wiring.consents import consent_service

    return consent_service()
