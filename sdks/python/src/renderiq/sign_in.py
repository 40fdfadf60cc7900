"""Signing in and out: with a password, or by a code that the user approves in a browser (RFC 8628)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from renderiq.api import Api
from renderiq.credentials import Session
from renderiq.errors import AuthError, RenderiqError
from renderiq.tokens import Tokens

_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER: Final = 5.0


@dataclass(frozen=True)
class DeviceCode:
    """What the user has to see: a page, and the code that it asks for. ``complete_url`` has the code in it."""

    user_code: str
    url: str
    complete_url: str


def open_browser(code: DeviceCode) -> None:
    """Prints the code and opens its page in the browser."""
    import webbrowser

    print(f"Approve the code {code.user_code} at {code.url}", flush=True)
    with suppress(Exception):  # without a browser, the printed address is enough
        webbrowser.open(code.complete_url)


class SignIn:
    """Opens and ends the session of a client."""

    def __init__(self, api: Api, session: Session) -> None:
        self._api = api
        self._session = session

    def with_password(self, email: str, password: str) -> str:
        """Signs in and returns the user's e-mail address. Raises ``AuthError`` if the password is wrong."""
        body = {"email": email, "password": password}
        return self._keep(self._api.call("POST", "/auth/signin", json=body, signed_in=False).body)

    def with_device_code(self, show: Callable[[DeviceCode], object] = open_browser) -> str:
        """Signs in by a code and returns the user's e-mail address.

        ``show`` is called once, and must not wait for the user. Raises ``AuthError`` with ``ACCESS_DENIED`` or
        ``EXPIRED_TOKEN``.
        """
        codes = self._api.call("POST", "/auth/device/code", json={}, signed_in=False).body
        show(DeviceCode(codes["user_code"], codes["verification_uri"], codes["verification_uri_complete"]))
        clock, interval = self._api.clock, float(codes.get("interval", 5))
        until = clock.now() + float(codes.get("expires_in", 600))
        once = self._api.without_retries()
        while True:
            clock.sleep(interval)
            if clock.now() >= until:
                raise AuthError("EXPIRED_TOKEN", "The code has expired. Request another one.")
            body = {"grant_type": _GRANT, "device_code": codes["device_code"]}
            try:
                return self._keep(once.call("POST", "/auth/device/token", json=body, signed_in=False).body)
            except RenderiqError as error:
                if not error.retryable:
                    raise
                if error.code != "AUTHORIZATION_PENDING":
                    interval += _SLOWER

    def out(self) -> None:
        """Ends the session, here also if the server does not know it any more. Raises ``NetworkError``."""
        with suppress(AuthError):
            self._api.call("POST", "/auth/signout", json={})
        self.forget()

    def forget(self) -> None:
        """Ends the session here only. The server is not asked."""
        self._session.forget()

    def _keep(self, body: dict[str, Any]) -> str:
        tokens = Tokens.read(body, self._api.clock.now())
        self._session.keep(tokens)
        return tokens.email
