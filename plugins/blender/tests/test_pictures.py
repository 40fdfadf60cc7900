"""Reading Blender's files, and the images for the server."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from exr_files import render_passes, write_exr
from PIL import Image
from renderiq_blender.shared.colours import NO_MATERIAL, id_colours
from renderiq_blender.shared.png import png_size

from renderiq_blender.exr import ExrError, channel, depth_channel, read_exr
from renderiq_blender.guides import (
    BACKDROP,
    colours_in,
    encode_capture,
    encode_depth,
    encode_ids,
    encode_normals,
)
from renderiq_blender.png import encode_png

CHANNELS = {
    "ViewLayer.Combined.R": np.arange(12, dtype=np.float32).reshape(3, 4) / 16,
    "ViewLayer.Depth.Z": np.arange(12, dtype=np.float32).reshape(3, 4),
}


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("half", [False, True])
def test_an_exr_is_read(parts: bool, half: bool, tmp_path: Path) -> None:
    write_exr(tmp_path / "x.exr", CHANNELS, parts=parts, half=half)

    found = read_exr(tmp_path / "x.exr")

    assert np.array_equal(channel(found, "Combined.R"), CHANNELS["ViewLayer.Combined.R"])
    assert np.array_equal(depth_channel(found), CHANNELS["ViewLayer.Depth.Z"])


def test_a_compressed_exr_is_refused(tmp_path: Path) -> None:
    write_exr(tmp_path / "x.exr", CHANNELS, compression=3)

    with pytest.raises(ExrError, match="Compressed"):
        read_exr(tmp_path / "x.exr")


@pytest.mark.parametrize("length", [3, 40, 200, 350])
def test_an_exr_that_was_cut_off_is_an_error(length: int, tmp_path: Path) -> None:
    write_exr(tmp_path / "x.exr", CHANNELS)
    (tmp_path / "x.exr").write_bytes((tmp_path / "x.exr").read_bytes()[:length])

    with pytest.raises(ExrError):
        read_exr(tmp_path / "x.exr")


def test_a_missing_channel_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExrError, match=r"no channel Combined\.R, but Depth\.Z"):
        channel({"Depth.Z": np.zeros((1, 1))}, "Combined.R")


@pytest.mark.parametrize(("shape", "mode"), [((5, 7), "L"), ((5, 7, 3), "RGB"), ((5, 7, 4), "RGBA")])
def test_a_png_is_what_other_programs_read(shape: tuple[int, ...], mode: str, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    (tmp_path / "x.png").write_bytes(encode_png(pixels))

    with Image.open(io.BytesIO(encode_png(pixels))) as read:
        assert (read.mode, np.array_equal(np.asarray(read), pixels)) == (mode, True)
    assert png_size(tmp_path / "x.png") == (7, 5)


def test_near_is_white_far_is_one_and_nothing_is_black() -> None:
    found = encode_depth(np.array([[2.0, 4.0, 6.0, 1e10]]))

    assert found
    levels, near, far = found
    assert levels.tolist() == [[255, 128, 1, 0]]
    assert (near, far) == (2.0, pytest.approx(2 + 4 * 255 / 254))


def test_a_level_stands_for_the_distance_that_near_and_far_say() -> None:
    distances = np.linspace(3, 9, 200).reshape(10, 20)
    found = encode_depth(distances)

    assert found
    levels, near, far = found
    assert np.abs(far + (near - far) * levels / 255 - distances).max() < (far - near) / 255


def test_a_speck_far_away_does_not_take_the_levels() -> None:
    distances = np.full((100, 100), 10.0)
    distances[:50] = 5
    distances[0, 0] = 9000

    found = encode_depth(distances)

    assert found
    assert found[2] < 30


def test_an_empty_view_has_no_depth() -> None:
    assert encode_depth(np.full((2, 2), 1e10)) is None


def test_colours_of_materials_are_all_different() -> None:
    colours = id_colours(256)

    assert len(set(colours)) == 256
    assert not {NO_MATERIAL, (0, 0, 0)} & set(colours)


def test_ids_are_exact_and_the_background_is_black() -> None:
    passes = render_passes((10.02 / 255, 199.8 / 255, 30 / 255), (8, 8))
    planes = [passes[f"ViewLayer.Combined.{name}"] for name in "RGB"]

    ids = encode_ids(*planes, passes["ViewLayer.Depth.Z"])

    assert colours_in(ids) == {(10, 200, 30)}
    assert ids[0, 0].tolist() == [0, 0, 0]


def test_a_capture_stands_on_the_backdrop() -> None:
    one, half = np.ones((1, 1), np.float32), np.full((1, 1), 0.5, np.float32)

    assert encode_capture(one * 0, one * 0, one * 0, one * 0)[0, 0].tolist() == list(BACKDROP)
    assert encode_capture(one, one, one, one)[0, 0].tolist() == [255, 255, 255]
    assert encode_capture(half, half, half, half)[0, 0].tolist() == [240, 242, 246]


def matcap(normal: tuple[float, float, float], towards: tuple[float, float, float]) -> list[np.ndarray]:
    """Returns Workbench's colour of a normal that is seen from ``towards``: its own formula, forwards."""
    n, i = np.array(normal), np.array(towards) / np.linalg.norm(towards)
    a = 1 / (1 + i[2])
    b = -i[0] * i[1] * a
    axes = np.array([[1 - i[0] ** 2 * a, b, -i[0]], [b, 1 - i[1] ** 2 * a, -i[1]], i])
    encoded = (axes @ n + 1) / 2
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return [np.full((1, 1), each, np.float32) for each in linear]


@pytest.mark.parametrize("normal", [(0.0, 0.0, 1.0), (0.6, 0.0, 0.8), (-0.36, 0.48, 0.8)])
def test_normals_are_in_the_axes_of_the_camera(normal: tuple[float, float, float]) -> None:
    tangents = (0.2, 0.4, -0.3, -0.1)  # one pixel, whose middle is seen along (0.3, -0.2, -1)

    levels = encode_normals(*matcap(normal, (-0.3, 0.2, 1.0)), np.ones((1, 1)), tangents)

    assert levels[0, 0] / 255 * 2 - 1 == pytest.approx(normal, abs=0.01)
