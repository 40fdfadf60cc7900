"""Captures against a strict double of FreeCAD's 3D view."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coin_double as coin
import double
import pytest
from renderiq_freecad.shared.glb import Material, Mesh

from renderiq_freecad.camera import Bounds
from renderiq_freecad.capture import Captured, CaptureError, active_view, capture, shot_of, state_of

MESH = Mesh(
    "Wall", [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)], [(0, 1, 2)], Material("Brick", (1.0, 0.0, 0.0))
)
BOUNDS = Bounds((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
ALL = {"image", "depth_image", "material_id_image", "normal_image"}


@pytest.fixture(autouse=True)
def _selection() -> Iterator[None]:
    double.SELECTION.chosen[:] = [double.Selected("House", "Box", "Face1", (1.0, 2.0, 3.0))]
    yield
    double.SELECTION.chosen.clear()


def dump(view: double.View, document: double.Document) -> Any:
    camera = view.getCameraNode()
    fields = [each for each in camera._fields if hasattr(camera, each)]
    return (
        {each: getattr(camera, each)._numbers for each in fields}, view.hasAxisCross(), view.isCornerCrossVisible(),
        view.getViewer().isEnabledNaviCube(), list(view.getSceneGraph()._children),
        [each.ViewObject.SwitchNode.whichChild.getValue() for each in document.Objects],
        view._tracker.whichChild.getValue(),
        [(each.ObjectName, each.SubElementNames, each.PickedPoints) for each in double.SELECTION.chosen],
    )  # fmt: skip


def taken(view: double.View, folder: Path, document: double.Document | None = None, **options: Any) -> Captured:
    options = {"as_view": False, "with_guides": True, **options}
    steps = capture(
        view, document or double.Document(), shot_of(view, "16:9", (), 640), [MESH], BOUNDS, folder, **options
    )
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_a_capture_has_depth_materials_and_normals_in_its_pixels(tmp_path: Path) -> None:
    view = double.View()

    found = taken(view, tmp_path)

    assert set(found.images) == ALL
    assert {each["size"] for each in view.drawn} == {(640, 360), (480, 270)}  # the small one looks for the range
    assert list(found.names.values()) == ["Brick"]


def test_guides_are_not_smoothed(tmp_path: Path) -> None:
    view = double.View()

    taken(view, tmp_path)

    assert [each["samples"] for each in view.drawn] == [8, 0, 0, 0, 0]


def test_nothing_but_the_model_is_drawn(tmp_path: Path) -> None:
    view = double.View()

    taken(view, tmp_path, as_view=True)

    assert all(
        (each["cross"], each["cube"], each["corner"], each["tracker"], each["selected"]) == (False, False, False, -1, 0)
        for each in view.drawn
    )


def test_helpers_are_hidden_without_a_change_of_the_document(tmp_path: Path) -> None:
    sketch = double.Thing("Sketch", "Sketcher::SketchObject")
    seen: list[float] = []
    view, whole = double.View(), double.View.saveImage

    def draw(self: double.View, *values: Any) -> None:
        seen.append(sketch.ViewObject.SwitchNode.whichChild.getValue())
        whole(self, *values)

    view.saveImage = draw.__get__(view)  # type: ignore[method-assign]
    taken(view, tmp_path, double.Document(sketch), as_view=True, with_guides=False)

    assert (seen, sketch.ViewObject.Visibility) == ([-1.0], True)


@pytest.mark.parametrize("camera", [coin.SoPerspectiveCamera, coin.SoOrthographicCamera])
@pytest.mark.parametrize("as_view", [True, False])
def test_everything_is_put_back(camera: Any, as_view: bool, tmp_path: Path) -> None:
    view, document = double.View(camera()), double.Document(double.Thing("Sketch", "Sketcher::SketchObject"))
    before = dump(view, document)

    taken(view, tmp_path, document, as_view=as_view)

    assert dump(view, document) == before


@pytest.mark.parametrize("picture", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("as_view", [True, False])
def test_everything_is_put_back_if_a_picture_fails(picture: int, as_view: bool, tmp_path: Path) -> None:
    view, document = double.View(), double.Document(double.Thing("Sketch", "Sketcher::SketchObject"))
    view.fails_at = picture
    before = dump(view, document)

    with pytest.raises(RuntimeError, match="no graphics"):
        taken(view, tmp_path, document, as_view=as_view)

    assert dump(view, document) == before


def test_without_shaders_there_is_neither_depth_nor_normals(tmp_path: Path) -> None:
    view = double.View()
    view.has_shaders = False

    found = taken(view, tmp_path)

    assert set(found.images) == {"image", "material_id_image"}
    assert not (tmp_path / "depth.png").exists()


def test_a_capture_without_guides_is_one_picture(tmp_path: Path) -> None:
    view = double.View()

    assert set(taken(view, tmp_path, with_guides=False).images) == {"image"}
    assert len(view.drawn) == 1


def test_a_wider_frame_crops_top_and_bottom() -> None:
    view = double.View()

    shot = shot_of(view, "16:9", (), 1920)

    assert shot.size == (1920, 1080)
    assert shot.state.half_height == pytest.approx(state_of(view).half_height * (4 / 3) / (16 / 9))


def test_the_user_may_turn_the_view_between_two_pictures(tmp_path: Path) -> None:
    view = double.View()
    steps = capture(
        view,
        double.Document(),
        shot_of(view, "16:9", (), 640),
        [MESH],
        BOUNDS,
        tmp_path,
        as_view=False,
        with_guides=True,
    )

    for _ in steps:
        view.getCameraNode().position.setValue(99.0, 99.0, 99.0)

    assert {each["position"] for each in view.drawn} == {(0.0, -10.0, 0.0)}


def test_without_a_3d_view_there_is_a_sentence() -> None:
    with pytest.raises(CaptureError, match="There is no 3D view"):
        active_view()
