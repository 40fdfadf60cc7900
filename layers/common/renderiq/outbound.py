"""POSTs to other people's servers: the address is checked when it is connected to, time and size are bounded.

httpx over httpcore, whose network backend is the one place where a name becomes an address.
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
MAX_ANSWER: Final = 20_000
# Of everything that a connection brings: an answer in tiny chunks, or announced by ever more 1xx, ends here.
_MAX_READ: Final = 16 * MAX_ANSWER


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is the first ``MAX_ANSWER`` bytes at most, as they came: nothing is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswerError(Exception):
    """The target gave no HTTP answer; the message is a short public reason."""


class Outbound:
    """Sends one request at a time, follows no redirect, keeps no connection and no cookie."""

    def __init__(self, transport: GuardedTransport) -> None:
        self._transport = transport

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises ``ForbiddenAddressError`` or ``NoAnswerError``."""
        self._transport.policy.parse(url)
        try:
            target = httpx.URL(url)
            # With a Host of our own, httpx need not decode a name that is in DNS and in no edition of IDNA.
            sent = {**headers, "accept-encoding": "identity", "host": target.netloc.decode("ascii")}
            request = httpx.Request("POST", target, content=body, headers=sent)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ForbiddenAddressError("The URL cannot be read.") from error
        # Straight to the transport: there is no environment, cookie or redirect to mind.
        response = self._transport.handle_request(request)
        return Answer(response.status_code, response.headers, response.read())


class GuardedTransport(httpx.BaseTransport):
    """Connects to an address that the policy allowed a moment ago, and answers with ``MAX_ANSWER`` bytes at most.

    A name is resolved once per request, and every address of it must be allowed. ``timeout`` in seconds is for the
    whole request, from the look-up to the last byte. Raises ``ForbiddenAddressError`` or ``NoAnswerError``.
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
        # Not what the caller wrote but what will be connected to: two parsers need not agree.
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
            with pool, pool.stream(request.method, url, headers=request.headers.raw, content=request.read()) as answer:
                body = _first_bytes(answer.iter_stream())
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise NoAnswerError(f"no complete answer within {self._timeout:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise NoAnswerError(_reason(error)) from error
        # Without its encoding httpx has nothing to decompress: a bomb stays as small as it came.
        headers = [(name, value) for name, value in answer.headers if name.lower() != b"content-encoding"]
        return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(body))


def _first_bytes(chunks: Iterable[bytes]) -> bytes:
    read = b""
    for chunk in chunks:
        read += chunk
        if len(read) >= MAX_ANSWER:
            break
    return read[:MAX_ANSWER]


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
    """Resolves, checks every address, and connects to one that was checked; TLS still verifies the name."""

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
            addresses = resolve_within(_left(self._deadline, RESOLVE_SECONDS), self._resolve, host, port)
        except TimeoutError:
            raise
        except OSError as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        self._policy.check(addresses)

        def connect(address: str, share: int) -> httpcore.NetworkStream:
            seconds = _left(self._deadline, timeout) / share
            stream = self._network.connect_tcp(address, port, seconds, local_address, socket_options)
            return _BoundedStream(stream, self._deadline)

        *others, last = addresses
        for position, address in enumerate(others):  # one that is silent leaves time for those behind it
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return connect(address, len(addresses) - position)
        return connect(last, 1)


class _BoundedStream(httpcore.NetworkStream):
    """A stream whose operations all end by one deadline, so that a slow drip cannot hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline
        self._may_read = _MAX_READ

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._may_read <= 0:
            raise httpcore.ReadError("too much for an answer")
        data = self._stream.read(min(max_bytes, self._may_read), _left(self._deadline, timeout))
        self._may_read -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # One send at a time: the stream beneath would begin its time again with each.
        connection = self._stream.get_extra_info("socket")
        while buffer:
            connection.settimeout(_left(self._deadline, timeout))
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
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _BoundedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)


__all__ = ["Answer", "ForbiddenAddressError", "GuardedTransport", "NoAnswerError", "Outbound"]
