"""The companion: watches the folder, asks ArchiCAD, and answers the panel, each in threads of its own."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from .archicad import IFC, PUBLISH, Archicad, ArchicadState
from .bridge import Bridge
from .captures import Orders, framed, refusal_of, refusal_of_archicad
from .changes import Events
from .json_api import ArchicadError
from .loopback import PanelServer, Pictures
from .messages import Messages, Refusal
from .pictures import DamagedError, kind_of
from .placing import open_in_system, place
from .schema import Schema
from .sdk.queue.items import State
from .settings import Settings, SettingsFile
from .shared.frame import RATIOS
from .shared.order import Look
from .shared.service import Service
from .shared.snapshot import Entry
from .shown import Captured, Shown, look_of
from .views import View, newest_model, views_of
from .watcher import Published, Watcher, copy_whole

SESSION: Final = "companion"
"""One companion runs at a time, so its orders are its own also after a restart."""
_TICK: Final = 0.25
_LOOK_AT_ARCHICAD: Final = 5.0
_PUBLISHED_WITHIN: Final = 60.0
_PLACED: Final = "placed"


class Companion:
    """Everything that runs. ``root`` is the folder of its data; ``package`` reads files of the package."""

    def __init__(
        self,
        base_url: str,
        root: Path,
        version: str,
        archicad: Archicad,
        package: Callable[[str], bytes],
        log: logging.Logger,
        log_path: Path,
        *,
        open_file: Callable[[Path], None] = open_in_system,
        api_key: str | None = None,
    ) -> None:
        self.log_path, self.open_file, self._log, self._root = log_path, open_file, log, root
        self._settings_file = SettingsFile(root / "settings.json")
        self.settings = self._settings_file.load()
        self.archicad_state = ArchicadState()
        self.captured: Captured | None = None
        self.watcher = Watcher(self._folder(), time.monotonic)
        self._archicad = archicad
        self._lock, self._watching = threading.RLock(), threading.RLock()
        self._stopping, self._needs_reset = threading.Event(), threading.Event()
        self._wake = threading.Event()
        self.service = Service(
            base_url, root, platform="archicad", version=version, session=SESSION, log=log, api_key=api_key,
            develop=self._develop,
        )  # fmt: skip
        self.orders = Orders(self.service, archicad, log)
        self.events, self._pictures = Events(), Pictures()
        self.shown = Shown(self.service, self._pictures.url, log_path)
        schema = Schema(json.loads(package("schema.json")))
        self.messages = Messages(Bridge(self).handlers, schema, log)
        self.server = PanelServer(
            package("panel.html"), package("settings.html"), self.events, self._pictures, self.messages.answer,
            self.read_settings, self.write_settings,
        )  # fmt: skip
        self._threads = [
            threading.Thread(target=each, name=f"renderiq-{each.__name__.strip('_')}", daemon=True)
            for each in (self._loop, self._ask_archicad)
        ]

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Begins to work."""
        shutil.rmtree(self._root / "captures", ignore_errors=True)
        self._folder().mkdir(parents=True, exist_ok=True)
        self.service.set_online(not self.settings.is_offline)
        self.service.start()
        self.server.start()
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """Ends. What is queued stays on disk."""
        self._stopping.set()
        self._wake.set()
        self.server.stop()
        self.service.stop()
        for each in self._threads[:1]:
            each.join(5)

    def reset_soon(self) -> None:
        """Has everything sent to the panel, after the answer to its request."""
        self._needs_reset.set()
        self._wake.set()

    def tick(self) -> None:
        """One look at everything that may be new."""
        with self._watching:
            news = self.watcher.look()
        for problem in news.problems:
            self._log.warning("%s", problem.sentence)
            self.events.notice(problem.sentence, "CAPTURE_FAILED", "error")
        arrived = [each for each in news.arrived if not each.is_model]
        if arrived and any(each.modified > time.time() - 3600 for each in arrived):
            self._log.info("%s published", len(arrived))
            self._show_newest("nearest" if self.settings.look is None else str(self.settings.look["aspectRatio"]))
        self._place_done()
        with self._lock:
            state = self.shown.state(self.settings, self.views(), self.captured)
            if self._needs_reset.is_set():
                self._needs_reset.clear()
                self.events.reset(state)
            else:
                self.events.publish(state)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.tick()
            except Exception:  # the next look may succeed, and the panel must live
                self._log.exception("unexpected")
            self._wake.wait(_TICK)

    def _ask_archicad(self) -> None:
        while not self._stopping.is_set():
            try:
                found = self._archicad.read()
                if found != self.archicad_state:
                    self._log.info(
                        "ArchiCAD %s with %s",
                        found.version or "is not running",
                        ", ".join(found.commands) or "no Tapir",
                    )
                    self.archicad_state = found
            except Exception:  # the next look may succeed
                self._log.exception("unexpected in ArchiCAD's answer")
            self._stopping.wait(_LOOK_AT_ARCHICAD)

    # ------------------------------------------------------------ views

    def views(self) -> list[View]:
        """Returns the views that were published, the newest first."""
        with self._watching:
            return views_of(self.watcher.files())

    def ratios(self) -> list[str]:
        """Returns the ratios that the server takes."""
        return list(self.service.snapshot.ratios or RATIOS)

    def capture(self, aspect_ratio: str) -> None:
        """Has the publisher set published if one is chosen and Tapir is there, and shows the newest view.

        Raises ``Refusal``.
        """
        if self.settings.publisher_set and self.archicad_state.has(PUBLISH):
            started = time.time()
            try:
                self._archicad.publish(self.settings.publisher_set, self._folder())
            except ArchicadError as error:
                raise refusal_of_archicad(error) from None
            self._log.info("published a set in %.1f s", time.time() - started)
            self._wait_for_files()
        with self._watching:
            self.watcher.look()
        self._show_newest(aspect_ratio, is_asked=True)

    def chosen_ratio(self, params: dict[str, Any]) -> str:
        """Returns the ratio of the capture that an order is for."""
        with self._lock:
            captured = self.captured
            return captured.aspect_ratio if captured else str(params["look"]["aspectRatio"])

    def frame(self, aspect_ratio: str, inner: dict[str, float]) -> None:
        """Keeps the ratio of the capture."""
        with self._lock:
            if self.captured:
                self.captured = replace(self.captured, aspect_ratio=aspect_ratio, crop=inner)

    def size_of(self, path: Path) -> tuple[int, int] | None:
        """Returns the pixels of a picture, or None."""
        try:
            kind = kind_of(path)
        except (OSError, DamagedError):
            return None
        return (kind.width, kind.height) if kind.width else None

    def _wait_for_files(self) -> None:
        until = time.monotonic() + _PUBLISHED_WITHIN
        while time.monotonic() < until and not self._stopping.is_set():
            with self._watching:
                self.watcher.look()
                if self.watcher.is_settled():
                    return
            self._stopping.wait(_TICK)

    def _show_newest(self, aspect_ratio: str, *, is_asked: bool = False) -> None:
        views = self.views()
        if not views:
            if is_asked:
                raise Refusal("NOTHING_TO_CAPTURE", f"Publish a view as PNG or JPEG into {self._folder()}.")
            return
        view = views[0]
        capture_id = uuid4().hex
        copy = self._root / "captures" / f"{capture_id}{view.file.kind.suffix}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            copy_whole(view.file, copy)
        except OSError as error:
            if is_asked:
                raise refusal_of(error) from None
            self._log.warning("%s", refusal_of(error).message)
            return
        ratio, inner = framed(view.file.kind.width, view.file.kind.height, aspect_ratio, self.ratios())
        # An order is made from the copy: what the panel shows is what is sent, also if the file is published again.
        shown = replace(view, file=replace(view.file, path=copy))
        with self._lock:
            before, self.captured = self.captured, Captured(capture_id, shown, copy, ratio, inner)
        if before:
            before.copy.unlink(missing_ok=True)

    # ------------------------------------------------------------ the model

    def can_model(self) -> bool:
        """Whether an IFC model can be had."""
        return self.archicad_state.has(IFC) or self._published_model() is not None

    def model_source(self) -> Published | str:
        """Returns where the model comes from: ArchiCAD by Tapir, or the newest IFC file. Raises ``Refusal``."""
        if self.archicad_state.has(IFC):
            return "archicad"
        if model := self._published_model():
            return model
        raise Refusal("NOT_SUPPORTED", "The path tracer needs an IFC file. Publish one, or install the add-on Tapir.")

    def _published_model(self) -> Published | None:
        with self._watching:
            return newest_model(self.watcher.files())

    def _develop(self, folder: Path, raw: dict[str, Any], most: int) -> tuple[dict[str, str], dict[str, Any]]:
        return self.orders.develop(folder, raw, most)

    # ------------------------------------------------------------ results

    def address(self, path: Path) -> str | None:
        """Returns the address of a picture for the panel."""
        return self._pictures.url(path)

    def place(self, entry: Entry) -> Path:
        """Puts a result beside its view, or where the settings say. Raises ``Refusal``."""
        try:
            path = place(Path(entry.result), entry.view, entry.created, self._folder(), self.settings.target)
        except OSError as error:
            raise Refusal("PLACE_FAILED", f"The result could not be put there: {error.strerror or error}.") from None
        self.events.notice(f"{path.name} is in {path.parent}.")
        return path

    def _place_done(self) -> None:
        for entry in self.service.snapshot.entries:
            if entry.state != State.DONE or not entry.is_mine or not entry.result:
                continue
            mark = self.service.jobs.folder(entry.job) / _PLACED
            if mark.exists() or not mark.parent.is_dir():
                continue
            mark.touch()
            try:
                path = self.place(entry) if self.settings.places_when_done else Path(entry.result)
                if self.settings.opens_results:
                    self.open_file(path)
            except Refusal as refusal:
                self.events.notice(refusal.message, refusal.code, "error")
            except OSError:
                self._log.exception("the result could not be opened")

    # ------------------------------------------------------------ settings

    def read_settings(self) -> dict[str, Any]:
        """Returns what the page of the companion's own settings shows."""
        settings, state = self.settings, self.archicad_state
        return {
            "folder": str(self._folder()), "publisher_set": settings.publisher_set, "target": settings.target,
            "is_offline": settings.is_offline, "opens_results": settings.opens_results,
            "archicad": state.version, "project": state.project, "publisher_sets": list(state.publisher_sets),
            "tapir": list(state.commands), "log": str(self.log_path),
        }  # fmt: skip

    def write_settings(self, values: dict[str, Any]) -> str:
        """Takes changes of that page. Returns what is wrong, empty if nothing is."""
        allowed = {"folder", "publisher_set", "target", "is_offline", "opens_results"}
        if unknown := set(values) - allowed:
            return f"There is no setting {min(unknown)}."
        try:
            self.change_settings(values)
        except (ValueError, OSError) as error:
            return str(error)
        return ""

    def change_settings(self, values: dict[str, Any]) -> None:
        """Changes settings. Raises ``ValueError`` for what does not fit and ``OSError`` for a folder that cannot be."""
        with self._lock:
            changed = self.settings.changed(values)
            folder = self._folder_of(changed)
            folder.mkdir(parents=True, exist_ok=True)
            self._settings_file.save(changed)
            self.settings = changed
        with self._watching:
            if folder != self.watcher.folder:
                self.watcher = Watcher(folder, time.monotonic)
        self.service.set_online(not changed.is_offline)
        self._wake.set()

    def look(self, wire: dict[str, Any]) -> Look:
        """Returns the choices of the panel, with the server's default quality in place of none: it has a price."""
        look = look_of(wire)
        qualities = (self.service.capabilities or {}).get("qualities", [])
        default = next((str(each["name"]) for each in qualities if each.get("isDefault")), "")
        return look if look.quality else replace(look, quality=default)

    def keep_look(self, look: dict[str, Any]) -> None:
        """Keeps the panel's last choices."""
        with self._lock:
            self.settings = replace(self.settings, look=look)
            self._settings_file.save(self.settings)

    def _folder(self) -> Path:
        return self._folder_of(self.settings)

    @staticmethod
    def _folder_of(settings: Settings) -> Path:
        return Path(settings.folder).expanduser() if settings.folder else Path.home() / "Renderiq" / "ArchiCAD"
