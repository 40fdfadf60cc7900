"""Builds the plugin: its own modules, the shared ones and the SDK for Python.

``python plugins/rhino/build.py [--url https://…/api/plugins] [--out dist]``

It writes two files: ``renderiq-rhino-<version>.py``, which installs itself when Rhino runs it, and the same files as
``renderiq-rhino-<version>.yak``, a package for Rhino's package manager.
"""

from __future__ import annotations

import base64
import re
import sys
import textwrap
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from plugins.packages import run_command  # noqa: E402 - found by the path above
from plugins.python import build as packaging  # noqa: E402

SCRIPTS: Final = ("Renderiq.py", "RenderiqRender.py", "RenderiqAllViews.py")


def version() -> str:
    """Returns the version in ``manifest.yml``."""
    found = re.search(r"^version: (\S+)$", (HERE / "package" / "manifest.yml").read_text("utf-8"), re.MULTILINE)
    if not found:
        raise SystemExit("✗ manifest.yml has no version")
    return found[1]


def plugin() -> packaging.Plugin:
    """Returns what is packaged."""
    extra = {name: HERE / "package" / name for name in (*SCRIPTS, "manifest.yml")}
    extra["LICENSE"] = packaging.SDK / "LICENSE"
    return packaging.Plugin("rhino", version(), HERE / "renderiq_rhino", extra=extra, suffix=".yak")


def assemble(target: Path, url: str = "") -> Path:
    """Puts the plugin together in ``target`` and returns the folder of its package."""
    return packaging.assemble(target, plugin(), url)


def build(out: Path, url: str = "") -> Path:
    """Writes the package and the installer into ``out``, and returns the path of the installer."""
    archive = packaging.build(out, plugin(), url)
    encoded = "\n".join(textwrap.wrap(base64.b64encode(archive.read_bytes()).decode(), 120))
    text = (HERE / "package" / "installer.py").read_text("utf-8")
    path = archive.with_suffix(".py")
    path.write_bytes(text.replace("{version}", version()).replace("{archive}", encoded).encode())
    return path


if __name__ == "__main__":
    sys.exit(run_command("Build the plugin for Rhino.", assemble, build))
