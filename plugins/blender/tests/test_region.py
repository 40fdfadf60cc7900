"""The 3D view's own optics, and texts in its labels."""

from __future__ import annotations

import math

import pytest
from renderiq_blender.shared.frame import Crop

from renderiq_blender.region import region_optics
from renderiq_blender.wrapping import wrapped


def test_a_view_shows_twice_what_a_camera_of_its_lens_sees() -> None:
    optics = region_optics(50, 10, is_parallel=False).cropped(1600, 900, Crop(0, 0, 1600, 900))

    assert optics.vertical_fov(16 / 9) == pytest.approx(math.degrees(2 * math.atan(0.72 * 9 / 16)))


def test_a_text_is_wrapped_to_the_panel() -> None:
    assert all(len(line) <= 40 for line in wrapped("word " * 50, 290))
