"""Takes away what is no part of a picture while it is drawn, and puts all of it back. FreeCAD's main thread alone."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import FreeCADGui
from pivy import coin

from .camera import Bounds, Shot, coin_size
from .scene import is_helper
from .shared.restore import Restoring

_NONE: Final = -1
"""Coin's SO_SWITCH_NONE."""


def prepared(view: Any, document: Any, shot: Shot, bounds: Bounds) -> Restoring:
    """Returns a ``with`` in which the view shows a shot without selection, axes, grid, NaviCube and helpers.

    At its end everything is as before, also after an error.
    """
    restoring = Restoring()
    try:
        _without_selection(restoring)
        _without_marks(view, restoring)
        _without_helpers(view, document, restoring)
        _with_camera(view, shot, bounds, restoring)
    except BaseException:
        restoring.__exit__(ValueError, ValueError(), None)  # the error under way is the one to tell
        raise
    return restoring


def _without_selection(restoring: Restoring) -> None:
    selection = FreeCADGui.Selection
    chosen = [
        (each.DocumentName, each.ObjectName, tuple(each.SubElementNames) or ("",), tuple(each.PickedPoints))
        for each in selection.getSelectionEx("*")
    ]

    def back() -> None:
        for document, thing, parts, points in chosen:
            for number, part in enumerate(parts):
                place = tuple(points[number]) if number < len(points) else (0.0, 0.0, 0.0)
                selection.addSelection(document, thing, part, *place)

    selection.clearPreselection()
    if chosen:
        restoring.then("the selection", back)
        selection.clearSelection()


def _without_marks(view: Any, restoring: Restoring) -> None:
    if view.hasAxisCross():
        restoring.then("the axis cross", lambda: view.setAxisCross(True))
        view.setAxisCross(False)
    if view.isCornerCrossVisible():
        restoring.then("the corner cross", lambda: view.setCornerCrossVisible(True))
        view.setCornerCrossVisible(False)
    viewer = view.getViewer()
    if viewer.isEnabledNaviCube():
        restoring.then("the NaviCube", lambda: viewer.setEnabledNaviCube(True))
        viewer.setEnabledNaviCube(False)


def _without_helpers(view: Any, document: Any, restoring: Restoring) -> None:
    """Switches nodes of Coin, not properties: the document must not be changed by a capture."""
    of_document = [each.ViewObject.SwitchNode for each in document.Objects if each.ViewObject and is_helper(each)]
    # Trackers, such as the grids of Draft and BIM, are switches at the top of the scene graph.
    root = view.getSceneGraph()
    top = [root.getChild(each) for each in range(root.getNumChildren())]
    trackers = [each for each in top if each.isOfType(coin.SoSwitch.getClassTypeId())]
    for node in [*of_document, *trackers]:
        before = node.whichChild.getValue()
        if before != _NONE:
            restoring.then("a guide", partial(node.whichChild.setValue, before))
            node.whichChild.setValue(_NONE)


def _with_camera(view: Any, shot: Shot, bounds: Bounds, restoring: Restoring) -> None:
    node = view.getCameraNode()
    is_parallel = bool(node.isOfType(coin.SoOrthographicCamera.getClassTypeId()))
    state = shot.state.converted(is_parallel=is_parallel)
    size = node.height if is_parallel else node.heightAngle
    near, far = state.clip(bounds)
    fields = (
        (node.position, state.position), (node.orientation, state.rotation), (size, coin_size(state, shot.ratio)),
        (node.nearDistance, near), (node.farDistance, far), (node.focalDistance, state.focal),
    )  # fmt: skip
    for field, value in fields:
        before = field.getValue()
        kept = before.getValue() if hasattr(before, "getValue") else before
        restoring.then("the camera", partial(field.setValue, kept))
        field.setValue(value)
