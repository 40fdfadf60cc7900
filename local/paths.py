"""Paths on this machine."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TEMPLATE: Final = ROOT / "template.yaml"
COMMON_LAYER: Final = ROOT / "layers" / "common"
STATE: Final = ROOT / ".local"
"""The state that ``make dev`` keeps between runs, and all logs. It can be deleted when nothing is running."""


def emulator_python() -> Path:
    """The Python interpreter that runs the emulator. The variable EMULATOR_PYTHON overrides it."""
    return Path(os.environ.get("EMULATOR_PYTHON") or ROOT / ".venv-emulator" / "bin" / "python")
