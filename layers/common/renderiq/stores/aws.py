"""boto3 clients, made on first use and kept for the life of the container."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config

from renderiq.settings import settings

# An API function lives 15 s: two tries of at most 3 s leave room for an answer that says what is wrong.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
)

# SigV4 in the query is what lets a link live for an hour in every region; an emulator has no bucket host names.
_S3 = {
    emulated: Config(signature_version="s3v4", s3={"addressing_style": "path" if emulated else "virtual"})
    for emulated in (True, False)
}


@cache
def client(service: str) -> Any:
    """The one client of a service in this container."""
    import boto3  # half of a cold start: only where a client is needed

    emulator = settings().emulator_url or None
    config = _CONFIG.merge(_S3[bool(emulator)]) if service == "s3" else _CONFIG
    return boto3.client(service, config=config, endpoint_url=emulator)
