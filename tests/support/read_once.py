"""Reads template.yaml once in this process: each module of tests makes its resources anew, from the same template."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from local import cloudformation

_read = cloudformation.load


def install() -> None:
    """Replaces the function that reads templates."""
    cloudformation.load = _load


def _load(path: Path) -> dict[str, Any]:
    return deepcopy(_read_version(path, path.stat().st_mtime_ns))


@cache
def _read_version(path: Path, _changed: int) -> dict[str, Any]:
    return _read(path)
