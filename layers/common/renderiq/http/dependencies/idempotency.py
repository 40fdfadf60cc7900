"""The parameter that holds the Idempotency-Key header."""

from __future__ import annotations

from typing import Annotated, Final

from renderiq.errors import invalid_field
from renderiq.http.request import Request
from renderiq.http.routing import Depends

_MAX_BYTES: Final = 255


def read_idempotency_key(request: Request) -> str | None:
    """Returns the key, or None if the header is absent or blank. Members of an organisation do not share keys.

    Raises ``INVALID_INPUT`` for a key that is longer than 255 bytes in UTF-8 or has control characters.
    """
    key: str = request.headers.get("idempotency-key", "").strip()
    if not key.isprintable() or len(key.encode("utf-8", "replace")) > _MAX_BYTES:
        raise invalid_field("Idempotency-Key", f"must be at most {_MAX_BYTES} bytes of printable characters")
    caller = request.context.principal
    return f"{caller.created_by}#{key}" if key and caller and caller.created_by else key or None


IdempotencyKey = Annotated[str | None, Depends(read_idempotency_key)]
