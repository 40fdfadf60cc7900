"""What can go wrong: one class per family. Each error has a sentence for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final


class RenderiqError(Exception):
    """The base of all errors of this package. ``str(error)`` is a sentence for a person.

    ``code`` is permanent: switch on it. ``status`` is None without an answer. ``retryable`` tells whether the same call
    may succeed later, and ``retry_after`` in how many seconds, if the server said so. Quote ``request_id`` to support.
    """

    kind: ClassVar[str] = "error"

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id
        self.retryable = retryable
        self.retry_after = retry_after
        self.details = dict(details or {})


class ApiError(RenderiqError):
    """The API refused a request. The subclasses say why."""

    kind = "api"


class AuthError(ApiError):
    """Sign in, or use another API key (401). Also a device code that was denied or has expired."""

    kind = "auth"

    @property
    def may_be_renewed(self) -> bool:
        """Whether another access token may help."""
        return self.code in ("TOKEN_EXPIRED", "INVALID_TOKEN")


class InsufficientCreditsError(ApiError):
    """The account has too few credits (402)."""

    kind = "credits"

    @property
    def required_credits(self) -> int | None:
        """What the order would cost."""
        return self.details.get("requiredCredits")

    @property
    def available_credits(self) -> int | None:
        """What the account has."""
        return self.details.get("availableCredits")


class PermissionDeniedError(ApiError):
    """The API key lacks a scope (403)."""

    kind = "permission"


class NotFoundError(ApiError):
    """There is nothing by that id (404)."""

    kind = "notFound"


class ConflictError(ApiError):
    """The present state does not allow that (409)."""

    kind = "conflict"


class ValidationError(ApiError):
    """The request has a wrong value, or a file is too large or of a wrong type (400, 413, 415, 422)."""

    kind = "validation"

    @property
    def fields(self) -> list[dict[str, str]]:
        """The wrong fields: ``[{"field": "quality", "problem": "is not one of …"}]``, or none."""
        found = self.details.get("fields")
        return found if isinstance(found, list) else []


class RateLimitedError(ApiError):
    """Too many requests, or a quota is used up (429)."""

    kind = "rateLimited"


class ServerError(ApiError):
    """Something broke on the server's side (5xx)."""

    kind = "server"


class NetworkError(RenderiqError):
    """No answer, half an answer, or one that is not the API's.

    ``was_sent`` is False if there was no connection, so that the server cannot have seen the request.
    """

    kind = "network"

    def __init__(self, code: str, message: str, *, was_sent: bool = True) -> None:
        super().__init__(code, message, retryable=True)
        self.was_sent = was_sent


class RenderFailedError(RenderiqError):
    """A render that was waited for has failed or was cancelled. Its credits were returned."""

    kind = "failed"


class WaitTimeoutError(RenderiqError):
    """A render has not ended in the time that the caller wanted to wait. It goes on."""

    kind = "timeout"


class CancelledError(RenderiqError):
    """The caller cancelled an upload."""

    kind = "cancelled"


class SignatureError(RenderiqError):
    """A message is not from whom it says it is, or too old."""

    kind = "signature"


class StateError(RenderiqError):
    """The present state does not allow that call."""

    kind = "state"


class DiskError(RenderiqError):
    """The disk is full, or a file cannot be written."""

    kind = "disk"


_BY_STATUS: Final[Mapping[int, type[ApiError]]] = {
    400: ValidationError,
    401: AuthError,
    402: InsufficientCreditsError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: ValidationError,
    415: ValidationError,
    422: ValidationError,
    429: RateLimitedError,
}
_DEVICE_CODES: Final = frozenset({"ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_GRANT"})
_WITHOUT_ENVELOPE: Final[Mapping[int, tuple[str, str]]] = {
    413: ("PAYLOAD_TOO_LARGE", "The request is too large."),
}


def error_of(status: int, body: Any, *, request_id: str | None = None, retry_after: float | None = None) -> ApiError:
    """Returns the error that an answer means. ``body`` is its JSON, or None if it has none."""
    envelope = body if isinstance(body, dict) and isinstance(body.get("errorCode"), str) else {}
    code, sentence = _WITHOUT_ENVELOPE.get(status, (f"HTTP_{status}", f"The server answered with status {status}."))
    code, sentence = envelope.get("errorCode", code), envelope.get("error") or sentence
    retryable = envelope.get("retryable")
    if not isinstance(retryable, bool):
        retryable = status in (408, 429) or status >= 500
    family = AuthError if code in _DEVICE_CODES else _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
    details = envelope.get("details")
    return family(
        code,
        str(sentence),
        status=status,
        request_id=envelope.get("requestId") or request_id,
        retryable=retryable,
        retry_after=retry_after,
        details=details if isinstance(details, dict) else None,
    )
