"""Whether a message is from Renderiq (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from renderiq.clock import Clock
from renderiq.errors import SignatureError

TOLERANCE: Final = 300
"""The seconds by which a message may be older or newer than the clock."""
_PREFIX: Final = "whsec_"


def verify(body: bytes | str, headers: Mapping[str, str], secret: str, *, now: float | None = None) -> dict[str, Any]:
    """Returns the event of a message, if one of its signatures is right. Raises ``SignatureError``.

    ``body`` must be as it was received, byte by byte. ``now`` is in seconds since the Unix epoch.
    """
    content = body.encode() if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp, signatures = (given[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise SignatureError("MISSING_HEADER", f"The message has no header {error}.") from error
    moment = Clock().now() if now is None else now
    if not timestamp.isdigit() or abs(moment - int(timestamp)) > TOLERANCE:
        raise SignatureError("TIMESTAMP_OUT_OF_RANGE", "The message is too old, or a clock is wrong.")
    signed = f"{message_id}.{timestamp}.".encode() + content
    right = base64.b64encode(hmac.new(_key(secret), signed, "sha256").digest())
    # All are compared, so that the time does not tell which one was right.
    matches = [hmac.compare_digest(f"v1,{right.decode()}".encode(), each.encode()) for each in signatures.split()]
    if not any(matches):
        raise SignatureError("BAD_SIGNATURE", "The signature of the message is wrong.")
    event = json.loads(content)
    return event if isinstance(event, dict) else {}


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        encoded = secret[len(_PREFIX) :].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        except ValueError:
            pass  # the text itself is the key then, as it is for the server
    return secret.encode()
