"""Which requests need more than their share: large ones, and those that wait."""

import re
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final
from urllib.parse import parse_qs
from weakref import WeakValueDictionary

import anyio

from local.http_events import HttpRequest

LARGE_BODY: Final = 64 * 1024
LARGE_REQUESTS_PER_CALLER: Final = 2
_WAIT: Final = re.compile(r"(?:^|,)\s*wait\s*=", re.IGNORECASE)


def may_wait(request: HttpRequest) -> bool:
    """Whether the client lets the response wait: by ``Prefer: wait`` (RFC 7240) or by a parameter ``wait``."""
    preferences = (value for name, value in request.headers if name.lower() == "prefer")
    return any(_WAIT.search(each) for each in preferences) or "wait" in parse_qs(request.query)


class ConcurrencyLimits:
    """Lets each caller have ``LARGE_REQUESTS_PER_CALLER`` requests of ``LARGE_BODY`` bytes or more; others wait.

    On AWS each request has a container of its own. Here a few containers serve everybody, and one caller whose images
    take long to decode must not hold all of them. Callers are told apart by the credentials that they send: wrong ones
    are refused before an image is decoded. Requests that may wait have other containers, and are not limited.
    """

    def __init__(self) -> None:
        self._semaphores: WeakValueDictionary[str, anyio.Semaphore] = WeakValueDictionary()

    def of(self, request: HttpRequest) -> AbstractAsyncContextManager[object]:
        """Returns a context manager that waits until the caller may send the request, and holds its place."""
        if len(request.body) < LARGE_BODY or may_wait(request):
            return nullcontext()
        headers = {name.lower(): value for name, value in request.headers}
        caller = headers.get("authorization") or headers.get("x-api-key") or request.client
        return self._semaphores.setdefault(caller, anyio.Semaphore(LARGE_REQUESTS_PER_CALLER))
