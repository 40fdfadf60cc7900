"""The server that a package was built for. Pure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

LOCAL: Final = "http://127.0.0.1:3000/api/plugins"
"""The local stack of ``make dev``."""


def built_url(package: Path) -> str:
    """Returns the address in the ``server.json`` that the build wrote into a package, or that of the local stack."""
    try:
        return str(json.loads((package / "server.json").read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return LOCAL
