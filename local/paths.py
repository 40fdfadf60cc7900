"""Where things are on this machine."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TEMPLATE: Final = ROOT / "template.yaml"
COMMON_LAYER: Final = ROOT / "layers" / "common"
STATE: Final = ROOT / ".local"
"""What ``make dev`` keeps between runs, and every log. Safe to delete while nothing runs."""


def emulator_python() -> Path:
    """The interpreter of the emulator's own environment; EMULATOR_PYTHON names another."""
    return Path(os.environ.get("EMULATOR_PYTHON") or ROOT / ".venv-emulator" / "bin" / "python")
