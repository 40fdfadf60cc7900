"""What runs for a plugin as long as its host runs: the service of one server, and the log file. Pure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from renderiq.files import data_directory

from . import logs
from .service import Develop, Service
from .sessions import Session
from .snapshot import Snapshot

_EMPTY = Snapshot()


class Running:
    """For ``version`` of the plugin of ``platform``, the API's name of the host. At first nothing is opened.

    ``develop`` makes the images of an order, as ``Service`` says.
    """

    def __init__(self, platform: str, version: str, *, develop: Develop | None = None) -> None:
        self._platform, self._version, self._develop = platform, version, develop
        self._session = Session()
        self._log = logging.getLogger(f"renderiq.{platform}")
        self._service: Service | None = None
        self._shown: Snapshot | None = None

    def data_folder(self) -> Path:
        """Returns the folder of sessions, orders and results. All versions of a host share it."""
        return data_directory() / self._platform

    def log_path(self) -> Path:
        """Returns the log file."""
        return self.data_folder() / "renderiq.log"

    def log(self) -> logging.Logger:
        """Returns the plugin's logger."""
        return self._log

    def service(self) -> Service | None:
        """Returns the service, or None if none was started."""
        return self._service

    def snapshot(self) -> Snapshot:
        """Returns what the panel shows."""
        return self._service.snapshot if self._service else _EMPTY

    def has_news(self) -> bool:
        """Whether the panel shows something else than at the last call."""
        before, self._shown = self._shown, self.snapshot()
        return self._shown != before

    def open_log(self, host: str) -> None:
        """Opens the log file. ``host`` is the host with its version."""
        logs.open_log(self.log_path(), self._log.name)
        self._log.info("Renderiq %s in %s", self._version, host)

    def restart(
        self,
        base_url: str,
        *,
        is_online: bool,
        results: str = "",
        open_url: Callable[[str], object] | None = None,
    ) -> None:
        """Begins to work for a server, in place of the one before. ``results`` is a folder, empty for the usual one."""
        self._end()
        self._session.begin(self.data_folder() / "sessions")
        options: dict[str, Any] = {"open_url": open_url} if open_url else {}
        self._service = Service(
            base_url, self.data_folder(), platform=self._platform, version=self._version,
            session=self._session.name, has_ended=self._session.has_ended, log=self._log, develop=self._develop,
            results=Path(results) if results else None, **options,
        )  # fmt: skip
        self._service.set_online(is_online)
        self._service.start()

    def guarded(self, work: Callable[[], object]) -> None:
        """Does something in the main thread. An error is in the log and goes no further: a timer must live on."""
        try:
            work()
        except Exception:
            self._log.exception("unexpected in the main thread")

    def stop(self) -> None:
        """Ends the work and closes the log file. What is queued stays on disk."""
        self._end()
        self._session.end()
        logs.close_log(self._log)

    def _end(self) -> None:
        if self._service:
            self._service.stop()
        self._service = self._shown = None
