"""What the packages of all plugins have in common: one zip whose bytes follow from its files, and one command."""

from __future__ import annotations

import argparse
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_TIME: Final = (2026, 1, 1, 0, 0, 0)
"""The same files give the same bytes."""


def write_archive(path: Path, folder: Path) -> None:
    """Writes all files of a folder into a zip. The folder of ``path`` is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _TIME)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, file.read_bytes())


def run_command(description: str, assemble: Callable[[Path, str], Path], build: Callable[[Path, str], Path]) -> int:
    """Does what the arguments of the command say, and prints what was written. Returns the exit status.

    ``assemble`` and ``build`` take a folder to write into and the URL of the API, empty for the local stack.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--url", default="", help="the API that the plugin is for, unless its user names another one")
    parser.add_argument("--folder", type=Path, help="write the files into this folder, and no archive")
    arguments = parser.parse_args()
    if arguments.folder:
        shutil.rmtree(arguments.folder, ignore_errors=True)
        print(assemble(arguments.folder, arguments.url))
    else:
        print(build(arguments.out, arguments.url))
    return 0
