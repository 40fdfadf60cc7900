"""Calls of the API: credentials, retries, and the envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO, Any, Callable, Final, Protocol, TypeVar
from urllib.parse import urlencode, urljoin
from uuid import uuid4

from renderiq.bodies import Body, json_body
from renderiq.clock import Clock
from renderiq.errors import AuthError, NetworkError, RenderiqError, error_of
from renderiq.retries import MAX_RETRIES, read_retry_after, retry_pause
from renderiq.transport import Request, Response, Transport

_MAX_REDIRECTS: Final = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """The answer to a successful call: its whole JSON, and its headers."""

    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        """What the envelope contains."""
        return self.body.get("data")


class Credentials(Protocol):
    """What proves who the caller is."""

    def headers(self, api: Api) -> dict[str, str]:
        """Returns the headers to send. Raises ``AuthError`` if there are none."""

    def renew(self, api: Api, rejected: Mapping[str, str]) -> bool:
        """Gets other headers in place of those that were rejected. Returns False if that is not possible."""


@dataclass(frozen=True)
class Api:
    """The API at ``base_url``. All calls go through here.

    ``identity`` are the headers that name the client. ``timeout`` are the seconds for which a connection may be silent.
    """

    base_url: str
    credentials: Credentials
    identity: Mapping[str, str]
    transport: Transport
    clock: Clock
    timeout: float
    retries: int = MAX_RETRIES

    def without_retries(self) -> Api:
        """Returns the same API for a caller that repeats calls itself."""
        return replace(self, retries=0)

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        body: Body | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        signed_in: bool = True,
        wait: float = 0,
    ) -> Answer:
        """Sends a request until it succeeds or cannot be sent again. Raises ``RenderiqError``.

        ``key`` is the ``Idempotency-Key``; a POST without one gets a new one, which its repetitions keep. ``wait`` are
        seconds that the server may take longer to answer.
        """
        content = json_body(json) if json is not None else body
        request = self.request(method, path, body=content, query=query, headers=headers, key=key)
        if not signed_in:
            return self._until_done(request, wait)
        proof = self.credentials.headers(self)
        try:
            return self._until_done(_with_headers(request, proof), wait)
        except AuthError as error:
            if not error.may_be_renewed or not self.credentials.renew(self, proof):
                raise
        return self._until_done(_with_headers(request, self.credentials.headers(self)), wait)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Request:
        """Returns the request of a call, without credentials."""
        sent = {**self.identity, "Accept": "application/json", **(headers or {})}
        if body:
            sent["Content-Type"] = body.content_type
        if method == "POST":
            sent["Idempotency-Key"] = key or str(uuid4())
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        url = self.base_url + path + (f"?{urlencode(asked)}" if asked else "")
        return Request(method, url, sent, body.content if body else None)

    def put(self, url: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Sends a part of an upload to storage, without credentials. Raises ``RenderiqError``."""
        request = Request("PUT", url, headers, content)
        self.repeat(lambda: self._storage_answer(request))

    def download(self, url: str, file: IO[bytes]) -> None:
        """Writes what a link leads to into ``file``, from its beginning. Raises ``RenderiqError``."""

        def once() -> None:
            file.seek(0)
            file.truncate()
            address = urljoin(self.base_url + "/", url)
            for _ in range(_MAX_REDIRECTS):
                answer = self.transport.send(
                    Request("GET", address, dict(self.identity)), timeout=self.timeout, file=file
                )
                if answer.status == 200:
                    return
                if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                    raise self.error(answer)
                address = urljoin(address, answer.headers["location"])
            raise NetworkError("BAD_ANSWER", "The link leads in a circle.")

        self.repeat(once)

    def repeat(self, once: Callable[[], T]) -> T:
        """Calls ``once`` again as long as its error may be retried."""
        failures = 0
        while True:
            try:
                return once()
            except RenderiqError as error:
                failures += 1
                pause = retry_pause(error, failures, self.clock.chance(), retries=self.retries)
                if pause is None:
                    raise
            self.clock.sleep(pause)

    def _until_done(self, request: Request, wait: float) -> Answer:
        return self.repeat(lambda: self._once(request, wait))

    def _once(self, request: Request, wait: float) -> Answer:
        return read_answer(self.transport.send(request, timeout=self.timeout + wait), self)

    def error(self, response: Response) -> RenderiqError:
        """Returns the error that a response means."""
        return error_of(
            response.status,
            _json(response),
            request_id=response.headers.get("x-request-id"),
            retry_after=read_retry_after(response.headers.get("retry-after"), self.clock.now()),
        )

    def _storage_answer(self, request: Request) -> None:
        response = self.transport.send(request, timeout=self.timeout)
        if not 200 <= response.status < 300:
            error = self.error(response)
            # S3 answers 400 also to a part that was damaged or interrupted on the way.
            error.retryable |= b"BadDigest" in response.body or b"RequestTimeout" in response.body
            raise error


def read_answer(response: Response, api: Api) -> Answer:
    """Returns the answer that a response contains. Raises ``RenderiqError``."""
    if not 200 <= response.status < 300:
        raise api.error(response)
    body = _json(response)
    if body is None:
        raise NetworkError("BAD_ANSWER", "Something else than the server answered. Does this network want a sign-in?")
    return Answer(body, response.headers)


def _with_headers(request: Request, headers: Mapping[str, str]) -> Request:
    return replace(request, headers={**request.headers, **headers})


def _json(response: Response) -> dict[str, Any] | None:
    try:
        found = json.loads(response.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
