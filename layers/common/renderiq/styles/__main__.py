"""Checks the files of all styles. The build of the layer runs it: ``python -m renderiq.styles``."""

from __future__ import annotations

import sys
from pathlib import Path

from renderiq.domain.styles import StyleFileError
from renderiq.styles import StyleRegistry

ENGINES = Path(__file__).parents[1] / "engines"


def engine_names() -> set[str]:
    """Returns the names of the engines of the layer, found in their text: the build has no libraries to import."""
    files = [*ENGINES.glob("*.py"), *ENGINES.glob("*/__init__.py")]
    names = {(file.parent if file.name == "__init__.py" else file).stem: file for file in files}
    return {name for name, file in names.items() if f"{name.capitalize()}Engine" in file.read_text(encoding="utf-8")}


def main() -> str | None:
    """Returns a sentence that names file and field if a style cannot be used, else None."""
    try:
        StyleRegistry().check(engine_names())
    except StyleFileError as error:
        return f"✗ The styles cannot be built. {error}"
    return None


if __name__ == "__main__":
    sys.exit(main())
