"""The companion as it is built, on the path."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parent), str(HERE)]

from build import assemble  # noqa: E402 - found by the path above

_FOLDER = tempfile.TemporaryDirectory(prefix="renderiq-archicad-")
assemble(Path(_FOLDER.name))
sys.path.insert(0, _FOLDER.name)
