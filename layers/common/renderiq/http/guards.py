"""Guards: what decides whether a request may go on before its body is read.

The guards that authenticate and count requests are in ``authentication.py``. A function that needs none of them, such
as /health, does not import them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from renderiq.domain.keys import Scope
from renderiq.domain.rate_limits import RateLimitStatus
from renderiq.errors import ApiError
from renderiq.http.request import Request
from renderiq.platform import Client, detect
from renderiq.wiring.base import time_source

T = TypeVar("T")


class Provide(Protocol):
    """Returns what a function of the composition root builds, or what a test put in its place."""

    def __call__(self, dependency: Callable[..., T]) -> T:
        """Calls the dependency, or its override in ``dependency_overrides``."""
        ...


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller and what its credentials allow. ``session_id`` is None for an API key."""

    user_id: str
    session_id: str | None
    scopes: frozenset[Scope] = frozenset(Scope)

    def may(self, scope: Scope) -> bool:
        """Returns whether the credentials have the scope."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What the guards know about one request.

    ``address`` is the IP address of the peer that API Gateway saw. ``principal`` is None on public endpoints, and
    ``rate`` is None on endpoints that are not counted.
    """

    client: Client
    address: str
    now: datetime
    principal: Principal | None = None
    rate: RateLimitStatus | None = None


class RequestRejectedError(Exception):
    """A guard rejected the request. ``rate`` is the caller's rate limit status, if the request was counted."""

    def __init__(self, error: ApiError, rate: RateLimitStatus | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.rate = rate


Guard = Callable[[Request, Provide], RequestContext]


def allow_anonymous(request: Request, provide: Provide) -> RequestContext:
    """Admits every request, counts none, and makes no call to AWS."""
    now = provide(time_source)()
    return RequestContext(detect(request.headers), request.address, now)
