"""The preferences, in a file beside the queue: a script of Rhino has no settings of its own there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import Rhino

from .sdk.files import data_directory
from .shared.server import built_url

LONGER_SIDE: Final = 1920
_DEFAULTS: Final[dict[str, Any]] = {
    "server": "", "results": "", "online": True, "longer_side": LONGER_SIDE, "guides": True, "frame": True,
    "wallpaper": False,
}  # fmt: skip


def data_folder() -> Path:
    """Returns the folder of sessions, orders, results and preferences."""
    return data_directory() / "rhino"


def _path() -> Path:
    return data_folder() / "preferences.json"


def _stored() -> dict[str, Any]:
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return dict(_DEFAULTS)
    kept = found if isinstance(found, dict) else {}
    return {name: kept[name] if type(kept.get(name)) is type(each) else each for name, each in _DEFAULTS.items()}


def value(name: str) -> Any:
    """Returns a preference. One that is missing or damaged has its default."""
    return _stored()[name]


def keep(name: str, new: Any) -> None:
    """Keeps a preference, whole or not at all. Raises ``KeyError`` for an unknown one."""
    stored = _stored()
    if stored[name] == new:
        return
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({**stored, name: new}, indent=1), encoding="utf-8")
    os.replace(part, path)


def server() -> str:
    """Returns the address of the API."""
    return str(value("server")).strip() or built_url(Path(__file__).parent)


def longer_side() -> int:
    """Returns the pixels of the longer side of a capture: 640 to 4096."""
    return min(max(int(value("longer_side")), 640), 4096)


def is_online() -> bool:
    """Whether the network may be used: Rhino's own permission, and the switch of the window."""
    return bool(Rhino.RhinoApp.IsInternetAccessAllowed) and bool(value("online"))
