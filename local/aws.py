"""boto3 clients of emulated AWS."""

import os
from functools import cache
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

from local.template import REGION

CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""The emulator accepts any credentials, but verifies presigned URLs with these."""


@cache
def client(service: str, endpoint_url: str) -> Any:
    """The client of a service, which is thread-safe. It ignores the developer's profile, credentials and proxy."""
    session = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    return boto3.Session(
        botocore_session=session,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    ).client(
        service,
        endpoint_url=endpoint_url,
        config=Config(
            proxies={},
            s3={"addressing_style": "path"},
            max_pool_connections=50,
            retries={"mode": "standard", "total_max_attempts": 2},
        ),
    )
