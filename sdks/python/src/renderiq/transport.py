"""Sending one HTTP request. A host with an HTTP client of its own replaces ``Transport``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from renderiq.errors import NetworkError
from renderiq.files import FileError


@dataclass(frozen=True)
class Request:
    """An HTTP request. Redirects are not followed."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Response:
    """An HTTP response. Names of headers are in lower case. ``body`` is empty if it was written to a file."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Transport(Protocol):
    """Sends requests."""

    def send(self, request: Request, *, timeout: float, file: IO[bytes] | None = None) -> Response:
        """Returns the response, whatever its status is. Raises ``NetworkError``.

        The body of a 200 is written to ``file``, if there is one.
        """


class UrllibTransport:
    """Sends requests by the standard library, through the system's proxy if there is one."""

    def __init__(self) -> None:
        self._opener: Any = None

    def send(self, request: Request, *, timeout: float, file: IO[bytes] | None = None) -> Response:
        """Returns the response, whatever its status is. Raises ``NetworkError``."""
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError
        from urllib.request import Request as UrllibRequest

        outgoing = UrllibRequest(request.url, request.body, dict(request.headers), method=request.method)  # noqa: S310
        try:
            try:
                answer = self._open(outgoing, timeout)
            except HTTPError as error:
                answer = error
            with answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                body = _read(answer, file if answer.status == 200 else None)
                return Response(answer.status, headers, body)
        except URLError as error:
            raise network_error(error.reason if isinstance(error.reason, OSError) else error) from error
        except (OSError, HTTPException) as error:
            raise network_error(error) from error

    def _open(self, request: Any, timeout: float) -> Any:
        if self._opener is None:
            from urllib.request import HTTPRedirectHandler, build_opener

            class NoRedirects(HTTPRedirectHandler):
                def redirect_request(self, *_: Any, **__: Any) -> None:
                    return None

            self._opener = build_opener(NoRedirects)
        return self._opener.open(request, timeout=timeout)


def network_error(error: BaseException) -> NetworkError:
    """Returns the error that the caller sees for a failure below HTTP."""
    import socket

    if isinstance(error, (socket.timeout, TimeoutError)):
        return NetworkError("TIMED_OUT", "The server did not answer in time. Check the connection.")
    unreachable = isinstance(error, (ConnectionRefusedError, socket.gaierror)) or (
        isinstance(error, OSError) and error.errno in _UNREACHABLE
    )
    return NetworkError(
        "NETWORK_ERROR", "The server cannot be reached. Check the connection.", was_sent=not unreachable
    )


_UNREACHABLE = {51, 65} if sys.platform == "darwin" else {10051, 10065} if sys.platform == "win32" else {101, 113}


def _read(answer: Any, file: IO[bytes] | None) -> bytes:
    if file is None:
        return bytes(answer.read())
    expected, received = answer.headers.get("content-length"), 0
    while chunk := answer.read(1 << 16):
        received += len(chunk)
        try:
            file.write(chunk)
        except OSError as error:
            raise FileError(error) from error
    if expected is not None and received != int(expected):
        raise ConnectionResetError("the response ended early")
    return b""
