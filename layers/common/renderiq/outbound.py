"""POSTs to other people's servers: the address is checked when it is connected to, time and size are bounded.

Built on httpcore, whose network backend is the one place where a name becomes an address.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpcore

from renderiq.addresses import AddressPolicy, ForbiddenAddressError, Resolve, resolve

TIMEOUT_SECONDS: Final = 15.0
MAX_ANSWER: Final = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is the first ``MAX_ANSWER`` bytes at most."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswerError(Exception):
    """The target gave no HTTP answer; the message is a short public reason."""


class Outbound:
    """Sends one request at a time, follows no redirect, keeps no connection."""

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        resolve: Resolve = resolve,
        ssl_context: Callable[[], ssl.SSLContext] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._policy = policy
        self._resolve = resolve
        self._ssl_context = ssl_context or _public_ssl_context
        self._timeout = timeout

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises ``ForbiddenAddressError`` or ``NoAnswerError``."""
        target = self._policy.parse(url)
        deadline = time.monotonic() + self._timeout
        pool = httpcore.ConnectionPool(
            ssl_context=self._ssl_context() if target.scheme == "https" else None,
            network_backend=_CheckedBackend(self._policy, self._resolve, deadline),
            retries=0,
        )
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        try:
            with (
                pool,
                pool.stream(
                    "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": limits}
                ) as response,
            ):
                return Answer(
                    status=response.status,
                    headers={
                        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
                    },
                    body=_first_bytes(response.iter_stream()),
                )
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise NoAnswerError(f"no complete answer within {self._timeout:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise NoAnswerError(_reason(error)) from error


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


class _CheckedBackend(httpcore.NetworkBackend):
    """Resolves, checks every address, and connects to one that was checked; TLS still verifies the name."""

    def __init__(self, policy: AddressPolicy, resolve: Resolve, deadline: float) -> None:
        self._policy = policy
        self._resolve = resolve
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        self._policy.check(addresses)
        stream = self._network.connect_tcp(
            addresses[0], port, _left(self._deadline, timeout), local_address, socket_options
        )
        return _BoundedStream(stream, self._deadline)


class _BoundedStream(httpcore.NetworkStream):
    """A stream whose every operation ends by one deadline, so that a slow drip cannot hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

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


__all__ = ["Answer", "ForbiddenAddressError", "NoAnswerError", "Outbound"]
