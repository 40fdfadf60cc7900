"""How a client tells the server who it is."""

from __future__ import annotations

import sys
from typing import Final

from renderiq.version import __version__

_NAMES: Final = {
    "sketchup": "SketchUp",
    "revit": "Revit",
    "autocad": "AutoCAD",
    "rhino": "Rhino",
    "archicad": "ArchiCAD",
    "blender": "Blender",
    "freecad": "FreeCAD",
}
_SYSTEMS: Final = {"win32": "windows", "darwin": "macos"}


def identity_headers(platform: str, plugin_version: str) -> dict[str, str]:
    """Returns the headers that name the host, the plugin, and this package."""
    name = platform.lower()
    version = ".".join(str(each) for each in sys.version_info[:3])
    return {
        "User-Agent": f"Renderiq-Plugin/{_NAMES.get(name, platform.capitalize())}/{plugin_version}",
        "X-Renderiq-Platform": name,
        "X-Renderiq-Plugin-Version": plugin_version,
        "X-Renderiq-Client": f"renderiq-python/{__version__} python/{version} {_SYSTEMS.get(sys.platform, 'linux')}",
    }
