"""Captures a 3D view, with depth, material ids and normals in its pixels. FreeCAD's main thread alone."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import FreeCADGui
from pivy import coin
from PySide import QtGui

from .camera import Bounds, CameraState, Shot, half_height_of
from .depths import grey_levels, range_of, wire_range
from .hiding import prepared
from .passes import Drawing
from .runtime import host, log
from .shared.choices import CaptureError
from .shared.frame import Crop, capture_size, chosen_ratio, crop
from .shared.glb import Mesh
from .shared.jobs import CAPTURE

BACKDROP: Final = "#e2e6ec"
_NOTHING: Final = "#000000"
_SAMPLES: Final = 8
_COARSE: Final = 480


class NoShadersError(Exception):
    """The graphics driver draws no shaders: there is no depth and there are no normals."""


@dataclass
class Captured:
    """Files by the SDK's names, the depths of white and black in metres, and materials by their colours."""

    images: dict[str, str] = field(default_factory=dict)
    near: float | None = None
    far: float | None = None
    names: dict[str, str] = field(default_factory=dict)


def active_view() -> Any:
    """Returns the 3D view in front. Raises ``CaptureError`` without one."""
    document = FreeCADGui.ActiveDocument
    view = document.ActiveView if document else None
    if view is None or not hasattr(view, "saveImage"):
        raise CaptureError("There is no 3D view. Open a document, and bring its 3D view to the front.")
    return view


def state_of(view: Any, name: str = "View") -> CameraState:
    """Returns what a view shows now."""
    node = view.getCameraNode()
    is_parallel = node.isOfType(coin.SoOrthographicCamera.getClassTypeId())
    width, height = view.getSize()
    size = node.height.getValue() if is_parallel else node.heightAngle.getValue()
    x, y, z = node.position.getValue().getValue()
    qx, qy, qz, qw = node.orientation.getValue().getValue()
    half = half_height_of(size, width / height, is_parallel=is_parallel)
    return CameraState(name, (x, y, z), (qx, qy, qz, qw), is_parallel, half, node.focalDistance.getValue())


def frame_of(view: Any, choice: str, names: tuple[str, ...]) -> tuple[str, float, Crop]:
    """Returns the field ``aspectRatio``, the proportions, and the crop of a view, in its pixels."""
    width, height = view.getSize()
    name, ratio = chosen_ratio(choice, width, height, *((names,) if names else ()))
    return name, ratio, crop(width, height, ratio)


def shot_of(view: Any, choice: str, names: tuple[str, ...], longer_side: int, state: CameraState | None = None) -> Shot:
    """Returns the shot of what a view shows, or of another camera with the view's frame."""
    _, height = view.getSize()
    name, ratio, inner = frame_of(view, choice, names)
    found = state or state_of(view).cropped(height, inner)
    return Shot(found, name, capture_size(ratio, longer_side))


def capture(
    view: Any,
    document: Any,
    shot: Shot,
    meshes: list[Mesh],
    bounds: Bounds,
    folder: Path,
    *,
    as_view: bool,
    with_guides: bool,
    max_materials: int = 256,
) -> Generator[None, None, Captured]:
    """Draws the files of a shot, one each step, and returns what they are.

    Between two steps everything is put back. Raises ``CaptureError`` if FreeCAD draws nothing.
    """
    found = Captured()
    shot = Shot(shot.state.in_front_of(bounds), shot.ratio_name, shot.size)
    if as_view:
        with prepared(view, document, shot, bounds):
            _draw(view, folder / CAPTURE, shot.size, BACKDROP, _SAMPLES)
        found.images["image"] = CAPTURE
        yield
    if as_view and not with_guides:
        return found
    drawing = Drawing(view.getSceneGraph(), meshes, max_materials)
    yield from drawing.build()
    wanted = [] if as_view else ["clean"]
    wanted += ["ids", "depth", "normals"] if with_guides else []
    for each in wanted:
        try:
            with prepared(view, document, shot, bounds), drawing:
                _one_pass(each, view, drawing, shot, bounds, folder, found)
        except NoShadersError:
            log().warning("the graphics driver draws no shaders: no depth and no normals are sent")
            break
        yield
    return found


def _one_pass(
    name: str, view: Any, drawing: Drawing, shot: Shot, bounds: Bounds, folder: Path, found: Captured
) -> None:
    if name == "clean":
        drawing.clean()
        _draw(view, folder / CAPTURE, shot.size, BACKDROP, _SAMPLES)
        found.images["image"] = CAPTURE
    elif name == "ids":
        drawing.ids()
        _draw(view, folder / "ids.png", shot.size, _NOTHING, 0)
        found.images["material_id_image"] = "ids.png"
        found.names = drawing.names
    elif name == "depth":
        _draw_depth(view, drawing, shot, bounds, folder, found)
    else:
        drawing.normals()
        _draw(view, folder / "normals.png", shot.size, _NOTHING, 0)
        found.images["normal_image"] = "normals.png"


def _draw_depth(view: Any, drawing: Drawing, shot: Shot, bounds: Bounds, folder: Path, found: Captured) -> None:
    """Draws the depth twice: small, to learn which distances there are, and then between those."""
    nearest, farthest = shot.state.clip(bounds)
    path = folder / "depth.png"
    drawing.depth(nearest, farthest)
    part = _COARSE / max(shot.size)
    width, height = (max(2, round(each * part)) for each in shot.size)
    _draw(view, path, (width, height), _NOTHING, 0)
    image = QtGui.QImage(str(path)).convertToFormat(QtGui.QImage.Format_RGBA8888)
    levels = grey_levels(bytes(image.constBits()))  # the bits are gone with the image, so it has a name
    if levels is None:
        path.unlink()
        raise NoShadersError
    narrower = range_of(levels, nearest, farthest)
    if narrower is None:
        path.unlink()
        return  # the view is empty: a depth would say nothing
    drawing.depth(*narrower)
    _draw(view, path, shot.size, _NOTHING, 0)
    found.images["depth_image"] = "depth.png"
    found.near, found.far = wire_range(*narrower)


def _draw(view: Any, path: Path, size: tuple[int, int], background: str, samples: int) -> None:
    with host():
        view.saveImage(str(path), size[0], size[1], background, "", samples)
    if not path.exists():
        raise CaptureError("FreeCAD could not draw the view. Its report view says more.")
