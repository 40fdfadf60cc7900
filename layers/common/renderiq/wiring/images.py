"""Images in S3."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.images import ImageStore


@cache
def images() -> ImageStore:
    """Returns the store of images."""
    return ImageStore(client("s3"), settings().images_bucket)
