"""Clients of AWS services. Each is created on first use and kept as long as the container lives.

They are botocore's: boto3 adds sessions and resources that nothing here uses, and that every cold start would import.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

from renderiq.settings import runtime_variable, settings

_MODEL_SECONDS: Final = 50


@cache
def client(service: str) -> Any:
    """Returns the client of an AWS service; each container creates it once."""
    from botocore.config import Config  # a third of a cold start, so it is imported only if a client is needed

    emulator = settings().emulator_url or None
    # An API function may run for 15 s or more. Two attempts of at most 3 s leave time for a proper error response.
    config = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
    if service == "s3":
        # Presigned URLs need SigV4 in newer regions. An emulator has no host names for buckets.
        style: Literal["path", "virtual"] = "path" if emulator else "virtual"
        config = config.merge(Config(signature_version="s3v4", s3={"addressing_style": style}))
    if service == "bedrock-runtime":
        # A model may take a minute, and no emulator has one. Failed attempts are repeated by the render queue.
        config = config.merge(
            Config(read_timeout=_MODEL_SECONDS, retries={"mode": "standard", "total_max_attempts": 1})
        )
        emulator = None
    return _session().create_client(service, config=config, endpoint_url=emulator, **_credentials())


def _credentials() -> dict[str, str | None]:
    """Returns the credentials that Lambda gives a container as environment variables, for as long as it lives.

    botocore would find them too, but it makes a provider for each other place first. If there are none, it searches.
    """
    key = runtime_variable("AWS_ACCESS_KEY_ID")
    if not key or runtime_variable("AWS_LAMBDA_FUNCTION_NAME") is None:
        return {}
    return {
        "aws_access_key_id": key,
        "aws_secret_access_key": runtime_variable("AWS_SECRET_ACCESS_KEY"),
        "aws_session_token": runtime_variable("AWS_SESSION_TOKEN"),
    }


@cache
def _session() -> Any:
    from botocore.session import get_session

    return get_session()
