"""Light of the preview engine: rooms, white models, single objects, paint."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from renderiq.domain.renders import AspectRatio
from renderiq.domain.styles import StyleVersion
from renderiq.engines.preview import PreviewEngine
from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.shade.shaders import SHADERS
from tests.support.styles import DRAMATIC, NATURAL, PHOTOREALISTIC, SOFT, STUDIO
from tests.unit.test_preview_engine import decode_pixels, encode_image, make_request, render

Pixels = np.ndarray[Any, np.dtype[np.float32]]
WHITE = (204, 203, 198)


def render_capture(picture: Image.Image, style: StyleVersion = SOFT, **changes: Any) -> Pixels:
    """Renders a square capture; returns its pixels, 1080 x 1080."""
    return decode_pixels(
        render(make_request(image=encode_image(picture), style=style, aspect_ratio=AspectRatio.SQUARE, **changes))
    )


def draw_room(window: str = "back") -> Image.Image:
    """Draws the inside of a white box with a dark grey floor.

    ``window`` is "back" or "left" for a window in that wall, or "none".
    """
    picture = Image.new("RGB", (1080, 1080), WHITE)
    brush = ImageDraw.Draw(picture)
    near, far = [(0, 0), (1080, 0), (1080, 1080), (0, 1080)], [(340, 300), (740, 300), (740, 640), (340, 640)]
    for side, paint in enumerate(((160, 160, 158), (186, 185, 181), (130, 130, 129), (186, 185, 181))):
        after = (side + 1) % 4
        brush.polygon([near[side], near[after], far[after], far[side]], fill=paint)
    brush.rectangle((340, 300, 740, 640), fill=WHITE)
    if window == "back":
        brush.rectangle((440, 380, 640, 530), fill=(117, 151, 176))
    if window == "left":
        brush.polygon([(90, 270), (250, 360), (250, 560), (90, 640)], fill=(117, 151, 176))
    return picture


def draw_chair(backdrop: tuple[int, int, int] = (222, 226, 232)) -> Image.Image:
    """Draws a brown chair on four legs, seen from above, before an empty backdrop."""
    picture = Image.new("RGB", (1080, 1080), backdrop)
    brush = ImageDraw.Draw(picture)
    wood, shade = (132, 90, 53), (95, 65, 38)
    for x, top, foot in ((360, 560, 800), (590, 610, 870), (510, 500, 750), (722, 530, 800)):
        brush.rectangle((x - 14, top, x + 14, foot), fill=wood)
    brush.rectangle((500, 240, 736, 480), fill=wood)
    brush.polygon([(340, 536), (604, 590), (740, 518), (496, 480)], fill=wood)
    brush.polygon([(340, 536), (604, 590), (604, 625), (340, 568)], fill=shade)
    brush.polygon([(604, 590), (740, 518), (740, 550), (604, 625)], fill=shade)
    return picture


def draw_white_model() -> Image.Image:
    """Draws a block with two faces that differ by five levels, and six windows on the brighter face."""
    picture = Image.new("RGB", (2160, 2160), (255, 255, 255))
    brush = ImageDraw.Draw(picture)
    brush.polygon([(400, 700), (800, 560), (800, 1560), (400, 1480)], fill=(195, 194, 189))
    brush.polygon([(800, 560), (1700, 720), (1700, 1480), (800, 1560)], fill=(200, 199, 193))
    for x in (900, 1160, 1420):
        for y in (800, 1120):
            brush.rectangle((x, y, x + 180, y + 200), outline=(20, 20, 20), width=4)
    for line in (((400, 700), (800, 560), (1700, 720)), ((800, 560), (800, 1560))):
        brush.line(line, fill=(20, 20, 20), width=4)
    return picture.resize((1080, 1080), Image.Resampling.BOX)


def mean_level(pixels: Pixels, left: int, top: int, right: int, bottom: int) -> float:
    """Returns the mean level of a rectangle."""
    return float(pixels[top:bottom, left:right].mean())


def saturation(pixels: Pixels) -> float:
    """Returns the saturation of the mean colour."""
    colour = pixels.reshape(-1, 3).mean(axis=0)
    return float(np.ptp(colour) / colour.max())


@pytest.mark.parametrize("style", [SOFT, NATURAL, STUDIO])
def test_a_floor_is_brighter_near_a_window_than_far_from_it(style: StyleVersion) -> None:
    pixels = render_capture(draw_room(), style)

    assert mean_level(pixels, 440, 690, 640, 740) > 1.25 * mean_level(pixels, 440, 1000, 640, 1050)


def test_a_window_in_a_side_wall_lights_that_side_of_the_floor() -> None:
    pixels = render_capture(draw_room("left"))

    assert mean_level(pixels, 200, 860, 300, 900) > 1.08 * mean_level(pixels, 780, 860, 880, 900)


def test_the_wall_that_a_window_is_in_is_darker_than_the_same_wall_without_one() -> None:
    """The viewport shades the side walls darker; with light from the window the back wall is darker."""
    with_window, without = render_capture(draw_room()), render_capture(draw_room("none"))

    own, side = (350, 560, 430, 630), (760, 450, 830, 600)
    assert mean_level(without, *own) > mean_level(without, *side)
    assert mean_level(with_window, *own) < mean_level(with_window, *side)


@pytest.mark.parametrize(
    ("style", "prompt", "sunny"),
    [
        (PHOTOREALISTIC, "", True),
        (PHOTOREALISTIC, "overcast", False),
        (SOFT, "", False),
        (STUDIO, "", False),
    ],
)
def test_sunlight_falls_on_the_floor_only_if_the_sun_is_strong(style: StyleVersion, prompt: str, sunny: bool) -> None:
    """The room is symmetrical, but the sun is on one side."""
    pixels = render_capture(draw_room(), style, prompt=prompt)
    sides = [mean_level(pixels, left, 710, left + 80, 770) for left in (300, 700)]

    assert (max(sides) > 1.25 * min(sides)) == sunny
    assert sunny or max(sides) < 1.1 * min(sides)


def test_a_floor_reflects_the_window() -> None:
    pixels = render_capture(draw_room(), STUDIO)

    # The window is 110 to 260 rows above the far edge of the floor.
    image, beside = mean_level(pixels, 480, 760, 600, 880), mean_level(pixels, 280, 760, 380, 880)
    far, far_beside = mean_level(pixels, 480, 980, 600, 1040), mean_level(pixels, 280, 980, 380, 1040)
    assert image - beside > far - far_beside + 4


def test_a_room_without_windows_has_a_gentle_gradient_of_light() -> None:
    pixels = render_capture(draw_room("none"))
    across = [mean_level(pixels, x, 850, x + 60, 950) for x in range(240, 800, 60)]

    assert 1.02 < max(across[0], across[-1]) / min(across[0], across[-1]) < 1.4
    assert np.abs(np.diff(across)).max() < 0.05 * np.mean(across)


def test_at_night_the_lamps_are_on_in_a_room() -> None:
    wall = render_capture(draw_room(), PHOTOREALISTIC, prompt="at night")[350:450, 800:900]

    assert wall[..., 0].mean() > wall[..., 2].mean() + 20
    assert wall.mean() > 90


@pytest.mark.parametrize("style", [PHOTOREALISTIC, DRAMATIC, SOFT, NATURAL])
def test_a_single_object_stands_on_a_neutral_backdrop(style: StyleVersion) -> None:
    red, green, blue = render_capture(draw_chair(), style)[1000:1060, 60:300].reshape(-1, 3).mean(axis=0)

    assert green < 1.02 * max(red, blue)


def test_a_single_object_has_no_sky() -> None:
    red, _, blue = render_capture(draw_chair(), NATURAL)[40:120].reshape(-1, 3).mean(axis=0)

    assert blue < 1.05 * red


def test_a_lawn_in_the_prompt_is_drawn_under_a_single_object() -> None:
    red, green, blue = (
        render_capture(draw_chair(), PHOTOREALISTIC, prompt="a chair on the lawn")[1000:1060, 60:300]
        .reshape(-1, 3)
        .mean(axis=0)
    )

    assert green > 1.1 * max(red, blue)


def test_ground_in_the_capture_places_an_object_outdoors() -> None:
    picture = draw_chair()
    ground = np.asarray(picture).copy()
    lower = ground[460:]
    lower[(lower == (222, 226, 232)).all(axis=2)] = (196, 190, 180)
    red, _, blue = render_capture(Image.fromarray(ground), NATURAL)[40:120].reshape(-1, 3).mean(axis=0)

    assert blue > 1.1 * red


def test_a_plain_block_is_rendered_under_the_sky() -> None:
    red, _, blue = render_capture(draw_white_model(), PHOTOREALISTIC)[40:120].reshape(-1, 3).mean(axis=0)

    assert blue > 1.2 * red


def test_dark_paint_before_a_bright_backdrop_stays_dark() -> None:
    bright, dark = (render_capture(draw_chair(backdrop), STUDIO) for backdrop in ((222, 226, 232), (40, 42, 46)))

    assert mean_level(bright, 520, 260, 700, 460) < 0.9 * mean_level(dark, 520, 260, 700, 460)


def test_strong_paint_on_a_wall_is_desaturated_and_dull_paint_is_not() -> None:
    picture = draw_room("none")
    brush = ImageDraw.Draw(picture)
    brush.rectangle((360, 500, 520, 600), fill=(59, 126, 124))
    brush.rectangle((560, 500, 720, 600), fill=(150, 142, 132))
    pixels = render_capture(picture)

    teal, dull = (np.array(paint, np.float32)[None] for paint in ((59, 126, 124), (150, 142, 132)))
    assert saturation(pixels[520:580, 380:500]) < 0.9 * saturation(teal)
    assert saturation(pixels[520:580, 580:700]) > 0.6 * saturation(dull)


def test_the_faces_of_a_white_model_get_more_contrast() -> None:
    pixels = render_capture(draw_white_model(), PHOTOREALISTIC)

    shaded, sunlit = (
        pixels[top:bottom, left:right]
        for left, top, right, bottom in (
            (230, 420, 370, 700),
            (420, 690, 800, 730),
        )
    )
    assert 18 < sunlit.mean() - shaded.mean() < 90
    # Sunlight is warmer than skylight.
    assert sunlit[..., 0].mean() / sunlit[..., 2].mean() > shaded[..., 0].mean() / shaded[..., 2].mean()


def test_windows_drawn_on_a_white_model_are_darker_than_its_wall() -> None:
    pixels = render_capture(draw_white_model())

    assert mean_level(pixels, 460, 420, 530, 480) < 0.93 * mean_level(pixels, 420, 690, 800, 730)


def test_a_pool_has_ripples_and_casts_no_shadow() -> None:
    picture = Image.new("RGB", (1080, 1080), (222, 226, 232))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((240, 340, 560, 640), fill=(196, 192, 184))
    brush.polygon([(560, 340), (700, 380), (700, 620), (560, 640)], fill=(150, 147, 140))
    brush.polygon([(440, 760), (760, 720), (980, 800), (620, 880)], fill=(91, 148, 174))
    brush.line([(440, 760), (620, 880), (980, 800)], fill=(200, 199, 193), width=12)
    pixels = render_capture(picture, STUDIO)

    water, wall = pixels[775:825, 600:760], pixels[400:450, 300:460]
    assert water.mean(axis=2).std() > 2 * wall.mean(axis=2).std()
    # Next to the near corner of the pool the backdrop is as bright as further away.
    assert abs(mean_level(pixels, 380, 800, 420, 840) - mean_level(pixels, 100, 800, 140, 840)) < 12


def test_a_capture_of_a_room_renders_the_same_twice() -> None:
    request = make_request(image=encode_image(draw_room()), style=DRAMATIC)

    assert PreviewEngine().render(request, lambda _: None, lambda: False) == render(request)


def test_every_material_except_the_background_has_a_shader() -> None:
    assert set(SHADERS) == set(Material) - {Material.BACKGROUND}
