"""Builds the extension: its own files and the SDK for Ruby, in one .rbz that needs nothing else.

``python plugins/sketchup/build.py [--url https://…/api/plugins] [--out dist]``

An .rbz is a zip whose top has the file that registers the extension, and a folder of the same name.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from plugins.packages import ROOT, run_command, write_archive  # noqa: E402 - found by the path above

SDK: Final = ROOT / "sdks" / "ruby"
PANEL: Final = ROOT / "plugins" / "panel" / "dist"
PROTOCOL: Final = ROOT / "plugins" / "panel" / "protocol" / "schema.json"
NAME: Final = "renderiq_sketchup"
_FIRST_LINE: Final = "# frozen_string_literal: true\n"


def version() -> str:
    """Returns the version of the extension."""
    found = re.search(r'VERSION = "([^"]+)"', (HERE / NAME / "version.rb").read_text("utf-8"))
    if not found:
        raise SystemExit("✗ version.rb has no version")
    return found[1]


def inside_module(source: str) -> str:
    """Returns a file of the SDK whose constants are inside of the extension's module.

    Another extension may bring another version of the SDK, so this one must not be found under its name.
    """
    if not source.startswith(_FIRST_LINE):
        raise ValueError("a file of the SDK does not begin as expected")
    return f"{_FIRST_LINE}\nmodule RenderiqSketchup\n{source[len(_FIRST_LINE) :]}end\n"


def assemble(target: Path, url: str = "") -> Path:
    """Puts the extension together in ``target`` and returns its folder."""
    target.mkdir(parents=True, exist_ok=True)
    folder = target / NAME
    shutil.copy2(HERE / f"{NAME}.rb", target)
    shutil.copytree(HERE / NAME, folder)
    shutil.copy2(SDK / "LICENSE", folder / "LICENSE")
    for path in sorted((SDK / "lib").rglob("*.rb")):
        copy = folder / "sdk" / path.relative_to(SDK / "lib")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(inside_module(path.read_text("utf-8")), "utf-8")
    shutil.copy2(PROTOCOL, folder / "protocol.json")
    if PANEL.is_dir():
        shutil.copytree(PANEL, folder / "page", ignore=shutil.ignore_patterns("*.map"))
    if url:
        (folder / "server.json").write_text(json.dumps({"url": url}), "utf-8")
    return folder


def build(out: Path, url: str = "") -> Path:
    """Writes the .rbz into ``out`` and returns its path."""
    path = out / f"renderiq-sketchup-{version()}.rbz"
    with tempfile.TemporaryDirectory() as folder:
        assemble(Path(folder), url)
        write_archive(path, Path(folder))
    return path


if __name__ == "__main__":
    sys.exit(run_command("Package the plugin for SketchUp.", assemble, build))
