"""Cameras, depths, settings."""

from __future__ import annotations

import math

import pytest
from renderiq_freecad.shared.order import Look

from renderiq_freecad.camera import (
    STANDARD_VIEWS,
    Bounds,
    CameraState,
    coin_size,
    half_height_of,
    rotated,
    saved_view,
    standard_view,
)
from renderiq_freecad.depths import grey_levels, range_of, wire_range
from renderiq_freecad.settings import Settings

BOX = Bounds((-1000.0, -2000.0, 0.0), (1000.0, 2000.0, 3000.0))
FRONT = STANDARD_VIEWS["Front"]


def state(**values: object) -> CameraState:
    return CameraState(**{"name": "View", "position": (0.0, -10000.0, 1500.0), "rotation": FRONT, "is_parallel": False,
                          "half_height": 0.4, "focal": 10000.0, **values})  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "forward"),
    [("Front", (0, 1, 0)), ("Rear", (0, -1, 0)), ("Right", (-1, 0, 0)), ("Left", (1, 0, 0)), ("Top", (0, 0, -1)),
     ("Isometric", (-1 / 3**0.5, 1 / 3**0.5, -1 / 3**0.5))],
)  # fmt: skip
def test_standard_views_look_where_their_names_say(name: str, forward: tuple[float, float, float]) -> None:
    assert rotated(STANDARD_VIEWS[name], (0.0, 0.0, -1.0)) == pytest.approx(forward, abs=2e-3)


@pytest.mark.parametrize("name", list(STANDARD_VIEWS))
@pytest.mark.parametrize("is_parallel", [True, False])
@pytest.mark.parametrize("ratio", [16 / 9, 9 / 16])
def test_a_standard_view_shows_everything(name: str, is_parallel: bool, ratio: float) -> None:
    found = standard_view(name, BOX, ratio, is_parallel=is_parallel, angle=0.4)
    right = rotated(found.rotation, (1.0, 0.0, 0.0))

    for corner in BOX.corners():
        depth = found.depth(corner)
        size = found.half_height * (1 if is_parallel else depth)
        away = [p - at for p, at in zip(corner, found.position)]
        assert depth > 0
        assert abs(sum(a * b for a, b in zip(away, found.up))) <= size
        assert abs(sum(a * b for a, b in zip(away, right))) <= size * ratio


@pytest.mark.parametrize("ratio", [16 / 9, 1.0, 9 / 16])
@pytest.mark.parametrize("is_parallel", [True, False])
def test_coin_means_the_shorter_side(ratio: float, is_parallel: bool) -> None:
    found = state(is_parallel=is_parallel)

    size = coin_size(found, ratio)

    assert half_height_of(size, ratio, is_parallel=is_parallel) == pytest.approx(0.4)
    shorter = size / 2 if is_parallel else math.tan(size / 2)
    assert shorter == pytest.approx(0.4 * min(ratio, 1))


def test_an_order_is_in_metres_and_y_is_up() -> None:
    wire = state().of_order(16 / 9).wire()

    assert wire["position"] == [0.0, 1.5, 10.0]
    assert wire["target"] == [0.0, 1.5, 0.0]
    assert wire["fov"] == pytest.approx(math.degrees(2 * math.atan(0.4)), abs=1e-3)


def test_a_parallel_camera_has_everything_in_front_of_it() -> None:
    found = state(is_parallel=True, half_height=2000.0, position=(0.0, 0.0, 1500.0)).in_front_of(BOX)

    assert min(found.depth(each) for each in BOX.corners()) > 0


def test_another_projection_shows_the_same_at_its_target() -> None:
    found = state().converted(is_parallel=True)

    assert found.half_height == pytest.approx(4000)
    assert found.converted(is_parallel=False).half_height == pytest.approx(0.4)


def test_a_view_saved_with_a_plane_is_read() -> None:
    found = saved_view("Street", [1, 2, 3, *FRONT, 1, 100, 1, 50, math.pi / 4, 1.0])

    assert found == CameraState("Street", (1, 2, 3), FRONT, False, pytest.approx(math.tan(math.pi / 8)), 50)


@pytest.mark.parametrize("stored", [[], [1.0] * 5, [0.0] * 13])
def test_what_is_no_saved_view_is_none(stored: list[float]) -> None:
    assert saved_view("x", stored) is None


def test_the_depth_is_drawn_between_what_is_seen() -> None:
    levels = bytes([0] * 10 + [205] * 50 + [105] * 50)

    assert range_of(levels, 0.0, 254.0) == (49.0, 151.0)


def test_a_few_points_far_away_take_no_levels_from_the_rest() -> None:
    levels = bytes([255] * 500 + [250] * 500 + [1])

    near, far = range_of(levels, 0.0, 254.0) or (0.0, 0.0)

    assert (near, far) == (0.0, 21.0)


def test_an_empty_view_has_no_depth() -> None:
    assert range_of(bytes(100), 0.0, 10.0) is None


def test_black_stands_for_one_level_beyond_the_farthest() -> None:
    assert wire_range(1000.0, 3540.0) == (1.0, pytest.approx(3.55))


def test_a_picture_with_colours_is_no_depth() -> None:
    assert (grey_levels(bytes([9, 9, 9, 255])), grey_levels(bytes([255, 0, 0, 255]))) == (b"\x09", None)


def test_a_look_is_taken_with_its_seed() -> None:
    found = Settings(seed=3).with_look(Look(style="ink@1", seed=9))

    assert (found.style, found.seed, found.look().style) == ("ink@1", 9, "ink@1")


def test_a_look_without_a_seed_keeps_the_seed() -> None:
    assert Settings(seed=3).with_look(Look()).seed == 3


def test_the_style_chooses_the_sun_unless_it_is_fixed() -> None:
    assert Settings().sun() is None
    assert Settings(has_sun=True, azimuth=90, elevation=30).sun() == {"azimuth": 90, "elevation": 30}
