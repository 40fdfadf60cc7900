"""The store of the files of uploads."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.upload_files import UploadFiles


@cache
def upload_files() -> UploadFiles:
    """Returns the store of the files of uploads."""
    return UploadFiles(lambda: client("s3"), settings().images_bucket)
