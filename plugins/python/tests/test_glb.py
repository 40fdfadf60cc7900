"""Binary glTF, read again as its specification says."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from renderiq_plugin.frame import Optics
from renderiq_plugin.glb import Material, Mesh, write_glb
from renderiq_plugin.order import ViewCamera

BRICK = Material("Brick", (1.0, 0.5, 0.0))
SQUARE = [(0.0, 0.0, 0.0), (1000.0, 0.0, 0.0), (1000.0, 0.0, 2000.0), (0.0, 0.0, 2000.0)]
WALL = Mesh("Wall", SQUARE, [(0, 1, 2), (0, 2, 3)], BRICK)


def read(path: Path) -> tuple[dict[str, Any], bytes]:
    content = path.read_bytes()
    magic, version, length, size, kind = struct.unpack_from("<4sIIII", content)
    assert (magic, version, length, kind) == (b"glTF", 2, len(content), 0x4E4F534A)
    more, kind = struct.unpack_from("<II", content, 20 + size)
    assert (kind, 28 + size + more, size % 4, more % 4) == (0x004E4942, len(content), 0, 0)
    return json.loads(content[20 : 20 + size]), content[28 + size :]


def values(found: dict[str, Any], binary: bytes, number: int) -> list[tuple[float, ...]]:
    accessor = found["accessors"][number]
    view = found["bufferViews"][accessor["bufferView"]]
    size = {"VEC3": 3, "SCALAR": 1}[accessor["type"]]
    kind = {5126: "f", 5125: "I"}[accessor["componentType"]]
    flat = struct.unpack_from(f"<{accessor['count'] * size}{kind}", binary, view["byteOffset"])
    return [flat[each : each + size] for each in range(0, len(flat), size)]


def test_points_are_in_metres_and_y_is_up(tmp_path: Path) -> None:
    write_glb(tmp_path / "x.glb", [WALL], scale=0.001)

    found, binary = read(tmp_path / "x.glb")
    primitive = found["meshes"][0]["primitives"][0]
    points = values(found, binary, primitive["attributes"]["POSITION"])
    assert points[2] == (1.0, 2.0, 0.0)
    assert found["accessors"][0]["max"] == [1.0, 2.0, 0.0]
    assert [each[0] for each in values(found, binary, primitive["indices"])] == [0, 1, 2, 0, 2, 3]


def test_normals_look_out_of_the_side_that_is_counterclockwise(tmp_path: Path) -> None:
    write_glb(tmp_path / "x.glb", [WALL])

    found, binary = read(tmp_path / "x.glb")
    number = found["meshes"][0]["primitives"][0]["attributes"]["NORMAL"]
    assert values(found, binary, number) == [(0.0, 0.0, 1.0)] * 4  # -Y of the host


def test_the_hosts_own_normals_are_kept_with_length_one(tmp_path: Path) -> None:
    write_glb(
        tmp_path / "x.glb",
        [replace(WALL, normals=[(0.0, -3.0, 0.0), (2.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)])],
    )

    found, binary = read(tmp_path / "x.glb")
    number = found["meshes"][0]["primitives"][0]["attributes"]["NORMAL"]
    assert values(found, binary, number) == [(0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)]


def test_flat_triangles_share_no_points(tmp_path: Path) -> None:
    write_glb(tmp_path / "x.glb", [Mesh("Wall", SQUARE, WALL.triangles, BRICK, is_smooth=False)])

    found, _ = read(tmp_path / "x.glb")
    assert found["accessors"][0]["count"] == 6


def test_meshes_of_one_material_share_it(tmp_path: Path) -> None:
    glass = Material("Glass", (0.0, 0.0, 1.0), 0.4)
    write_glb(tmp_path / "x.glb", [WALL, WALL, Mesh("Pane", SQUARE, WALL.triangles, glass)])

    found, _ = read(tmp_path / "x.glb")
    assert [each["name"] for each in found["materials"]] == ["Brick", "Glass"]
    assert found["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"] == [1.0, 0.214041, 0.0, 1.0]
    assert found["materials"][1]["alphaMode"] == "BLEND"


@pytest.mark.parametrize("is_parallel", [True, False])
def test_the_camera_stands_and_looks_as_in_the_view(is_parallel: bool, tmp_path: Path) -> None:
    optics = Optics(lens=50, sensor_width=50, fit="HORIZONTAL", is_parallel=is_parallel, ortho_scale=8.0)
    camera = ViewCamera("Front", (1.0, -5.0, 2.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), optics, 2.0)
    write_glb(tmp_path / "x.glb", [WALL], camera=camera)

    found, _ = read(tmp_path / "x.glb")
    assert found["nodes"][1]["matrix"] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 2, 5, 1]
    if is_parallel:
        assert (found["cameras"][0]["orthographic"]["xmag"], found["cameras"][0]["orthographic"]["ymag"]) == (4, 2)
    else:
        assert found["cameras"][0]["perspective"]["yfov"] == pytest.approx(2 * math.atan(0.25))


@pytest.mark.parametrize(("azimuth", "towards"), [(0, (0, 0, -1)), (90, (1, 0, 0)), (180, (0, 0, 1))])
def test_the_sun_shines_from_its_azimuth(azimuth: float, towards: tuple[float, float, float], tmp_path: Path) -> None:
    write_glb(tmp_path / "x.glb", [WALL], sun={"azimuth": azimuth, "elevation": 0.0})

    found, _ = read(tmp_path / "x.glb")
    assert found["nodes"][1]["matrix"][8:11] == pytest.approx(towards)  # a light shines along -Z of its node
    assert found["extensionsUsed"] == ["KHR_lights_punctual"]


def test_a_model_without_a_surface_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no visible surface"):
        write_glb(tmp_path / "x.glb", [Mesh("Empty", [], [], BRICK)])

    assert not (tmp_path / "x.glb").exists()
