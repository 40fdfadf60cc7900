"""The image of the path tracer keeps what Blender needs: what its recipe deletes is checked against the names there."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest

from tests.support.paths import ROOT

RECIPE = (ROOT / "path-tracer.Dockerfile").read_text(encoding="utf-8")
DELETED = [pattern for line in re.findall(r"rm -rf ([^\\&]+)", RECIPE) for pattern in line.split()]
LIBRARY = "bpy/lib/libOpenImageDenoise_device_{}.so.2.5.0"


def is_deleted(path: str) -> bool:
    return any(fnmatch(path, pattern) or fnmatch(path, f"{pattern}/*") for pattern in DELETED)


@pytest.mark.parametrize("device", ["cuda", "hip", "sycl"])
def test_denoisers_of_graphics_cards_are_left_out(device: str) -> None:
    assert is_deleted(LIBRARY.format(device))


@pytest.mark.parametrize(
    "path",
    [
        LIBRARY.format("cpu"),
        "bpy/lib/libOpenImageDenoise_core.so.2.5.0",
        "bpy/lib/libcycles_kernel_oneapi_aot.so",
        "bpy/5.2/datafiles/colormanagement/config.ocio",
        "bpy/__init__.so",
    ],
)
def test_what_a_render_needs_stays(path: str) -> None:
    assert not is_deleted(path)
