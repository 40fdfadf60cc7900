"""POST requests to the servers of users.

Every address is checked when the connection is made, and the time and the size of a response are bounded. This uses
httpx with a network backend of its own, in which host names are resolved.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from renderiq.addresses import RESOLVE_SECONDS, AddressPolicy, ForbiddenAddressError, Resolve, resolve, resolve_within

TIMEOUT_SECONDS: Final = 15.0
MAX_RESPONSE_BYTES: Final = 20_000
# The limit of all bytes of a connection, which also ends a response of tiny chunks or of endless 1xx headers.
_MAX_READ: Final = 16 * MAX_RESPONSE_BYTES


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response. ``body`` has at most ``MAX_RESPONSE_BYTES``; it is not decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoResponseError(Exception):
    """There was no complete HTTP response. The message is a short reason that the user may see."""


class Outbound:
    """Sends requests, each over a new connection, without redirects and cookies."""

    def __init__(self, transport: GuardedTransport) -> None:
        self._transport = transport

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Sends a POST request. Raises ``ForbiddenAddressError`` or ``NoResponseError``."""
        self._transport.policy.parse(url)
        try:
            target = httpx.URL(url)
            # With an explicit Host, httpx does not decode the name, which may exist in DNS and be invalid in IDNA.
            sent = {**headers, "accept-encoding": "identity", "host": target.netloc.decode("ascii")}
            request = httpx.Request("POST", target, content=body, headers=sent)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ForbiddenAddressError("The URL cannot be read.") from error
        # A client would read proxies from the environment and handle cookies and redirects.
        response = self._transport.handle_request(request)
        return Response(response.status_code, response.headers, response.read())


class GuardedTransport(httpx.BaseTransport):
    """An httpx transport that connects only to addresses that the policy allows.

    A host is resolved once per request, all of its addresses must be allowed, and the connection goes to one of them.
    So an answer of DNS that changes (DNS rebinding) has no effect. ``timeout`` in seconds covers the whole request,
    from the look-up to the last byte. At most ``MAX_RESPONSE_BYTES`` of a body are returned.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        resolve: Resolve = resolve,
        ssl_context: Callable[[], ssl.SSLContext] | None = None,
        timeout: float = TIMEOUT_SECONDS,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        self.policy = policy
        self._resolve = resolve
        self._ssl_context = ssl_context or _public_ssl_context
        self._timeout = timeout
        self._network = backend or httpcore.SyncBackend()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request. Raises ``ForbiddenAddressError`` or ``NoResponseError``."""
        # Check the URL as httpx has parsed it: another parser may find another host in the same text.
        target = self.policy.parse(str(request.url))
        deadline = time.monotonic() + self._timeout
        pool = httpcore.ConnectionPool(
            ssl_context=self._ssl_context() if target.scheme == "https" else None,
            network_backend=_GuardedBackend(self._network, self.policy, self._resolve, deadline),
            retries=0,
        )
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        try:
            with (
                pool,
                pool.stream(request.method, url, headers=request.headers.raw, content=request.read()) as response,
            ):
                body = _first_bytes(response.iter_stream())
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise NoResponseError(f"no complete answer within {self._timeout:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise NoResponseError(_reason(error)) from error
        # Without this header httpx does not decompress the body, which may be a decompression bomb.
        headers = [(name, value) for name, value in response.headers if name.lower() != b"content-encoding"]
        return httpx.Response(response.status, headers=headers, stream=httpx.ByteStream(body))


def _first_bytes(chunks: Iterable[bytes]) -> bytes:
    read = b""
    for chunk in chunks:
        read += chunk
        if len(read) >= MAX_RESPONSE_BYTES:
            break
    return read[:MAX_RESPONSE_BYTES]


def _reason(error: BaseException) -> str:
    text = f"{error} {error.__cause__}".lower()
    if "certificate" in text or "ssl" in text or "tls" in text:
        return "TLS could not be established"
    if isinstance(error, httpcore.ConnectError):
        return "connection failed"
    return "the connection broke off"


@cache
def _public_ssl_context() -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


class _GuardedBackend(httpcore.NetworkBackend):
    """Resolves a host, checks every address, and connects to one of them. TLS still verifies the host name."""

    def __init__(
        self, network: httpcore.NetworkBackend, policy: AddressPolicy, resolve: Resolve, deadline: float
    ) -> None:
        self._network = network
        self._policy = policy
        self._resolve = resolve
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = resolve_within(_remaining_seconds(self._deadline, RESOLVE_SECONDS), self._resolve, host, port)
        except TimeoutError:
            raise
        except OSError as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        self._policy.check(addresses)

        def connect(address: str, share: int) -> httpcore.NetworkStream:
            seconds = _remaining_seconds(self._deadline, timeout) / share
            stream = self._network.connect_tcp(address, port, seconds, local_address, socket_options)
            return _BoundedStream(stream, self._deadline)

        *others, last = addresses
        for position, address in enumerate(others):  # an address that does not respond leaves time for the next
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return connect(address, len(addresses) - position)
        return connect(last, 1)


class _BoundedStream(httpcore.NetworkStream):
    """A stream with a deadline for all operations together, so that a slow receiver cannot hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline
        self._remaining_bytes = _MAX_READ

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._remaining_bytes <= 0:
            raise httpcore.ReadError("too much for an answer")
        data = self._stream.read(min(max_bytes, self._remaining_bytes), _remaining_seconds(self._deadline, timeout))
        self._remaining_bytes -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # The stream's own ``write`` would restart its timeout with each partial send.
        connection = self._stream.get_extra_info("socket")
        while buffer:
            connection.settimeout(_remaining_seconds(self._deadline, timeout))
            try:
                buffer = buffer[connection.send(buffer) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _remaining_seconds(self._deadline, timeout))
        return _BoundedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _remaining_seconds(deadline: float, timeout: float | None) -> float:
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise httpcore.ReadTimeout
    return remaining if timeout is None else min(remaining, timeout)


__all__ = ["ForbiddenAddressError", "GuardedTransport", "NoResponseError", "Outbound", "Response"]
