"""The story's own check of path-traced pictures: it must see a house that is elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from plugins.rhino.hosts.outline import overlap

BRICK, GLASS = "#ff0000", "#95ff00"


def pictures(folder: Path, *, shift: int = 0, larger: int = 0) -> tuple[Path, Path]:
    """Returns a picture in twice the size of the ids, with a house of bricks behind a pane."""
    ids = np.zeros((120, 180, 3), np.uint8)
    ids[70:] = (0, 74, 255)
    ids[40:90, 60:120] = (255, 0, 0)
    ids[60:95, 100:130] = (149, 255, 0)
    shown = np.full((240, 360, 3), (90, 120, 160), np.uint8)
    shown[140:] = (150, 150, 145)
    house = shown[80 - larger : 180 + larger, 120 - larger + shift : 240 + larger + shift]
    house[:] = (150, 70, 50)
    house[::9] = (160, 150, 140)  # joints
    paths = folder / "picture.png", folder / "ids.png"
    for path, pixels in zip(paths, (shown, ids)):
        Image.fromarray(pixels).save(path)
    return paths


def test_a_house_where_the_ids_have_it_overlaps_whole(tmp_path: Path) -> None:
    assert overlap(*pictures(tmp_path), BRICK, GLASS) > 0.98


@pytest.mark.parametrize("changed", [{"shift": 8}, {"shift": -8}, {"larger": 6}])
def test_a_house_that_is_elsewhere_or_larger_does_not(tmp_path: Path, changed: dict[str, int]) -> None:
    assert overlap(*pictures(tmp_path, **changed), BRICK, GLASS) < 0.96


def test_a_picture_without_a_house_overlaps_little(tmp_path: Path) -> None:
    picture, ids = pictures(tmp_path)
    Image.new("RGB", (360, 240), (90, 120, 160)).save(picture)

    assert overlap(picture, ids, BRICK, GLASS) < 0.5


def test_ids_without_bricks_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="#00ff00"):
        overlap(*pictures(tmp_path), "#00ff00", GLASS)
