"""Secrets Manager. A container caches what it has read for five minutes."""

from __future__ import annotations

import time
from typing import Any, Final

from botocore.exceptions import ClientError

from renderiq.tokens import SigningKeys, key_id

_CACHE_SECONDS: Final = 300.0
_MIN_REFRESH_SECONDS: Final = 10.0


class SecretStore:
    """Reads secrets."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._values: dict[str, tuple[float, str]] = {}
        self._keys: dict[str, tuple[float, SigningKeys]] = {}

    def value(self, secret_id: str) -> str:
        """Returns the current value of a secret, which may be up to five minutes old."""
        read_at, value = self._values.get(secret_id, (float("-inf"), ""))
        if time.monotonic() - read_at > _CACHE_SECONDS:
            value = self._client.get_secret_value(SecretId=secret_id)["SecretString"]
            self._values[secret_id] = (time.monotonic(), value)
        return value

    def signing_keys(self, secret_id: str, *, for_token: str | None = None) -> SigningKeys:
        """Returns the current and the previous version of a secret, by version id.

        ``for_token`` is the token to verify. If its key is unknown, the secret is read again, at most every 10 s.
        """
        read_at, keys = self._keys.get(secret_id, (float("-inf"), None))
        age = time.monotonic() - read_at
        unknown = for_token is not None and keys is not None and key_id(for_token) not in keys.secrets
        if keys is None or age > _CACHE_SECONDS or (unknown and age > _MIN_REFRESH_SECONDS):
            keys = self._read_keys(secret_id)
            self._keys[secret_id] = (time.monotonic(), keys)
        return keys

    def ping(self, secret_id: str) -> None:
        """Raises the errors of boto3 if the secret cannot be read."""
        self._client.describe_secret(SecretId=secret_id)

    def _read_keys(self, secret_id: str) -> SigningKeys:
        current = self._client.get_secret_value(SecretId=secret_id)
        secrets = {current["VersionId"]: current["SecretString"]}
        try:
            previous = self._client.get_secret_value(SecretId=secret_id, VersionStage="AWSPREVIOUS")
            secrets[previous["VersionId"]] = previous["SecretString"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
                raise
        return SigningKeys(current["VersionId"], secrets)
