"""``python -m contract`` writes every generated file."""

from __future__ import annotations

from contract.files import files
from contract.routes import ROOT


def main() -> None:
    """Writes the files and prints their names."""
    for name, text in files().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"→ {name}")


if __name__ == "__main__":
    main()
