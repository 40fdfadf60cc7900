"""Where the frame of a capture lies."""

from __future__ import annotations

import pytest

from renderiq_plugin.frame import (
    Crop,
    Optics,
    capture_size,
    chosen_ratio,
    crop,
    gltf_axes,
    nearest_ratio,
)


@pytest.mark.parametrize(
    ("size", "ratio"),
    [((1920, 1080), "16:9"), ((1000, 980), "1:1"), ((500, 900), "9:16"), ((1200, 880), "4:3"), ((700, 1000), "2:3")],
)
def test_the_ratio_is_the_nearest_to_the_view(size: tuple[int, int], ratio: str) -> None:
    assert nearest_ratio(*size) == ratio


def test_a_ratio_of_a_newer_server_is_known() -> None:
    assert nearest_ratio(2100, 900, ["16:9", "21:9", "source"]) == "21:9"


def test_source_keeps_the_proportions_up_to_eight_to_one() -> None:
    assert chosen_ratio("source", 1000, 700) == ("source", pytest.approx(10 / 7))
    assert chosen_ratio("source", 1000, 100) == ("source", 8.0)


def test_a_crop_is_the_largest_in_the_middle() -> None:
    assert crop(1600, 1000, 1.0) == Crop(300, 0, 1000, 1000)
    assert crop(1600, 1000, 2.0) == Crop(0, 100, 1600, 800)


@pytest.mark.parametrize(
    ("ratio", "size"), [(16 / 9, (1920, 1080)), (9 / 16, (1080, 1920)), (1.0, (1920, 1920)), (8.0, (1920, 240))]
)
def test_the_pixels_have_the_longer_side(ratio: float, size: tuple[int, int]) -> None:
    assert capture_size(ratio, 1920) == size


def pixels_per_tangent(optics: Optics, frame: tuple[float, float]) -> float:
    """Returns how many pixels of the frame a tangent of 1 is: what must not change in a crop."""
    fits_width = optics.fit == "HORIZONTAL" or (optics.fit == "AUTO" and frame[0] >= frame[1])
    sensor = optics.sensor_height if optics.fit == "VERTICAL" else optics.sensor_width
    return (frame[0] if fits_width else frame[1]) * optics.lens / sensor


@pytest.mark.parametrize("fit", ["AUTO", "HORIZONTAL", "VERTICAL"])
@pytest.mark.parametrize("frame", [(1600.0, 900.0), (900.0, 1600.0)])
@pytest.mark.parametrize("ratio", [16 / 9, 1.0, 2 / 3])
def test_nothing_moves_in_a_crop(fit: str, frame: tuple[float, float], ratio: float) -> None:
    optics, inner = Optics(fit=fit, shift_x=0.1, shift_y=-0.2), crop(*frame, ratio)
    side = frame[0] if fit == "HORIZONTAL" or (fit == "AUTO" and frame[0] >= frame[1]) else frame[1]

    cropped = optics.cropped(*frame, inner)

    assert pixels_per_tangent(cropped, (inner.width, inner.height)) == pytest.approx(pixels_per_tangent(optics, frame))
    assert cropped.shift_x * inner.width == pytest.approx(0.1 * side)
    assert cropped.shift_y * inner.width == pytest.approx(-0.2 * side)
    assert cropped.ortho_scale / inner.width == pytest.approx(optics.ortho_scale / side)


def test_y_is_up_for_the_server() -> None:
    assert gltf_axes((1, 2, 3)) == (1, 3, -2)
