"""boto3 clients, made on first use and kept for the life of the container."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

from renderiq.settings import settings

_DRAWING_SECONDS: Final = 50


@cache
def client(service: str) -> Any:
    """The one client of a service in this container."""
    import boto3  # half of a cold start: only where a client is needed
    from botocore.config import Config

    emulator = settings().emulator_url or None
    # An API function lives 15 s: two tries of at most 3 s leave room for an answer that says what is wrong.
    config = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
    if service == "s3":
        # SigV4 is what lets a link live in every region; an emulator has no host names for buckets.
        style: Literal["path", "virtual"] = "path" if emulator else "virtual"
        config = config.merge(Config(signature_version="s3v4", s3={"addressing_style": style}))
    if service == "bedrock-runtime":
        # A model draws for a minute, and no emulator plays one. Another attempt is the queue's business.
        config = config.merge(
            Config(read_timeout=_DRAWING_SECONDS, retries={"mode": "standard", "total_max_attempts": 1})
        )
        emulator = None
    return boto3.client(service, config=config, endpoint_url=emulator)
