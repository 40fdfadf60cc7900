"""From Blender's files to the images and options of an order."""

from __future__ import annotations

from pathlib import Path

import pytest
from exr_files import render_passes, write_exr

from renderiq_blender.develop import Raw, develop_stored
from renderiq_blender.exr import ExrError

NAMES = ("colour.exr", "flat.exr", "normals.exr")


def drawn(folder: Path) -> Raw:
    """Returns what Blender drew into a folder."""
    for name in NAMES:
        write_exr(folder / name, render_passes((1.0, 0.0, 0.0), (96, 64)), parts=True)
    return Raw(NAMES, {"fov": 40.0}, (-0.5, 0.5, -0.3, 0.3), {"#ff0000": "Brick"})


def test_an_order_has_its_images_its_camera_and_its_materials(tmp_path: Path) -> None:
    images, options = develop_stored(tmp_path, drawn(tmp_path).stored(), 256)

    assert set(images) == {"image", "depth_image", "material_id_image", "normal_image"}
    assert (options["camera"]["near"], options["materials"]) == (5.0, {"#ff0000": "brick"})


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    raw = drawn(tmp_path)
    (tmp_path / "flat.exr").write_bytes(b"broken")

    with pytest.raises(ExrError, match="no OpenEXR file"):
        develop_stored(tmp_path, raw.stored(), 256)
