"""``python -m sdks.generator``: writes the models of every SDK, or with ``--check`` names those that are stale."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Final

from sdks.generator import csharp, python, ruby, typescript
from sdks.generator.contract import ROOT, Contract, read_contract

LANGUAGES: Final[dict[str, Callable[[Contract], str]]] = {
    python.PATH: python.write,
    ruby.PATH: ruby.write,
    csharp.PATH: csharp.write,
    typescript.PATH: typescript.write,
}
"""For each language the path of its models under ``sdks/`` and the function that returns their text."""


def main() -> int:
    """Returns 1 if a file is stale and was not to be written."""
    parser = argparse.ArgumentParser(prog="python -m sdks.generator", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    contract, stale = read_contract(), []
    for name, write in LANGUAGES.items():
        path, text = ROOT / "sdks" / name, formatted(name, write(contract))
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    print("\n".join(f"{'stale' if check else 'written'}: sdks/{each}" for each in stale) or "the models are up to date")
    return 1 if stale and check else 0


def formatted(name: str, text: str) -> str:
    """Returns Python as ``make format`` leaves it, and other languages as they are."""
    if not name.endswith(".py"):
        return text
    ruff = shutil.which("ruff") or str(ROOT / ".venv" / "bin" / "ruff")
    done = subprocess.run(  # noqa: S603 - the project's own formatter
        [ruff, "format", "--stdin-filename", str(ROOT / "sdks" / name), "-"],
        input=text,
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
