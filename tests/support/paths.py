"""Files of the project that tests read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "tests" / "data"
CAPTURE: Final = DATA / "viewport_clean.png"
"""A real viewport capture, 1920 x 1080."""
