"""The client: one object, from which everything is reached."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from renderiq.api import Api, Credentials
from renderiq.clock import Clock
from renderiq.credentials import ApiKey, Session
from renderiq.errors import StateError
from renderiq.files import data_directory
from renderiq.identity import identity_headers
from renderiq.transport import Transport, UrllibTransport
from renderiq.version import __version__

if TYPE_CHECKING:
    from renderiq.account import Credits, Styles
    from renderiq.queue import Queue
    from renderiq.renders import Renders
    from renderiq.sign_in import SignIn
    from renderiq.tokens import TokenStore
    from renderiq.uploads import Uploads
    from renderiq.webhooks import Webhooks

TIMEOUT: Final = 30.0
PARALLEL: Final = 4


class Renderiq:
    """A client of the Renderiq API.

    ``base_url`` is the address of the API, such as ``https://api.example.com/api/plugins``; the environment variable
    ``RENDERIQ_URL`` may name it too. With ``api_key`` (or ``RENDERIQ_API_KEY``) the client is ready. Without one it
    uses the session that ``sign_in`` has opened, in this process or in an earlier one.

    ``platform`` and ``plugin_version`` name the host and the plugin. ``directory`` has session and queue. ``timeout``
    are the seconds for which a connection may be silent. A client may be used from several threads.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        platform: str = "unknown",
        plugin_version: str = __version__,
        directory: str | os.PathLike[str] | None = None,
        token_store: TokenStore | None = None,
        timeout: float = TIMEOUT,
        parallel: int = PARALLEL,
        transport: Transport | None = None,
        clock: Clock | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.base_url = (base_url or os.environ.get("RENDERIQ_URL") or "").rstrip("/")
        if not self.base_url:
            raise StateError("NO_ADDRESS", "Name the address of the API, as base_url or in RENDERIQ_URL.")
        self.directory = Path(directory) if directory else data_directory()
        key = api_key or (None if token_store else os.environ.get("RENDERIQ_API_KEY"))
        self._parallel = parallel
        self._token_store = token_store
        credentials: Credentials = ApiKey(key) if key else self._session
        self.api = Api(
            base_url=self.base_url,
            credentials=credentials,
            identity={**identity_headers(platform, plugin_version), **(headers or {})},
            transport=transport or UrllibTransport(),
            clock=clock or Clock(),
            timeout=timeout,
        )

    # What a program does not use is not imported: hosts start faster.

    @cached_property
    def renders(self) -> Renders:
        """Orders renders, waits for them and downloads them."""
        from renderiq.renders import Renders

        return Renders(self.api, self.uploads)

    @cached_property
    def uploads(self) -> Uploads:
        """Sends files that are too large for an order."""
        from renderiq.uploads import Uploads

        return Uploads(self.api, parallel=self._parallel)

    @cached_property
    def credits(self) -> Credits:
        """The balance, and what has changed it."""
        from renderiq.account import Credits

        return Credits(self.api)

    @cached_property
    def styles(self) -> Styles:
        """The styles that can be ordered."""
        from renderiq.account import Styles

        return Styles(self.api)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Registers webhooks, verifies their messages, and reads poll endpoints."""
        from renderiq.webhooks import Webhooks

        return Webhooks(self.api)

    @cached_property
    def sign_in(self) -> SignIn:
        """Opens and ends a session. It is for clients without an API key."""
        from renderiq.sign_in import SignIn

        return SignIn(self.api, self._session)

    @cached_property
    def queue(self) -> Queue:
        """The durable queue in ``directory``."""
        from renderiq.queue import Queue

        return Queue(self.api, self.directory / "queue-python", parallel=self._parallel)

    def sleep(self, seconds: float) -> None:
        """Waits by the client's clock."""
        self.api.clock.sleep(seconds)

    def clock_skew(self) -> float:
        """Returns by how many seconds this machine's clock is ahead of the server's. It needs no sign-in."""
        answer = self.api.call("GET", "/health", signed_in=False)
        from renderiq.tokens import read_time

        return self.api.clock.now() - read_time(str(answer.body.get("timestamp", "")))

    @cached_property
    def _session(self) -> Session:
        from renderiq.tokens import default_token_store

        return Session(self._token_store or default_token_store(self.directory, self.base_url))
