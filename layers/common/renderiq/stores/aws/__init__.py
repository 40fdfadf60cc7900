"""Clients of AWS services. Each is created on first use and kept as long as the container lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from renderiq.settings import runtime_variable, settings

_MODEL_SECONDS: Final = 50


class Clients:
    """Creates each client once. ``create`` makes one; tests put boto3's clients in its place."""

    def __init__(self, create: Callable[[str], Any]) -> None:
        self.create = create
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """Returns the client of an AWS service."""
        if service not in self._made:
            self._made[service] = self.create(service)
        return self._made[service]

    def cache_clear(self) -> None:
        """Forgets the clients, as in a new container."""
        self._made.clear()


def create_client(service: str) -> Any:
    """Returns a new client: botocore's for Bedrock, else our own."""
    if service == "bedrock-runtime":
        return _bedrock()
    # Not at the top: /health needs no client.
    from renderiq.stores.aws.clients import JsonClient, JsonService, S3Client
    from renderiq.stores.aws.connection import Endpoint

    region = runtime_variable("AWS_REGION") or runtime_variable("AWS_DEFAULT_REGION") or "us-east-1"
    emulator = settings().emulator_url or runtime_variable("AWS_ENDPOINT_URL")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    if service == "s3":

        def of_bucket(bucket: str) -> tuple[Endpoint, str]:
            # An emulator has no host names for buckets.
            if emulator:
                return Endpoint(emulator), f"/{bucket}"
            return Endpoint(f"https://{bucket}.s3.{region}.{suffix}"), ""

        return S3Client(region, of_bucket)
    known = {
        "dynamodb": JsonService("dynamodb", "DynamoDB_20120810", "1.0"),
        "secretsmanager": JsonService("secretsmanager", "secretsmanager", "1.1"),
        "sqs": JsonService("sqs", "AmazonSQS", "1.0"),
        # The operations of users are public: they need no credentials, and the functions have no permission for them.
        "cognito-idp": JsonService("cognito-idp", "AWSCognitoIdentityProviderService", "1.1", is_signed=False),
    }[service]
    return JsonClient(known, region, Endpoint(emulator or f"https://{service}.{region}.{suffix}"))


def _bedrock() -> Any:
    import botocore.session
    from botocore.config import Config

    # A model may take a minute, and no emulator has one. Failed attempts are repeated by the render queue.
    config = Config(
        connect_timeout=2, read_timeout=_MODEL_SECONDS, retries={"mode": "standard", "total_max_attempts": 1}
    )
    return botocore.session.get_session().create_client("bedrock-runtime", config=config)


client: Final = Clients(create_client)
