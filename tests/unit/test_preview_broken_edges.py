"""What the preview engine does with borders that its picture shows broken: they follow the capture again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderiq.engines.preview.shade.broken_edges import mend_edges

Colours = NDArray[np.uint8]
Mask = NDArray[np.bool_]

HEIGHT, WIDTH, MIDDLE = 240, 320, 160


def halves(left: int, right: int) -> Colours:
    """Two faces that meet in the middle."""
    picture = np.full((HEIGHT, WIDTH, 3), left, np.uint8)
    picture[:, MIDDLE:] = right
    return picture


def dotted(picture: Colours) -> Colours:
    """The picture with bright and dark pieces in turn along the border of its faces."""
    out = picture.copy()
    for top in range(0, HEIGHT, 8):
        out[top : top + 4, MIDDLE - 3 : MIDDLE + 3] = 250
        out[top + 4 : top + 8, MIDDLE - 3 : MIDDLE + 3] = 20
    return out


def border() -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    mask[:, MIDDLE - 1] = True
    return mask


def everywhere() -> Mask:
    return np.ones((HEIGHT, WIDTH), np.bool_)


def twice_as_large(picture: Colours) -> Colours:
    return np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1)


def mend(pixels: Colours, shown: Colours, edges: Mask, model: Mask) -> Colours:
    """Mends the picture in place, and returns it in the size of the capture."""
    size = shown.shape[1], shown.shape[0]
    reduced = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    return mend_edges(pixels, reduced, shown, edges, model)


def unevenness(picture: Colours, column: int) -> float:
    """How much a column of the picture changes along the border, in levels."""
    return float(picture[40:-40, column].astype(np.float32).std())


def test_a_dotted_border_becomes_even() -> None:
    pixels = dotted(halves(200, 120))

    mend(pixels, halves(180, 110), border(), everywhere())

    assert unevenness(dotted(halves(200, 120)), MIDDLE) > 100
    assert unevenness(pixels, MIDDLE) < 12


def test_the_mended_picture_is_also_there_in_the_size_of_the_capture() -> None:
    pixels = twice_as_large(dotted(halves(200, 120)))

    reduced = mend(pixels, halves(180, 110), border(), everywhere())

    expected = np.asarray(Image.fromarray(pixels).resize((WIDTH, HEIGHT), Image.Resampling.BOX))
    assert np.abs(reduced.astype(np.int16) - expected).max() <= 12
    assert np.abs(reduced.astype(np.int16) - expected).mean() < 0.5


def test_a_mended_border_keeps_the_step_of_the_capture_in_the_light_of_the_picture() -> None:
    pixels = dotted(halves(220, 140))

    mend(pixels, halves(110, 70), border(), everywhere())

    left, right = (pixels[100:140, column].mean() for column in (MIDDLE - 2, MIDDLE + 1))
    assert left > right + 30
    assert right > 90


def test_an_edge_that_is_gone_comes_back() -> None:
    pixels = twice_as_large(halves(200, 200))

    mend(pixels, halves(200, 150), border(), everywhere())

    assert int(pixels[240, 2 * MIDDLE - 3, 0]) - int(pixels[240, 2 * MIDDLE + 2, 0]) > 20


def test_a_weak_edge_comes_back_strong_enough_to_be_seen() -> None:
    weak, strong = halves(200, 200), halves(200, 200)

    mend(weak, halves(200, 190), border(), everywhere())
    mend(strong, halves(200, 150), border(), everywhere())

    def step(picture: Colours) -> int:
        return int(picture[120, MIDDLE - 2, 0]) - int(picture[120, MIDDLE + 1, 0])

    assert 200 - 190 < step(weak) < step(strong)


def test_an_even_border_stays_as_it_is_even_if_its_light_is_new() -> None:
    pixels = twice_as_large(halves(90, 230))
    before = pixels.copy()

    mend(pixels, halves(200, 120), border(), everywhere())

    assert np.array_equal(pixels, before)


def test_what_the_capture_shows_apart_from_borders_does_not_come_back() -> None:
    pixels = halves(200, 200)
    nowhere = np.zeros((HEIGHT, WIDTH), np.bool_)

    mend(pixels, halves(200, 120), nowhere, everywhere())

    assert np.array_equal(pixels, halves(200, 200))


def test_a_line_that_is_drawn_on_a_face_comes_back_softer() -> None:
    pixels, capture = halves(200, 200), halves(180, 180)
    capture[:, MIDDLE - 1 : MIDDLE + 1] = 40
    nowhere = np.zeros((HEIGHT, WIDTH), np.bool_)

    mend(pixels, capture, nowhere, everywhere())

    assert 50 < pixels[100:140, MIDDLE].mean() < 160
    assert pixels[100:140, MIDDLE + 20].mean() == 200


def test_the_background_behind_a_broken_contour_stays() -> None:
    pixels = dotted(halves(200, 120))
    model = np.zeros((HEIGHT, WIDTH), np.bool_)
    model[:, :MIDDLE] = True
    behind = pixels[:, MIDDLE:].copy()

    mend(pixels, halves(180, 110), border(), model)

    assert np.array_equal(pixels[:, MIDDLE:], behind)
    assert unevenness(pixels, MIDDLE - 1) < 60


def test_a_model_before_white_gets_no_white_rim() -> None:
    capture = halves(90, 255)
    # As anti-aliasing draws it.
    capture[:, MIDDLE - 1] = 200
    model = np.zeros((HEIGHT, WIDTH), np.bool_)
    model[:, :MIDDLE] = True
    pixels = dotted(halves(100, 60))

    mend(pixels, capture, border(), model)

    assert pixels[60:180, MIDDLE - 1].max() < 190


def test_the_bright_side_of_a_mended_border_does_not_glow() -> None:
    pixels = halves(235, 235)

    mend(pixels, halves(220, 90), border(), everywhere())

    assert pixels[60:180, :MIDDLE].max() < 250
    assert pixels[60:180, MIDDLE + 1].mean() < 200


def test_the_corners_of_a_face_stay_as_they_were_lit() -> None:
    def face(around: int, inside: tuple[int, int, int]) -> Colours:
        picture = np.full((HEIGHT, WIDTH, 3), around, np.uint8)
        picture[60:180, 100:220] = inside
        return picture

    outline = np.zeros((HEIGHT, WIDTH), np.bool_)
    outline[60:180, 100:220] = True
    outline[61:179, 101:219] = False
    lit = face(225, (70, 130, 150))
    pixels = lit.copy()

    mend(pixels, face(200, (120, 180, 200)), outline, everywhere())

    assert (np.abs(pixels.astype(np.int16) - lit).max(axis=2) > 5).mean() < 0.003


def test_what_is_mended_beside_a_strong_colour_does_not_glow() -> None:
    def wall(ground: int, paint: tuple[int, int, int]) -> Colours:
        picture = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
        picture[:, :MIDDLE] = paint
        return picture

    pixels = np.minimum(dotted(wall(215, (206, 78, 56))), 215)

    mend(pixels, wall(200, (172, 60, 42)), border(), everywhere())

    assert pixels[:, MIDDLE:].max() < 215 + 14
