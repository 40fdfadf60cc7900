"""The preferences, kept with FreeCAD's own parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import FreeCAD

from .shared.server import built_url

_GROUP = "User parameter:BaseApp/Preferences/Mod/Renderiq"
LONGER_SIDE = 1920


def _parameters() -> Any:
    return FreeCAD.ParamGet(_GROUP)


def server() -> str:
    """Returns the address of the API."""
    return str(_parameters().GetString("Server", "")).strip() or built_url(Path(__file__).parent)


def set_server(address: str) -> None:
    """Chooses another server. The one of the package is not stored, so that a later package may bring another one."""
    address = address.strip()
    _parameters().SetString("Server", "" if address == built_url(Path(__file__).parent) else address)


def results_folder() -> str:
    """Returns the folder of finished renders; empty is the plugin's own."""
    return str(_parameters().GetString("Results", ""))


def set_results_folder(path: str) -> None:
    """Chooses the folder of finished renders."""
    _parameters().SetString("Results", path.strip())


def is_online() -> bool:
    """Whether the network may be used. FreeCAD has no switch for that, so the panel has one."""
    return bool(_parameters().GetBool("Online", True))


def set_online(is_allowed: bool) -> None:
    """Allows or forbids the network."""
    _parameters().SetBool("Online", is_allowed)


def longer_side() -> int:
    """Returns the pixels of the longer side of a capture: 640 to 4096."""
    return min(max(int(_parameters().GetInt("LongerSide", LONGER_SIDE)), 640), 4096)


def set_longer_side(pixels: int) -> None:
    """Chooses the size of captures."""
    _parameters().SetInt("LongerSide", pixels)


def flag(name: str, default: bool) -> bool:
    """Returns a choice of the panel that is kept: ``Guides``, ``ShowFrame``, ``PlaceInDocument``."""
    return bool(_parameters().GetBool(name, default))


def set_flag(name: str, value: bool) -> None:
    """Keeps a choice of the panel."""
    _parameters().SetBool(name, value)
