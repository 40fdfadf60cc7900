"""Contours of dark faces before the dark background of a viewport, into which its grid and its edge lines cut."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from renderiq.engines.preview.segment.viewport_background import ViewportBackground, find_viewport_background

GREY, GRID, EDGE = (58, 58, 58), (70, 70, 70), (8, 8, 8)
GABLE = [(220, 200), (420, 150), (420, 380), (220, 420)]
FRONT = [(60, 180), (220, 200), (220, 420), (60, 380)]
ROOF = [(40, 170), (260, 110), (440, 140), (220, 205)]
FOOT = np.arange(230, 410)
"""Columns along the foot of the gable."""


def draw(gable: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Draws a house before a grid; the edge at the foot of its gable is dashed."""
    picture = Image.new("RGB", (640, 480), GREY)
    pen = ImageDraw.Draw(picture)
    for step in range(-400, 1100, 37):
        pen.line([(step, 0), (step + 420, 480)], fill=GRID)
        pen.line([(step + 400, 0), (step, 480)], fill=GRID)
    for colour, points in ((gable, GABLE), ((150, 150, 152), FRONT), ((170, 170, 172), ROOF)):
        pen.polygon(points, fill=colour)
    for x in range(220, 420, 6):
        pen.line([(x, foot_at(x) + 1), (x + 3, foot_at(x + 3) + 1)], fill=EDGE)
    return np.asarray(picture)


def foot_at(x: Any) -> Any:
    """Returns the row of the foot of the gable."""
    return 420 - (x - 220) * 0.2


def found(rgb: NDArray[np.uint8]) -> ViewportBackground:
    background = find_viewport_background(rgb)
    assert background is not None
    return background


def test_a_dark_face_before_a_dark_grid_ends_in_a_straight_line() -> None:
    opacity = found(draw((47, 46, 45))).opacity

    rows = np.array([360 + np.flatnonzero(opacity[360:440, x] < 0.5)[0] for x in FOOT])

    assert np.abs(rows - np.polyval(np.polyfit(FOOT, rows, 1), FOOT)).max() < 1
    assert np.abs(rows - foot_at(FOOT)).max() < 4


def test_dashes_along_it_are_no_part_of_the_face() -> None:
    background = found(draw((47, 46, 45)))
    rows, columns = np.indices(background.opacity.shape)
    foot = (np.abs(rows - foot_at(columns)) < 6) & (columns >= FOOT[0]) & (columns <= FOOT[-1])

    assert background.foreground[foot & (background.opacity > 0.9)].min() > 40


def test_a_face_of_another_colour_keeps_its_own_contour() -> None:
    rgb = draw((52, 96, 46))
    background = found(rgb)

    assert np.array_equal(background.foreground[300, 300:417], rgb[300, 300:417])
    assert (background.opacity[160:370, 419] > 0.9).all()
    assert (background.opacity[160:370, 424] < 0.1).all()
