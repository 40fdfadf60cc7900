"""How many large requests one caller may have at a time."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final
from weakref import WeakValueDictionary

import anyio

from local.http_events import HttpRequest

LARGE_BODY: Final = 64 * 1024
LARGE_REQUESTS_PER_CALLER: Final = 2


class ConcurrencyLimits:
    """Lets each caller have ``LARGE_REQUESTS_PER_CALLER`` requests of ``LARGE_BODY`` bytes or more; others wait.

    On AWS each request has a container of its own. Here a few containers serve everybody, and one caller whose images
    take long to decode must not hold all of them. Callers are told apart by the credentials that they send: wrong ones
    are refused before an image is decoded.
    """

    def __init__(self) -> None:
        self._semaphores: WeakValueDictionary[str, anyio.Semaphore] = WeakValueDictionary()

    def of(self, request: HttpRequest) -> AbstractAsyncContextManager[object]:
        """Returns a context manager that waits until the caller may send the request, and holds its place."""
        if len(request.body) < LARGE_BODY:
            return nullcontext()
        headers = {name.lower(): value for name, value in request.headers}
        caller = headers.get("authorization") or headers.get("x-api-key") or request.client
        return self._semaphores.setdefault(caller, anyio.Semaphore(LARGE_REQUESTS_PER_CALLER))
