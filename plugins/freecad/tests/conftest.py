"""The workbench as it is built, on the path; and a FreeCAD that is a strict double."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import double  # noqa: E402 - found by the path above

from build import FOLDER, assemble  # noqa: E402

_FOLDER = tempfile.TemporaryDirectory(prefix="renderiq-freecad-")
assemble(Path(_FOLDER.name))
sys.path.insert(0, str(Path(_FOLDER.name) / FOLDER))
sys.modules.update(double.modules())
