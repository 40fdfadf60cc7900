"""Checking the URLs that users want this service to call."""

from __future__ import annotations

from renderiq.addresses import RESOLVE_SECONDS, AddressPolicy, ForbiddenAddressError, Resolve, resolve_within
from renderiq.errors import invalid_field


def check_url(url: str, field: str, *, policy: AddressPolicy, resolve: Resolve) -> None:
    """Raises ``INVALID_INPUT`` about ``field`` unless every address of the host may be called."""
    try:
        target = policy.parse(url)
        policy.check(resolve_within(RESOLVE_SECONDS, resolve, target.host, target.port))
    except ForbiddenAddressError as error:
        raise invalid_field(field, str(error)) from error
    except OSError as error:
        raise invalid_field(field, "The URL must name a public host.") from error
