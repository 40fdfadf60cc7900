"""Renderiq for Blender: capture the view, order a render, get it back as an image."""

bl_info = {
    "name": "Renderiq",
    "author": "Renderiq",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "3D View > Sidebar > Renderiq",
    "description": "Render the viewport or all cameras in a chosen style",
    "category": "Render",
}
"""For Blender before 4.2. Later ones read blender_manifest.toml."""


def _parts() -> tuple:  # type: ignore[type-arg]  # of modules
    # Not at the top: the pure modules are imported without Blender too.
    from . import covers, operators, overlay, panel, pictures, preferences, settings

    return preferences, covers, settings, operators, panel, pictures, overlay


def register() -> None:
    """Blender switches the extension on. Raises ``RuntimeError`` without numpy."""
    try:
        import numpy  # noqa: F401 - whether it is there
    except ImportError as error:
        problem = "Renderiq needs numpy, which Blender from blender.org has. On Debian: apt-get install python3-numpy"
        raise RuntimeError(problem) from error
    from . import runtime
    from .preferences import built_url, preferences

    for each in _parts():
        each.register()
    found = preferences()
    runtime.register((found.server.strip() if found else "") or built_url(), found.results_folder if found else "")


def unregister() -> None:
    """Blender switches the extension off."""
    from . import runtime

    runtime.unregister()
    for each in reversed(_parts()):
        each.unregister()
