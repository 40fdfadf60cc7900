"""Builds the extension: its own modules, the shared ones and the SDK for Python, in one zip that needs nothing else.

``python plugins/blender/build.py [--url https://…/api/plugins] [--out dist]``

The zip has one folder, so that it is both an extension for Blender 4.2 and later and an add-on for 3.4 to 4.1.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from plugins.python import build as packaging  # noqa: E402 - found by the path above

PACKAGE: Final = "renderiq_blender"


def version() -> str:
    """Returns the version in the manifest."""
    found = re.search(
        r'^version = "([^"]+)"', (HERE / PACKAGE / "blender_manifest.toml").read_text("utf-8"), re.MULTILINE
    )
    if not found:
        raise SystemExit("✗ blender_manifest.toml has no version")
    return found[1]


def plugin() -> packaging.Plugin:
    """Returns what is packaged."""
    return packaging.Plugin("blender", version(), HERE / PACKAGE)


def assemble(target: Path, url: str = "") -> Path:
    """Puts the extension together in ``target`` and returns its folder."""
    return packaging.assemble(target, plugin(), url)


def build(out: Path, url: str = "") -> Path:
    """Writes the zip into ``out`` and returns its path."""
    return packaging.build(out, plugin(), url)


if __name__ == "__main__":
    sys.exit(packaging.main(plugin()))
