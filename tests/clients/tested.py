"""Which contract the generated clients were tested with.

``python -m tests.clients.tested`` writes it down; ``make clients`` does so when all clients have passed. These tests
take a quarter of an hour, and what generators make follows from these files alone. So ``make check`` only looks whether
they are the ones that were tested; that the server answers as the contract says, other tests see.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from tests.support.paths import ROOT

TESTED: Final = Path(__file__).with_name("tested.sha256")
_BESIDE: Final = ("package-lock.json", "tsconfig.json", "spectral.yaml", "generators.py", "test_clients.py")


def digest() -> str:
    """Returns the SHA-256 of the contract, of the generators' versions, and of the programs that use the clients."""
    folder = Path(__file__).parent
    files = [ROOT / "openapi.yaml", ROOT / "requirements" / "clients.txt", *(folder / name for name in _BESIDE)]
    drivers = (each for each in (folder / "drivers").rglob("*") if each.is_file() and "__pycache__" not in each.parts)
    found = hashlib.sha256()
    for path in [*files, *sorted(drivers)]:
        found.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


if __name__ == "__main__":
    TESTED.write_text(f"{digest()}\n", "utf-8")
