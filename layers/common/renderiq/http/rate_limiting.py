"""Guards that count requests against a rate limit."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from renderiq.errors import ApiError, ErrorCode
from renderiq.http.guards import Provide, RequestContext, RequestRejectedError, allow_anonymous
from renderiq.http.request import Request
from renderiq.platform import Platform
from renderiq.settings import Settings
from renderiq.stores.principals import Admission
from renderiq.wiring.base import configuration
from renderiq.wiring.principals import principals


@dataclass(frozen=True, slots=True)
class RateLimitedByAddress:
    """A guard for public endpoints: counts requests by IP address.

    ``limit`` returns requests a minute from the settings; without it the platform's limit counts.
    """

    limit: Callable[[Settings], int] | None = None

    def __call__(self, request: Request, provide: Provide) -> RequestContext:
        """Rejects with ``RATE_LIMIT_EXCEEDED``."""
        context = allow_anonymous(request, provide)
        limit = self.limit(provide(configuration)) if self.limit else platform_limit(context, provide)
        admission = admit(address_principal(context.address), limit, context, provide)
        return replace(context, rate=admission.rate)


def limit_sign_ins(email: str, limit: int, context: RequestContext, provide: Provide) -> None:
    """Counts a sign-in with this e-mail address, which is stored as a hash. Raises ``RATE_LIMIT_EXCEEDED``."""
    admit(f"email#{hashlib.sha256(email.encode()).hexdigest()}", limit, context, provide)


def address_principal(address: str) -> str:
    """Returns the key that an IP address is counted under. For IPv6 that is its /64, the block of one household."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6 and not parsed.ipv4_mapped:
        return f"ip#{ipaddress.ip_network(f'{address}/64', strict=False)}"
    return f"ip#{getattr(parsed, 'ipv4_mapped', None) or parsed}"


def platform_limit(context: RequestContext, provide: Provide) -> int:
    """Returns the requests a minute that the calling platform may make."""
    limits: dict[Any, int] = provide(configuration).rate_limits
    return limits.get(context.client.platform, limits[Platform.UNKNOWN])


def admit(principal_key: str, limit: int, context: RequestContext, provide: Provide) -> Admission:
    """Counts one request of a caller. Rejects it with ``RATE_LIMIT_EXCEEDED`` if ``limit`` a minute is reached."""
    admission = provide(principals).admit(principal_key, limit, context.now)
    if not admission.admitted:
        rate = admission.rate
        raise RequestRejectedError(
            ApiError(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                f"At most {limit} requests a minute. Try again in {rate.retry_after} s.",
                retry_after=rate.retry_after,
            ),
            rate,
        )
    return admission
