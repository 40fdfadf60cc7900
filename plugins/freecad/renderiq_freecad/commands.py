"""The commands of the workbench, for its menu, its toolbar, and keyboard shortcuts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import FreeCADGui

from . import panel

ICON = str(Path(__file__).resolve().parents[1] / "Resources" / "renderiq.svg")


class _Command:
    def __init__(self, title: str, tip: str) -> None:
        self._resources = {"MenuText": title, "ToolTip": tip, "Pixmap": ICON}

    def GetResources(self) -> dict[str, str]:  # noqa: N802 - FreeCAD's name
        """Returns title, tooltip and icon."""
        return self._resources

    def IsActive(self) -> bool:  # noqa: N802 - FreeCAD's name
        """Whether it can be used now."""
        return True


class ShowPanel(_Command):
    """Opens the panel."""

    def Activated(self, *_: Any) -> None:  # noqa: N802 - FreeCAD's name
        """Does it."""
        panel.show()


class Order(_Command):
    """Captures and orders."""

    def __init__(self, title: str, tip: str, *, all_views: bool) -> None:
        super().__init__(title, tip)
        self._all_views = all_views

    def IsActive(self) -> bool:  # noqa: N802 - FreeCAD's name
        """Whether there is a document to capture."""
        return FreeCADGui.ActiveDocument is not None

    def Activated(self, *_: Any) -> None:  # noqa: N802 - FreeCAD's name
        """Does it."""
        panel.show().order(all_views=self._all_views)


def register() -> list[str]:
    """Adds the commands to FreeCAD and returns their names."""
    known = {
        "Renderiq_Panel": ShowPanel("Panel", "Show the panel of Renderiq"),
        "Renderiq_Render": Order("Render", "Capture the 3D view and order a render", all_views=False),
        "Renderiq_RenderAll": Order("Render all views", "Order all views, with one seed and look", all_views=True),
    }
    for name, command in known.items():
        FreeCADGui.addCommand(name, command)
    return list(known)
