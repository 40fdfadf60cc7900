"""All that a capture could change, as values that can be compared."""

from __future__ import annotations

from typing import Any

import FreeCADGui


def dump(document: Any, view: Any) -> dict[str, Any]:
    """Returns the state of a document and its 3D view."""
    viewer, node = view.getViewer(), view.getCameraNode()
    found: dict[str, Any] = {
        "camera": view.getCamera(),
        "camera type": view.getCameraType(),
        "aspect": node.aspectRatio.getValue(),
        "axis cross": view.hasAxisCross(),
        "corner cross": view.isCornerCrossVisible(),
        "NaviCube": viewer.isEnabledNaviCube(),
        "size": view.getSize(),
        "scene graph": [each.getTypeId().getName().getString() for each in view.getSceneGraph().getChildren()],
        "modified": FreeCADGui.getDocument(document.Name).Modified,
        "undo": document.UndoNames,
        "selection": [
            (each.ObjectName, tuple(each.SubElementNames), [tuple(point) for point in each.PickedPoints])
            for each in FreeCADGui.Selection.getSelectionEx("*")
        ],
    }
    for child in view.getSceneGraph().getChildren():
        if child.getTypeId().getName().getString() == "Switch":
            found[f"switch {child.getName().getString()}"] = child.whichChild.getValue()
    for thing in document.Objects:
        found[f"{thing.Name} state"] = sorted(thing.State)
        found[f"{thing.Name} switch"] = thing.ViewObject.SwitchNode.whichChild.getValue()
        for name in thing.ViewObject.PropertiesList:
            found[f"{thing.Name}.{name}"] = repr(getattr(thing.ViewObject, name))
    return found
