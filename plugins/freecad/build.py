"""Builds the workbench: its own modules, the shared ones and the SDK for Python, in one zip that needs nothing else.

``python plugins/freecad/build.py [--url https://…/api/plugins] [--out dist]``

The zip has one folder, ``Renderiq``, that is copied into FreeCAD's folder ``Mod``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from plugins.python import build as packaging  # noqa: E402 - found by the path above

FOLDER: Final = "Renderiq"


def version() -> str:
    """Returns the version in ``package.xml``."""
    found = re.search(r"<version>([^<]+)</version>", (HERE / "package" / "package.xml").read_text("utf-8"))
    if not found:
        raise SystemExit("✗ package.xml has no version")
    return found[1]


def plugin() -> packaging.Plugin:
    """Returns what is packaged."""
    names = ("Init.py", "InitGui.py", "package.xml", "Resources")
    extra = {f"{FOLDER}/{name}": HERE / "package" / name for name in names}
    extra[f"{FOLDER}/LICENSE"] = packaging.SDK / "LICENSE"
    return packaging.Plugin(
        "freecad", version(), HERE / "renderiq_freecad", f"{FOLDER}/renderiq_freecad", extra
    )  # fmt: skip


def assemble(target: Path, url: str = "") -> Path:
    """Puts the workbench together in ``target`` and returns the folder of its package."""
    return packaging.assemble(target, plugin(), url)


def build(out: Path, url: str = "") -> Path:
    """Writes the zip into ``out`` and returns its path."""
    return packaging.build(out, plugin(), url)


if __name__ == "__main__":
    sys.exit(packaging.main(plugin()))
