"""The extension as it is built, on the path; and a Blender that is a strict double."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import double  # noqa: E402 - found by the path above

from build import assemble  # noqa: E402

_FOLDER = tempfile.TemporaryDirectory(prefix="renderiq-blender-")
assemble(Path(_FOLDER.name))
sys.path.insert(0, _FOLDER.name)
sys.modules.update(double.modules())
