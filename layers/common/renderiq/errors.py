"""The error catalogue: every error code of the API, and the exception that carries one."""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus
from typing import Any


class ErrorCode(Enum):
    """``(HTTP status, default sentence, retryable)``. A code is public and permanent: clients depend on it."""

    INVALID_INPUT = HTTPStatus.BAD_REQUEST, "The request has a wrong value.", False
    MISSING_REQUIRED_FIELD = HTTPStatus.BAD_REQUEST, "The request lacks a required field.", False
    INVALID_PROJECT_ID = HTTPStatus.BAD_REQUEST, "The project id is not a UUID.", False
    INVALID_RENDER_ID = HTTPStatus.BAD_REQUEST, "The render id is not a UUID.", False
    AUTHORIZATION_PENDING = HTTPStatus.BAD_REQUEST, "The user has not yet approved the code.", True
    SLOW_DOWN = HTTPStatus.BAD_REQUEST, "Ask less often: five seconds more between two requests.", True
    ACCESS_DENIED = HTTPStatus.BAD_REQUEST, "The user has denied the sign-in.", False
    EXPIRED_TOKEN = HTTPStatus.BAD_REQUEST, "The code has expired. Request another one.", False
    INVALID_GRANT = HTTPStatus.BAD_REQUEST, "The device code is not valid. Request another one.", False
    UNSUPPORTED_GRANT_TYPE = HTTPStatus.BAD_REQUEST, "This grant type is not supported here.", False
    AUTH_REQUIRED = HTTPStatus.UNAUTHORIZED, "Sign in first.", False
    AUTH_FAILED = HTTPStatus.UNAUTHORIZED, "Sign-in could not be finished.", False
    INVALID_CREDENTIALS = HTTPStatus.UNAUTHORIZED, "The e-mail address or the password is wrong.", False
    INVALID_TOKEN = HTTPStatus.UNAUTHORIZED, "The access token is not valid. Sign in again.", False
    TOKEN_EXPIRED = HTTPStatus.UNAUTHORIZED, "The access token has expired. Refresh it.", False
    REFRESH_FAILED = HTTPStatus.UNAUTHORIZED, "The refresh token is not valid. Sign in again.", False
    INVALID_API_KEY = HTTPStatus.UNAUTHORIZED, "The API key is not valid.", False
    API_KEY_EXPIRED = HTTPStatus.UNAUTHORIZED, "The API key has expired.", False
    API_KEY_REVOKED = HTTPStatus.UNAUTHORIZED, "The API key was revoked.", False
    INSUFFICIENT_CREDITS = HTTPStatus.PAYMENT_REQUIRED, "Not enough credits for this render.", False
    INSUFFICIENT_PERMISSIONS = HTTPStatus.FORBIDDEN, "These credentials do not allow that.", False
    CONSENT_REQUIRED = HTTPStatus.FORBIDDEN, "The user has not agreed to that.", False
    NOT_FOUND = HTTPStatus.NOT_FOUND, "There is nothing here by that name.", False
    METHOD_NOT_ALLOWED = HTTPStatus.METHOD_NOT_ALLOWED, "This address does not take that method.", False
    ALREADY_EXISTS = HTTPStatus.CONFLICT, "That exists already.", False
    RESOURCE_CONFLICT = HTTPStatus.CONFLICT, "Its present state does not allow that.", False
    UPLOAD_INCOMPLETE = HTTPStatus.CONFLICT, "Parts of the upload have not arrived.", False
    PAYLOAD_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.", False
    UNSUPPORTED_MEDIA_TYPE = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "That content type is not accepted here.", False
    IDEMPOTENCY_KEY_REUSED = (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "This Idempotency-Key was used with another request in the last 30 days.",
        False,
    )
    UPLOAD_REJECTED = HTTPStatus.UNPROCESSABLE_ENTITY, "The uploaded file is not what was announced.", False
    MODEL_UNREADABLE = HTTPStatus.UNPROCESSABLE_ENTITY, "The 3D model cannot be read.", False
    MODEL_TOO_LARGE = HTTPStatus.UNPROCESSABLE_ENTITY, "The 3D model is too large for a render.", False
    CONTENT_BLOCKED = HTTPStatus.UNPROCESSABLE_ENTITY, "The engine declined to render this content.", False
    RATE_LIMIT_EXCEEDED = HTTPStatus.TOO_MANY_REQUESTS, "Too many requests. Wait, then try again.", True
    QUOTA_EXCEEDED = HTTPStatus.TOO_MANY_REQUESTS, "The most that an account may have is reached.", False
    RENDER_FAILED = HTTPStatus.INTERNAL_SERVER_ERROR, "The render failed; its credits were returned.", False
    INTERNAL_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke on our side.", True
    SERVICE_UNAVAILABLE = HTTPStatus.SERVICE_UNAVAILABLE, "A service behind this one does not answer.", True
    TIMEOUT = HTTPStatus.GATEWAY_TIMEOUT, "That took too long.", True
    WEBHOOK_DELIVERY_FAILED = HTTPStatus.BAD_GATEWAY, "The webhook could not be delivered.", False

    def __init__(self, status: HTTPStatus, sentence: str, retryable: bool) -> None:
        self.status = status
        self.sentence = sentence
        self.retryable = retryable


class ApiError(Exception):
    """An error that the client gets as its response.

    ``message`` is a sentence for the user; the default is that of the code. ``retry_after`` is in seconds. ``details``
    are sent to the client as they are, so they must not hold secrets.
    """

    def __init__(
        self, code: ErrorCode, message: str | None = None, *, retry_after: int | None = None, **details: Any
    ) -> None:
        super().__init__(message or code.sentence)
        self.code = code
        self.message = message or code.sentence
        self.retry_after = retry_after
        self.details = details


def invalid_field(field: str, problem: str) -> ApiError:
    """Returns ``INVALID_INPUT`` about one field."""
    return ApiError(ErrorCode.INVALID_INPUT, f"{field}: {problem}", fields=[{"field": field, "problem": problem}])


def not_found(resource: str) -> ApiError:
    """Returns ``NOT_FOUND`` about one kind of resource, such as ``render``.

    The same error is raised for a resource of another user, so that nobody learns which ids exist.
    """
    return ApiError(ErrorCode.NOT_FOUND, f"There is no such {resource}.")
