"""Captures without anti-aliasing, and lines that viewports draw in black."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from renderiq.engines.preview.look.edge_line_removal import soften_lines
from renderiq.engines.preview.segment.antialiasing import smooth_steps

FACES = [
    ((200, 190, 170), [(40, 60), (420, 20), (420, 330), (40, 300)]),
    ((60, 64, 70), [(420, 20), (600, 90), (600, 290), (420, 330)]),
    ((150, 60, 50), [(100, 120), (360, 100), (360, 260), (100, 240)]),
]


def draw() -> Image.Image:
    """Draws faces with oblique borders, eight times as large."""
    picture = Image.new("RGB", (640 * 8, 360 * 8), (232, 236, 240))
    brush = ImageDraw.Draw(picture)
    for colour, points in FACES:
        brush.polygon([(8 * x, 8 * y) for x, y in points], fill=colour)
    return picture


STEPPED, SMOOTH = np.asarray(draw().resize((640, 360), Image.Resampling.NEAREST)), np.asarray(draw().reduce(8))


def error(rgb: NDArray[np.uint8]) -> float:
    """Returns the mean difference from the drawing with anti-aliasing."""
    return float(np.abs(rgb.astype(np.int16) - SMOOTH).mean())


def test_edges_without_anti_aliasing_get_some() -> None:
    assert error(smooth_steps(STEPPED)) < 0.6 * error(STEPPED)


def test_edges_with_anti_aliasing_stay_as_they_are() -> None:
    assert smooth_steps(SMOOTH) is SMOOTH


def test_edges_along_rows_and_columns_stay_as_they_are() -> None:
    box = np.full((300, 300, 3), 220, np.uint8)
    box[80:220, 60:240] = 70

    assert np.array_equal(smooth_steps(box), box)


def test_a_corner_stays_sharp() -> None:
    corner = smooth_steps(STEPPED)[100:106, 356:362]

    assert np.abs(corner.astype(np.int16) - STEPPED[100:106, 356:362]).max() < 90


def test_a_thin_oblique_line_is_not_broken() -> None:
    picture = Image.fromarray(STEPPED)
    ImageDraw.Draw(picture).line([(50, 330), (590, 350)], fill=(10, 10, 10))
    columns = smooth_steps(np.asarray(picture))[325:356, 70:570, 1]

    assert columns.min(axis=0).max() < 150


def test_a_black_line_becomes_softer_and_a_post_stays_black() -> None:
    picture = Image.new("RGB", (400, 300), (210, 205, 200))
    brush = ImageDraw.Draw(picture)
    brush.line([(100, 0), (100, 300)], fill=(10, 10, 10), width=2)
    brush.rectangle((250, 40, 270, 260), fill=(10, 10, 10))

    soft = soften_lines(np.asarray(picture))

    assert 50 < soft[150, 100, 0] < 110
    assert soft[150, 260, 0] == 10
