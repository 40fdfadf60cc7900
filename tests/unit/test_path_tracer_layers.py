"""The layers of a path-traced render: what their numbers mean, and that nothing else is taken for them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from renderiq.domain.render_layers import LayerKind
from renderiq.engines import MadeLayer
from renderiq.engines.cycles.layers import DATA, NAMES, RECORD, LayerFileError, png16, read

ALL = tuple(LayerKind)
SIZE = (4, 2)


@pytest.fixture
def record() -> Any:
    """Nothing in the first row; a wall of the second material in the second, 2 to 5 metres away, that faces right."""
    pixels = np.zeros((2, 4), RECORD)
    pixels["depth"][0] = np.inf
    pixels["depth"][1] = (2, 3, 4, 5)
    pixels["normal"][1] = (1, 0, 0)
    pixels["material"][1] = 2
    return pixels


@pytest.fixture
def folder(tmp_path: Path, record: Any) -> Path:
    record.tofile(tmp_path / DATA)
    names = [{"name": "Oak", "surface": "timber"}, {"name": "Brick red", "surface": "brick"}]
    (tmp_path / NAMES).write_text(json.dumps(names))
    return tmp_path


def samples(layer: MadeLayer) -> Any:
    """Returns the samples of a layer, of which Pillow reads 16 bits in grey only."""
    return np.asarray(Image.open(io.BytesIO(layer.image)))


def made(folder: Path, kind: LayerKind) -> MadeLayer:
    [layer] = read(folder, SIZE, (kind,))
    return layer


def test_a_depth_can_be_turned_back_into_metres(folder: Path) -> None:
    layer = made(folder, LayerKind.DEPTH)
    levels = samples(layer)[1].astype(float)
    assert layer.near is not None
    assert layer.far is not None

    metres = layer.far - (levels - 1) / 65534 * (layer.far - layer.near)

    assert metres == pytest.approx([2, 3, 4, 5], abs=1e-3)


def test_near_is_white_and_nothing_is_black(folder: Path) -> None:
    levels = samples(made(folder, LayerKind.DEPTH))

    assert levels[1, 0] == 65535
    assert (levels[0] == 0).all()


def test_what_is_far_behind_the_rest_takes_no_levels(tmp_path: Path) -> None:
    pixels = np.zeros((10, 100), RECORD)
    pixels["depth"] = np.linspace(5, 30, 1000).reshape(10, 100)
    pixels["depth"][0, :5] = 6000
    pixels.tofile(tmp_path / DATA)

    [layer] = read(tmp_path, (100, 10), (LayerKind.DEPTH,))

    assert layer.far is not None
    assert layer.far < 40
    assert samples(layer)[0, 0] == 1


def test_a_picture_of_the_sky_only_has_no_depth(tmp_path: Path, record: Any) -> None:
    record["depth"] = np.inf
    record.tofile(tmp_path / DATA)

    assert not samples(made(tmp_path, LayerKind.DEPTH)).any()


def test_a_normal_is_right_up_and_towards_the_camera(folder: Path) -> None:
    shown = samples(made(folder, LayerKind.NORMAL))

    assert shown[1, 0].tolist() == [255, 128, 128]
    assert not shown[0].any()


def test_each_material_has_a_colour_and_its_name(folder: Path) -> None:
    layer = made(folder, LayerKind.MATERIAL_ID)
    [material] = layer.materials

    assert (material.name, material.surface, material.share) == ("Brick red", "brick", 0.5)
    assert f"#{bytes(samples(layer)[1, 0].tolist()).hex()}" == material.colour


def test_materials_that_are_alike_in_number_are_not_alike_in_colour(tmp_path: Path) -> None:
    pixels = np.zeros((100, 100), RECORD)
    pixels["material"] = np.arange(10_000).reshape(100, 100)
    pixels.tofile(tmp_path / DATA)
    (tmp_path / NAMES).write_text("[]")

    [layer] = read(tmp_path, (100, 100), (LayerKind.MATERIAL_ID,))

    assert len(np.unique(samples(layer).reshape(-1, 3), axis=0)) == 10_000


def test_numbers_without_a_name_are_left_out(folder: Path) -> None:
    (folder / NAMES).write_text("[]")

    assert made(folder, LayerKind.MATERIAL_ID).materials == ()


@pytest.mark.parametrize("names", ["{", '[{"name": 1}]', "[1]", '{"a": 1}'])
def test_names_that_are_none_are_an_error(folder: Path, names: str) -> None:
    (folder / NAMES).write_text(names)

    with pytest.raises(LayerFileError):
        read(folder, SIZE, (LayerKind.MATERIAL_ID,))


def test_another_size_is_an_error(folder: Path) -> None:
    with pytest.raises(LayerFileError):
        read(folder, (5, 2), ALL)


def test_no_layers_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(LayerFileError):
        read(tmp_path, SIZE, ALL)


def test_sixteen_bits_are_kept() -> None:
    levels = np.arange(0, 65536, 4, dtype=np.uint16).reshape(128, 128, 1)

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png16(levels)))), levels[..., 0])
