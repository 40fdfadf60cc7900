"""A capture puts every setting back, also if Blender fails in the middle of it. Blender is a strict double."""

from __future__ import annotations

from pathlib import Path

import double
import pytest
from renderiq_blender.shared.frame import NEAREST

from renderiq_blender import capture, develop

VERSIONS = [(3, 4, 0), (4, 5, 0), (5, 2, 0)]


def place(blender: double.Blender) -> capture.Place:
    region = double.Strict(type="WINDOW", width=1600, height=900)
    return capture.Place(None, None, region, blender.space)


def take(blender: double.Blender, folder: Path, *, as_viewport: bool = False) -> capture.Captured:
    double.use(blender)
    shot = capture.shot_of_region(blender.context, place(blender), NEAREST, 128)
    return capture.capture(
        blender.context, shot, folder, place=place(blender), as_viewport=as_viewport, with_guides=True
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("as_viewport", [False, True])
def test_every_setting_is_put_back(version: tuple[int, int, int], as_viewport: bool, tmp_path: Path) -> None:
    blender = double.Blender(version)
    before = blender.state()

    take(blender, tmp_path, as_viewport=as_viewport)

    assert blender.state() == before


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("as_viewport", [False, True])
@pytest.mark.parametrize("failing", [1, 2, 3])
def test_every_setting_is_put_back_after_an_error(
    version: tuple[int, int, int], as_viewport: bool, failing: int, tmp_path: Path
) -> None:
    blender = double.Blender(version, failing=failing)
    before = blender.state()

    with pytest.raises(RuntimeError, match="broken on purpose"):
        take(blender, tmp_path, as_viewport=as_viewport)

    assert blender.state() == before


def test_picture_ids_and_normals_are_drawn_in_turn(tmp_path: Path) -> None:
    blender = double.Blender()

    take(blender, tmp_path)

    assert blender.calls == [
        ("render", "colour.exr", "STUDIO"), ("render", "flat.exr", "FLAT"), ("render", "normals.exr", "MATCAP"),
    ]  # fmt: skip


def test_the_picture_of_a_viewport_is_drawn_by_the_viewport(tmp_path: Path) -> None:
    blender = double.Blender()

    take(blender, tmp_path, as_viewport=True)

    assert [name for name, *_ in blender.calls] == ["opengl", "render", "render"]


def test_the_materials_are_named_by_their_colours(tmp_path: Path) -> None:
    found = take(double.Blender(), tmp_path)

    assert sorted(found.names.values()) == ["Glass", "Red brick"]


def test_all_images_have_the_pixels_of_the_capture(tmp_path: Path) -> None:
    blender = double.Blender()
    found = take(blender, tmp_path)
    shot = capture.shot_of_region(blender.context, place(blender), NEAREST, 128)
    raw = develop.Raw(found.files, shot.camera.wire(), shot.camera.tangents(), found.names)

    images, options = develop.develop(tmp_path, raw)

    from renderiq_blender.shared.png import png_size

    assert {png_size(tmp_path / each) for each in images.values()} == {(128, 72)}
    assert options["materials"] == {"#ff0000": "brick"}


def test_what_is_hidden_in_the_view_is_not_in_the_render(tmp_path: Path) -> None:
    blender = double.Blender()
    seen = []
    render = blender.render
    blender.render = lambda **options: (
        seen.append([each.name for each in blender.objects if each.hide_render]) or render(**options)
    )  # type: ignore[method-assign]

    take(blender, tmp_path)

    assert seen[0] == ["Hidden", "Cutter"]


def test_a_panoramic_camera_is_refused_with_a_sentence() -> None:
    blender = double.Blender()
    double.use(blender)
    blender.scene.camera.data.type = "PANO"

    with pytest.raises(capture.CaptureError, match="Choose a perspective or an orthographic one"):
        capture.shot_of_camera(blender.context, blender.scene.camera, NEAREST, 128)


def test_a_view_through_the_camera_is_that_of_the_camera() -> None:
    blender = double.Blender()
    double.use(blender)
    blender.view.view_perspective = "CAMERA"

    shot = capture.shot_of_region(blender.context, place(blender), NEAREST, 128)

    assert (shot.camera.name, shot.ratio_name, shot.camera.position) == ("Camera", "4:3", (1.0, -10.0, 2.0))


def test_a_parallel_view_begins_behind_its_pivot() -> None:
    blender = double.Blender()
    double.use(blender)
    blender.view.is_perspective = False

    shot = capture.shot_of_region(blender.context, place(blender), NEAREST, 128)

    assert shot.camera.optics.is_parallel
    assert shot.camera.position[1] == pytest.approx(-12 - 320)
    assert shot.camera.optics.ortho_scale == pytest.approx(12 * 72 / 50)
