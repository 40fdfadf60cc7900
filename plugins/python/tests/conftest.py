"""The shared modules and the SDK on the path."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "plugins" / "python"), str(ROOT / "sdks" / "python" / "src")]
