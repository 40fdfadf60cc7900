"""Where the cameras of the sheet of the plugins stand, and how models are read for a host that cannot."""

from __future__ import annotations

import json
import math
import struct
from itertools import product
from pathlib import Path

import pytest

from benchmarks.captures.catalogue import View
from plugins.sheet.meshes import read_glb
from plugins.sheet.shots import RATIO, SENSOR, stand

BOX = list(product((-2.0, 6.0), (1.0, 4.0), (0.0, 3.0)))


def seen(view: View) -> list[tuple[float, float]]:
    """Returns the corners of the box as the camera sees them: 1 is the edge of the picture."""
    eye, target = stand(view, BOX)
    ahead = [b - a for a, b in zip(eye, target, strict=True)]
    length = math.dist(eye, target)
    ahead = [each / length for each in ahead]
    flat = math.hypot(ahead[0], ahead[1])
    right = (ahead[1] / flat, -ahead[0] / flat, 0.0)
    up = (-right[1] * -ahead[2], right[0] * -ahead[2], flat)
    slope = SENSOR / 2 / view.lens
    found = []
    for corner in BOX:
        away = [b - a for a, b in zip(eye, corner, strict=True)]
        x, y, z = (sum(a * b for a, b in zip(away, axis, strict=True)) for axis in (right, up, ahead))
        found.append((x / z / slope, y / z / slope * RATIO))
    return found


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 10), (40, 16), (-35, 48), (170, 5)])
def test_a_model_fills_as_much_of_the_picture_as_it_should(azimuth: float, elevation: float) -> None:
    most = max(max(abs(x), abs(y)) for x, y in seen(View("any", azimuth=azimuth, elevation=elevation, fill=0.8)))

    assert most == pytest.approx(0.8, abs=0.02)


def test_a_camera_may_stand_at_a_part_of_the_model() -> None:
    eye, target = stand(View("any", eye=(0.5, 0.0, 1.0), target=(0.5, 1.0, 0.0)), BOX)

    assert (eye, target) == ((2.0, 1.0, 3.0), (2.0, 4.0, 0.0))


def test_a_model_is_read_with_its_place_and_material(tmp_path: Path) -> None:
    corners = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 2, 0) + struct.pack("<3H", 0, 1, 2)
    document = {
        "scenes": [{"nodes": [0]}],
        "nodes": [{"children": [1], "translation": [10, 0, 0]}, {"mesh": 0, "scale": [1, 1, 1]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [
            {"name": "Glass", "alphaMode": "BLEND", "pbrMetallicRoughness": {"baseColorFactor": [0.1, 0.2, 0.3, 0.4]}}
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [{"byteLength": 36}, {"byteOffset": 36, "byteLength": 6}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    file = tmp_path / "model.glb"
    file.write_bytes(
        struct.pack("<III", 0x46546C67, 2, 28 + len(text) + len(corners))
        + struct.pack("<II", len(text), 0x4E4F534A) + text
        + struct.pack("<II", len(corners), 0x004E4942) + corners
    )  # fmt: skip

    (part,) = read_glb(file)

    assert (part.name, part.colour, part.opacity) == ("Glass", (0.1, 0.2, 0.3), 0.4)
    assert part.points[0].tolist() == [[[10, 0, 0], [11, 0, 0], [10, 0, 2]]]
