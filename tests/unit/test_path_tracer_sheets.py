"""Sheets of path-traced pictures, to be looked at: what is uploaded, and how pictures are laid out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.path_tracer.contact import jpeg, sheet_of, upload_of


def test_an_obj_is_uploaded_with_the_pictures_beside_it(tmp_path: Path) -> None:
    folder, upload = tmp_path / "models", tmp_path / "upload"
    folder.mkdir()
    upload.mkdir()
    for name in ("chair.obj", "chair.mtl", "oak.jpg", "notes.txt"):
        (folder / name).write_bytes(b"x")

    with zipfile.ZipFile(upload_of(folder / "chair.obj", upload)) as archive:
        assert sorted(archive.namelist()) == ["chair.mtl", "chair.obj", "oak.jpg"]


def test_other_models_are_uploaded_as_they_are(tmp_path: Path) -> None:
    assert upload_of(Path("house.ifc"), tmp_path) == Path("house.ifc")


def test_a_picture_has_its_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "red.png"
    Image.new("RGB", (320, 180), (255, 0, 0)).save(file)
    whole = sheet_of([("first", [tmp_path / "missing.png"]), ("second", [tmp_path / "missing.png", file])], 160, 2)

    red = np.argwhere((np.asarray(whole) == (255, 0, 0)).all(axis=2))
    assert tuple(red.max(axis=0) - red.min(axis=0) + 1) == (90, 160)
    assert red.min(axis=0)[1] == 160
    assert red.min(axis=0)[0] > whole.height // 2


def test_a_sheet_is_as_small_as_was_asked() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3)).astype(np.uint8)
    best, small = jpeg(Image.fromarray(noise), 1_000_000), jpeg(Image.fromarray(noise), 100_000)

    assert len(small) <= 100_000 < len(best)
    assert Image.open(io.BytesIO(small)).size == (400, 400)
