"""Checking the URLs that users want this service to call."""

from __future__ import annotations

import socket

from renderiq.addresses import RESOLVE_SECONDS, AddressPolicy, ForbiddenAddressError, Resolve, resolve_within, to_ascii
from renderiq.errors import ApiError, ErrorCode, invalid_field


def check_url(url: str, field: str, *, policy: AddressPolicy, resolve: Resolve) -> str:
    """Returns the URL in ASCII, as it is to be stored.

    Raises ``INVALID_INPUT`` about ``field`` unless every address of the host may be called, and
    ``SERVICE_UNAVAILABLE`` if DNS gives no answer now.
    """
    ascii_url = url
    try:
        ascii_url = to_ascii(url)
        target = policy.parse(ascii_url)
        policy.check(resolve_within(RESOLVE_SECONDS, resolve, target.host, target.port))
    except ForbiddenAddressError as error:
        raise _refusal(field, str(error), url, ascii_url) from error
    except OSError as error:
        if _is_temporary(error):
            message = f"The host of {field} could not be looked up. Try again."
            raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, message, retry_after=5) from error
        raise _refusal(field, "The URL must name a public host.", url, ascii_url) from error
    return ascii_url


def _refusal(field: str, reason: str, url: str, ascii_url: str) -> ApiError:
    return invalid_field(field, reason if url == ascii_url else f"{reason} It was read as {ascii_url}")


def _is_temporary(error: OSError) -> bool:
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_AGAIN
    return isinstance(error, TimeoutError)
