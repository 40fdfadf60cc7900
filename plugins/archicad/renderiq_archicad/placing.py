"""Where results go: a file beside the published view, and the system's viewer. Pure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from .shared.names import safe_name
from .watcher import OWN_FOLDER


def place(result: Path, view: str, created: float, folder: Path, target: str) -> Path:
    """Copies a result beside its view, or into ``target``, and returns the copy. The same result has one place.

    ``view`` is the view's path in ``folder`` without its suffix. Raises ``OSError``.
    """
    name = Path(view)
    where = Path(target).expanduser() if target else (folder / name).parent / OWN_FOLDER
    where.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(created))
    stem = f"{safe_name(name.name)[:80] or 'view'}-{stamp}-{result.stem[-8:]}"
    copy = where / (stem + result.suffix)
    part = copy.with_name(copy.name + ".part")
    try:
        shutil.copyfile(result, part)
        os.replace(part, copy)
    finally:
        part.unlink(missing_ok=True)
    return copy


def open_in_system(path: Path) -> None:
    """Opens a file in the program that the system has for it. Raises ``OSError`` if there is none."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a path, and no shell
        return
    command = "open" if sys.platform == "darwin" else "xdg-open"
    quiet = subprocess.DEVNULL
    subprocess.Popen([command, str(path)], stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603
