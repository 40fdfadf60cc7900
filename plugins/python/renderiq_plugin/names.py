"""Names of files. Pure."""

from __future__ import annotations

import re


def safe_name(text: str) -> str:
    """Returns a text as a name that every file system takes; empty if nothing of it is left."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")
