"""Reading responses of AI services. They are not trusted: size, time and format are checked."""

from __future__ import annotations

import binascii
import json
import re
import time
from base64 import b64decode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from PIL.Image import Image

from renderiq.clock import retry_after
from renderiq.engines import PermanentEngineError, RetryableEngineError
from renderiq.engines.images import decode_output
from renderiq.errors import ApiError, ErrorCode

MAX_BYTES: Final = 64_000_000
"""The limit of a response. A 4K PNG in base64 has about 40 MB."""
RETRYABLE: Final = frozenset({408, 424, 429, 500, 502, 503, 504})
"""HTTP statuses after which another attempt may succeed."""
_MIN_SIDE: Final = 256
_MAX_DELAY_SECONDS: Final = 3600.0
_SECONDS: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s?")


def read_body(chunks: Iterable[bytes], *, until: float, max_bytes: int = MAX_BYTES) -> bytes:
    """Returns a body of at most ``max_bytes`` that arrives before the time ``until`` of ``time.monotonic()``.

    Raises ``RetryableEngineError`` if it is too slow, and ``PermanentEngineError`` if it is too large.
    """
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise PermanentEngineError("The engine's answer was too large.")
        if time.monotonic() > until:
            raise RetryableEngineError("the response took too long")
    return bytes(body)


def parse(body: bytes) -> dict[str, Any]:
    """Parses a JSON object. Raises ``RetryableEngineError`` for anything else, because the body may be incomplete."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RetryableEngineError("the response is not JSON") from error
    if not isinstance(answer, dict):
        raise RetryableEngineError("the response is not a JSON object")
    return answer


def decode_image(encoded: object) -> Image:
    """Decodes an image in base64. Raises ``RetryableEngineError`` if it is not an image, or too small."""
    try:
        image = decode_output(b64decode(encoded if isinstance(encoded, str) else "", validate=True))
    except (binascii.Error, ValueError, ApiError) as error:
        raise RetryableEngineError("the image of the response cannot be read") from error
    if min(image.size) < _MIN_SIDE:
        raise RetryableEngineError("the image of the response is too small")
    return image


def parse_delay(value: object) -> float | None:
    """Returns the seconds of a ``Retry-After`` (seconds or a date) or a ``retryDelay`` (``22s``), at most an hour.

    Returns None for anything else.
    """
    if not isinstance(value, str):
        return None
    found = _SECONDS.fullmatch(value.strip())
    seconds = float(found[1]) if found else retry_after(value, datetime.now(UTC))
    return None if seconds is None else min(seconds, _MAX_DELAY_SECONDS)


def blocked_error() -> PermanentEngineError:
    """Returns the error for a prompt or an output that the service blocked."""
    return PermanentEngineError(ErrorCode.CONTENT_BLOCKED.sentence, code=ErrorCode.CONTENT_BLOCKED.name)


def status_error(status: int, *, retry_after: float | None = None) -> PermanentEngineError | RetryableEngineError:
    """Returns the error for a response with an HTTP error status. It does not quote the service."""
    if status in RETRYABLE:
        return RetryableEngineError(f"the service responded with status {status}", retry_after=retry_after)
    return PermanentEngineError("The engine did not take the request.")
