"""What AI services answer. It is as hostile as an upload: bounded while it arrives, parsed and decoded with care."""

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
from renderiq.engines.images import read_answer
from renderiq.errors import ApiError, ErrorCode

MAX_BYTES: Final = 64_000_000
"""A 4K picture as a PNG in base64 is about 40 MB."""
RETRYABLE: Final = frozenset({408, 424, 429, 500, 502, 503, 504})
"""HTTP statuses that another attempt may not meet."""
_MIN_SIDE: Final = 256
_LONGEST_WAIT: Final = 3600.0
_SECONDS: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s?")


def collect(chunks: Iterable[bytes], *, until: float, at_most: int = MAX_BYTES) -> bytes:
    """A body, read until ``time.monotonic()`` says ``until`` and up to ``at_most`` bytes.

    Raises ``RetryableEngineError`` for a slow body, ``PermanentEngineError`` for a huge one.
    """
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > at_most:
            raise PermanentEngineError("The engine's answer was too large.")
        if time.monotonic() > until:
            raise RetryableEngineError("the answer took too long")
    return bytes(body)


def parse(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises ``RetryableEngineError`` for anything else: what was cut off may come whole next time."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RetryableEngineError("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise RetryableEngineError("the answer is not an object")
    return answer


def picture(encoded: object) -> Image:
    """The picture in a base64 text. Raises ``RetryableEngineError`` for what is none, or hardly one."""
    try:
        found = read_answer(b64decode(encoded if isinstance(encoded, str) else "", validate=True))
    except (binascii.Error, ValueError, ApiError) as error:
        raise RetryableEngineError("the answer's picture cannot be read") from error
    if min(found.size) < _MIN_SIDE:
        raise RetryableEngineError("the answer's picture is too small")
    return found


def wait(said: object) -> float | None:
    """Seconds to wait from ``Retry-After`` (seconds or a date) or ``retryDelay`` (``22s``); None for anything else."""
    if not isinstance(said, str):
        return None
    found = _SECONDS.fullmatch(said.strip())
    seconds = float(found[1]) if found else retry_after(said, datetime.now(UTC))
    return None if seconds is None else min(seconds, _LONGEST_WAIT)


def blocked() -> PermanentEngineError:
    """The service declined what was asked for, or what came out of it."""
    return PermanentEngineError(ErrorCode.CONTENT_BLOCKED.sentence, code=ErrorCode.CONTENT_BLOCKED.name)


def refused(status: int, *, retry_after: float | None = None) -> PermanentEngineError | RetryableEngineError:
    """What an answer with an HTTP error is to us. The service's own words stay behind: they are not for users."""
    if status in RETRYABLE:
        return RetryableEngineError(f"the service answered {status}", retry_after=retry_after)
    return PermanentEngineError("The engine did not take the request.")
