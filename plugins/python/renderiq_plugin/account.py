"""Who is signed in, and what that user has agreed to. Pure.

Nothing here waits: the work is done in threads.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from renderiq.client import Renderiq
from renderiq.clock import Clock
from renderiq.errors import CancelledError, NotFoundError
from renderiq.sign_in import DeviceCode

from .snapshot import Board, Consent
from .workers import CancellableClock, Workers


class Account:
    """The session of one server. ``new_client`` makes a client with a clock, and ``open_url`` shows a page.

    ``signed_in`` is called after a sign-in, and ``agreed`` after the user has agreed to all that was asked.
    """

    def __init__(
        self,
        client: Renderiq,
        new_client: Callable[[Clock], Renderiq],
        board: Board,
        workers: Workers,
        log: logging.Logger,
        *,
        open_url: Callable[[str], object],
        signed_in: Callable[[], None],
        agreed: Callable[[], None],
    ) -> None:
        self._client, self._new_client, self._board, self._workers = client, new_client, board, workers
        self._log, self._open_url, self._signed_in, self._agreed = log, open_url, signed_in, agreed
        self._clock: CancellableClock | None = None

    def sign_in(self) -> None:
        """Opens the page of a sign-in code in the browser, and waits for its approval."""

        def show(code: DeviceCode) -> None:
            self._board.update(device=code, device_since=time.time())
            self._open_url(code.complete_url)

        def work() -> None:
            self._clock = clock = CancellableClock()
            self._board.update(is_signing_in=True, problem="", problem_code="")
            try:
                self._new_client(clock).sign_in.with_device_code(show)
                self._log.info("signed in")
                self._signed_in()
            except CancelledError:
                self._log.info("sign-in given up")
            finally:
                self._clock = None
                self._board.update(is_signing_in=False, device=None)

        self._workers.run("sign-in", work)

    def cancel_sign_in(self) -> None:
        """Gives a sign-in up."""
        if clock := self._clock:
            clock.cancelled.set()

    def sign_out(self) -> None:
        """Ends the session, here also if the server cannot be reached."""

        def work() -> None:
            try:
                if self._board.snapshot.is_online:
                    self._client.sign_in.out()
            finally:
                self._client.sign_in.forget()
                self._board.update(balance=None, consents=())
                self._log.info("signed out")

        self._workers.run("sign-out", work)

    def answer_consents(self, answers: list[tuple[str, str, bool]]) -> None:
        """Tells the server each name, the version that the user has read, and whether the user agrees."""

        def work() -> None:
            for name, version, granted in answers:
                self._client.api.call("POST", f"/consents/{name}", json={"version": version, "granted": granted})
                self._log.info("%s %s %s", "agreed to" if granted else "declined", name, version)
            answered = {name for name, _, _ in answers}
            asked = self._board.snapshot.consents
            self._board.update(consents=tuple(each for each in asked if each.name not in answered))
            if all(granted for _, _, granted in answers):
                self._agreed()

        self._workers.run("consent", work)

    def read_consents(self) -> None:
        """Has the texts read that the server wants to be agreed to."""
        self._workers.run("consents", self._read_consents)

    def _read_consents(self) -> None:
        try:
            data = self._client.api.call("GET", "/consents").data
        except NotFoundError:  # the sentence of the order is all there is
            return
        listed = data.get("consents", []) if isinstance(data, dict) else data or []
        self._board.update(
            consents=tuple(
                _consent(each)
                for each in listed
                if isinstance(each, dict) and each.get("name") and not each.get("granted")
            )
        )


def _consent(answer: dict[str, Any]) -> Consent:
    name, version, title, text = (str(answer.get(each) or "") for each in ("name", "version", "title", "text"))
    return Consent(name, version, title, text, tuple(map(str, answer.get("recipients") or ())))
