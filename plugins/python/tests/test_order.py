"""What an order says."""

from __future__ import annotations

import pytest

from renderiq_plugin.frame import Optics
from renderiq_plugin.materials import material_of, named_colours
from renderiq_plugin.order import Look, ViewCamera, sun_of


def view(**values: object) -> ViewCamera:
    optics = Optics(lens=50, sensor_width=36, fit="HORIZONTAL")
    given = {"name": "Camera", "position": (1.0, -10.0, 2.0), "forward": (0.0, 1.0, 0.0), "up": (0.0, 0.0, 1.0), "optics": optics, "ratio": 16 / 9, "view_distance": 10.0}  # fmt: skip
    return ViewCamera(**{**given, **values})  # type: ignore[arg-type]


def test_empty_texts_and_no_seed_are_left_out() -> None:
    assert Look(style="soft@1").options() == {"style": "soft@1", "quality": "standard", "structure_strength": 0.7}


def test_a_fidelity_of_zero_is_sent() -> None:
    assert Look(structure_strength=0.0).options()["structure_strength"] == 0.0


def test_a_seed_of_zero_is_sent() -> None:
    assert Look(seed=0).options()["seed"] == 0


def test_a_stored_look_of_a_newer_version_is_read() -> None:
    assert Look.read({"prompt": "x", "weather": "rain"}) == Look(prompt="x")


def test_a_camera_has_the_axes_of_gltf() -> None:
    camera = view().wire()

    assert (camera["position"], camera["target"], camera["up"]) == ([1, 2, 10], [1, 2, 0], [0, 1, 0])


def test_a_camera_tells_its_vertical_field_of_view() -> None:
    assert view().wire()["fov"] == pytest.approx(22.8952, abs=1e-3)


def test_a_depth_without_a_range_is_not_told() -> None:
    assert "near" not in view().wire(near=5, far=5)


def test_a_parallel_camera_of_a_model_tells_its_height_by_distance_and_angle() -> None:
    optics = Optics(sensor_width=36, fit="HORIZONTAL", is_parallel=True, ortho_scale=20)

    camera = view(optics=optics, ratio=1.0).wire(is_model=True)

    assert (camera["projection"], camera["fov"]) == ("parallel", 90.0)


def test_a_shift_is_in_parts_of_the_longer_side() -> None:
    optics = Optics(sensor_width=36, fit="HORIZONTAL", shift_y=0.2)

    assert view(optics=optics, ratio=0.5).wire(is_model=True)["shift"] == [0, 0.1]


def test_the_tangents_of_a_shifted_view_are_shifted() -> None:
    optics = Optics(lens=36, sensor_width=36, fit="HORIZONTAL", shift_x=0.25)

    assert view(optics=optics, ratio=1.0).tangents() == (-0.25, 0.75, -0.5, 0.5)


@pytest.mark.parametrize(
    ("towards", "azimuth", "elevation"),
    [((0, 1, 0), 0, 0), ((1, 0, 0), 90, 0), ((0, -1, 1), 180, 45), ((0, 0, 2), 0, 90)],
)
def test_the_sun_is_told_clockwise_from_north(towards: tuple[int, int, int], azimuth: int, elevation: int) -> None:
    assert sun_of(towards) == {"azimuth": azimuth, "elevation": elevation}


def test_a_sun_without_a_direction_is_none() -> None:
    assert sun_of((0, 0, 0)) is None


@pytest.mark.parametrize(
    ("name", "material"),
    [
        ("Red brick.001", "brick"),
        ("RoofTiles", "roof_tiles"),
        ("Holz Eiche", "wood"),
        ("wall_glass-02", "glass"),
        ("Material", None),
        ("Glassy", None),
    ],
)
def test_the_name_of_a_material_means_one_of_the_server(name: str, material: str | None) -> None:
    assert material_of(name) == material


def test_only_materials_that_are_seen_are_named() -> None:
    names = {"#ff0000": "Brick", "#00ff00": "Glass", "#0000ff": "Material"}

    assert named_colours(names, [(255, 0, 0), (0, 0, 255)]) == {"#ff0000": "brick"}
