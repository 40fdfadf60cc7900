"""Builds the companion: its modules, the shared ones, the SDK and the panel, in one .pyz that Python starts.

``python plugins/archicad/build.py [--url https://…/api/plugins] [--out dist]``

The panel must have been built: ``npm ci && npm run build`` in ``plugins/panel``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from plugins.python import build as packaging  # noqa: E402 - found by the path above

PANEL: Final = HERE.parent / "panel"


def version() -> str:
    """Returns the version in the package."""
    found = re.search(r'^VERSION = "([^"]+)"', (HERE / "renderiq_archicad" / "__init__.py").read_text("utf-8"), re.M)
    if not found:
        raise SystemExit("✗ the package has no version")
    return found[1]


def plugin() -> packaging.Plugin:
    """Returns what is packaged."""
    page = PANEL / "dist" / "panel.html"
    if not page.exists():
        raise SystemExit(f"✗ {page} is missing: npm ci && npm run build in plugins/panel")
    extra = {
        "__main__.py": HERE / "package" / "__main__.py",
        "renderiq_archicad/panel.html": page,
        "renderiq_archicad/schema.json": PANEL / "protocol" / "schema.json",
    }
    return packaging.Plugin("archicad", version(), HERE / "renderiq_archicad", extra=extra, suffix=".pyz")


def assemble(target: Path, url: str = "") -> Path:
    """Puts the companion together in ``target`` and returns the folder of its package."""
    return packaging.assemble(target, plugin(), url)


def build(out: Path, url: str = "") -> Path:
    """Writes the .pyz into ``out`` and returns its path."""
    return packaging.build(out, plugin(), url)


if __name__ == "__main__":
    sys.exit(packaging.main(plugin()))
