"""The program: starts the companion, opens the panel in the browser, and ends cleanly."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import webbrowser
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any, Final

from . import VERSION
from .archicad import Archicad
from .companion import Companion
from .sdk.files import data_directory
from .sdk.locks import try_file_lock
from .shared import logs
from .shared.server import LOCAL

_ADDRESS: Final = "running"


def main(arguments: list[str] | None = None) -> int:
    """Runs until Ctrl-C or SIGTERM. Returns the exit status."""
    options = _options(arguments)
    root = data_directory() / "archicad"
    with try_file_lock(root / "lock") as is_first:
        if not is_first:
            return _show_the_other(root / _ADDRESS, is_quiet=options.no_browser)
        return _run(options, root)


def _run(options: argparse.Namespace, root: Path) -> int:
    ended = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if number := getattr(signal, name, None):
            signal.signal(number, lambda *_: ended.set())
    log_path = root / "renderiq.log"
    log = logs.open_log(log_path, "renderiq.archicad")
    log.info("Renderiq %s, Python %s on %s", VERSION, sys.version.split()[0], sys.platform)
    companion = Companion(
        options.server or _built_url(), root, VERSION, Archicad(options.port), _package_file, log, log_path
    )
    changes: dict[str, Any] = {"is_offline": True} if options.offline else {}
    changes |= {
        name: value
        for name, value in (("folder", options.folder), ("publisher_set", options.set), ("target", options.place))
        if value is not None
    }
    try:
        companion.change_settings(changes)
    except (ValueError, OSError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    companion.start()
    address = companion.server.address()
    _keep_address(root / _ADDRESS, address)
    print(f"Renderiq {VERSION} watches {companion.watcher.folder}", flush=True)
    print(f"Panel:    {address}", flush=True)
    print(f"Settings: {companion.server.address('/settings')}", flush=True)
    print("Ctrl-C ends it. What is queued stays and is sent next time.", flush=True)
    if not options.no_browser:
        with suppress(webbrowser.Error):  # the printed address is enough
            webbrowser.open(address)
    while not ended.wait(1.0):  # Windows hears Ctrl-C only between waits
        pass
    companion.stop()
    (root / _ADDRESS).unlink(missing_ok=True)
    log.info("ended")
    logs.close_log(log)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="renderiq-archicad", description="Renders published views of ArchiCAD.")
    parser.add_argument("--folder", help="the folder that views are published into, a full path")
    parser.add_argument("--set", help="the publisher set that Capture publishes, with the add-on Tapir")
    parser.add_argument("--place", help="the folder of results; without it, beside the published view")
    parser.add_argument("--port", type=int, help="ArchiCAD's port; without it, the first one that answers")
    parser.add_argument("--server", default="", help="the API, unless it is the one of the package")
    parser.add_argument("--offline", action="store_true", help="send and read nothing until it is switched on")
    parser.add_argument("--no-browser", action="store_true", help="print the address of the panel, do not open it")
    parser.add_argument("--version", action="version", version=VERSION)
    return parser.parse_args(arguments)


def _show_the_other(path: Path, *, is_quiet: bool) -> int:
    try:
        address = path.read_text("utf-8")
    except OSError:
        print("✗ Renderiq runs already and is just starting or ending. Try again.", file=sys.stderr)
        return 1
    print(f"Renderiq runs already: {address}")
    if not is_quiet:
        webbrowser.open(address)
    return 0


def _keep_address(path: Path, address: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(address)


def _package_file(name: str) -> bytes:
    return resources.files(__package__ or "renderiq_archicad").joinpath(name).read_bytes()


def _built_url() -> str:
    import json

    try:
        return str(json.loads(_package_file("server.json"))["url"])
    except (OSError, ValueError, KeyError):
        return LOCAL
