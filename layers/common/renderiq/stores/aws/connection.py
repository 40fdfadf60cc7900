"""HTTP to one AWS endpoint: connections that are kept, bounds of time, and one repetition."""

from __future__ import annotations

import http.client
import os.path
import random
import select
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, NoReturn
from urllib.parse import urlsplit

from renderiq.settings import runtime_variable

# An API function may run for 15 s. Two attempts of at most 3 s leave time for a proper error response.
CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 3.0
ATTEMPTS: Final = 2
_ROOTS: Final = os.path.join(os.path.dirname(__file__), "roots.pem")  # noqa: PTH (pathlib takes longer to import)
"""The roots of Amazon Trust Services, which sign every certificate of AWS. The system's 140 take 20 times as long."""

Connection = http.client.HTTPConnection
Connect = Callable[[], Connection]
Reply = tuple[http.client.HTTPResponse, Connection]
"""A response that has not been read, and its connection."""


class Endpoint:
    """The address of a service. ``connect`` opens a connection; tests put another in its place."""

    def __init__(self, url: str, connect: Connect | None = None) -> None:
        parts = urlsplit(url)
        self.url = url
        self.host = parts.netloc
        self._hostname = parts.hostname or ""
        self._port = parts.port
        self._secure = parts.scheme == "https"
        self._connect = connect or self._open
        # A list is a pool: pop and append are atomic, and the render worker reports progress from another thread.
        self._idle: list[Connection] = []

    def send(self, method: str, target: str, body: bytes, headers: Callable[[], Mapping[str, str]]) -> Reply:
        """Sends a request once.

        ``headers`` is called for each connection that is tried, because a signature has the time. A kept connection
        that the server has closed is replaced. Raises the errors of botocore for connections.
        """
        while True:
            kept = self._kept()
            connection = kept or self._connect()
            try:
                connection.request(method, target, body, dict(headers()))
                response = connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
                connection.close()
                if kept is None:
                    self._raise(error)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._raise(error)
            else:
                return response, connection

    def read(self, response: http.client.HTTPResponse, connection: Connection) -> bytes:
        """Returns the rest of a body, and keeps the connection for the next request."""
        try:
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._raise(error)
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return data

    def _kept(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            # A connection that has something to read, without a request, was closed by the server.
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
        return None

    def _open(self) -> Connection:
        connection: Connection
        if self._secure:
            connection = http.client.HTTPSConnection(
                self._hostname, self._port, timeout=CONNECT_SECONDS, context=tls_context()
            )
        else:
            connection = http.client.HTTPConnection(self._hostname, self._port, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
        except TimeoutError as error:
            from botocore.exceptions import ConnectTimeoutError

            raise ConnectTimeoutError(endpoint_url=self.url, error=error) from error
        except OSError as error:
            from botocore.exceptions import EndpointConnectionError

            raise EndpointConnectionError(endpoint_url=self.url, error=error) from error
        connection.sock.settimeout(READ_SECONDS)
        return connection

    def _raise(self, error: Exception) -> NoReturn:
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

        if isinstance(error, TimeoutError):
            raise ReadTimeoutError(endpoint_url=self.url, error=error) from error
        raise ConnectionClosedError(endpoint_url=self.url, error=error) from error


@cache
def tls_context() -> ssl.SSLContext:
    """Returns what verifies the servers of AWS."""
    return ssl.create_default_context(cafile=runtime_variable("AWS_CA_BUNDLE") or _ROOTS)


def pause(attempt: int) -> None:
    """Waits before a repetition: up to 1 s, then up to 2 s."""
    time.sleep(random.random() * 2**attempt)  # noqa: S311 (jitter, not a secret)
