"""Why the preview engine keeps a capture's own pixels, and what it makes of round faces and of rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from renderiq.engines.preview.classify.confidence import Doubt, judge_scene
from renderiq.engines.preview.classify.surfaces import classify_surfaces
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene, resize_for_analysis, segment_capture
from renderiq.engines.preview.segment.smooth_shading import merge_smooth_neighbours
from renderiq.engines.preview.shade.room import Room, find_floors, find_window_walls, find_windows

SIZE = (960, 600)
SKY = (226, 230, 240)
Box = tuple[int, int, int, int]


def drawn(draw: Callable[[ImageDraw.ImageDraw], None], background: tuple[int, int, int] = SKY) -> Image.Image:
    picture = Image.new("RGB", SIZE, background)
    draw(ImageDraw.Draw(picture))
    return picture


def segment(picture: Image.Image) -> tuple[Scene, Any]:
    rgb = resize_for_analysis(picture)
    scene = segment_capture(rgb)
    assert scene is not None
    return scene, rgb


def doubts(picture: Image.Image) -> tuple[Doubt, ...]:
    scene, rgb = segment(picture)
    return judge_scene(scene, np.asarray(rgb), has_alpha=False).doubts


def draw_mosaic(brush: ImageDraw.ImageDraw) -> None:
    """400 tiles of different colours on a wall."""
    for number in range(400):
        left, top = 40 + number % 25 * 35, 40 + number // 25 * 32
        colour = (60 + number * 37 % 180, 60 + number * 61 % 180, 60 + number * 97 % 180)
        brush.rectangle((left, top, left + 34, top + 31), fill=colour)


def draw_dark_room(brush: ImageDraw.ImageDraw, ceiling: tuple[int, int, int] = (60, 60, 66)) -> None:
    """A room that fills the picture: a ceiling, three walls and a floor."""
    brush.polygon([(0, 0), (960, 0), (700, 170), (260, 170)], fill=ceiling)
    brush.rectangle((260, 170, 700, 420), fill=(110, 96, 80))
    brush.polygon([(0, 0), (260, 170), (260, 420), (0, 600)], fill=(92, 80, 70))
    brush.polygon([(960, 0), (700, 170), (700, 420), (960, 600)], fill=(84, 72, 64))
    brush.polygon([(0, 600), (260, 420), (700, 420), (960, 600)], fill=(120, 84, 52))


def outlined(brush: ImageDraw.ImageDraw, box: Box, colour: tuple[int, int, int]) -> None:
    brush.rectangle(box, fill=colour, outline=(0, 0, 0), width=2)


def draw_shadow_on_ground(brush: ImageDraw.ImageDraw, *, ground: bool = True) -> None:
    """A house with black edge lines whose shadow lies, without a line, on the viewport's ground."""
    if ground:
        brush.rectangle((0, 300, 960, 600), fill=(150, 165, 140))
    shadow = (100, 110, 93) if ground else (150, 153, 160)
    brush.polygon([(330, 440), (620, 440), (840, 500), (560, 500)], fill=shadow)
    outlined(brush, (300, 180, 620, 440), (210, 205, 190))
    outlined(brush, (340, 240, 420, 330), (120, 150, 180))
    outlined(brush, (500, 300, 570, 440), (110, 70, 45))


def draw_plan(brush: ImageDraw.ImageDraw) -> None:
    """A floor plan: many rectangular rooms in a contour of steps."""
    for row in range(7):
        for column in range(9 - row):
            left, top = 80 + 85 * column, 60 + 68 * row
            colour = (120 + 37 * (row + 3 * column) % 110, 120 + 53 * (2 * row + column) % 110, 120 + 29 * column % 110)
            brush.rectangle((left, top, left + 84, top + 67), fill=colour)


def test_detail_that_is_too_fine_is_a_doubt() -> None:
    assert Doubt.DENSE_DETAIL in doubts(drawn(draw_mosaic))


def test_a_dark_room_is_a_doubt() -> None:
    assert Doubt.DARK_ROOM in doubts(drawn(draw_dark_room))


def test_a_room_under_a_bright_ceiling_is_none() -> None:
    assert Doubt.DARK_ROOM not in doubts(drawn(lambda brush: draw_dark_room(brush, ceiling=(225, 224, 220))))


def test_a_shadow_that_the_viewport_drew_on_its_ground_is_a_doubt() -> None:
    assert Doubt.DRAWN_SHADOWS in doubts(drawn(draw_shadow_on_ground))


def test_a_face_on_a_viewport_without_ground_is_no_shadow() -> None:
    assert Doubt.DRAWN_SHADOWS not in doubts(drawn(lambda brush: draw_shadow_on_ground(brush, ground=False)))


def test_a_plan_is_a_doubt() -> None:
    assert Doubt.PLAN in doubts(drawn(draw_plan))


# ---------------------------------------------------------------- round faces


LABELS = np.repeat(np.array([[0, 0, 1, 1, 2, 2, 3, 3]], np.int32), 6, axis=0)


def levels(*values: int) -> Any:
    """A picture of grey columns."""
    return np.repeat(np.repeat(np.array(values, np.uint8)[None, :, None], 6, axis=0), 3, axis=2)


def merged(rgb: Any, *smooth: bool, colours: Any = None) -> list[int]:
    means = [rgb[0, 2 * region : 2 * region + 2].mean(axis=0) for region in range(4)] if colours is None else colours
    found: list[int] = merge_smooth_neighbours(rgb, LABELS, np.array(means, np.float32), np.array(smooth)).tolist()
    return found


def test_the_dark_part_of_a_round_face_belongs_to_the_face() -> None:
    rgb = levels(230, 230, 150, 140, 134, 128, 122, 60)

    assert merged(rgb, False, True, False, False) == [0, 1, 1, 2]


def test_parts_that_are_shaded_alike_and_touch_are_one_face() -> None:
    rgb = levels(230, 230, 150, 144, 140, 134, 130, 124)

    assert merged(rgb, False, True, True, True) == [0, 1, 1, 1]


def test_flat_faces_stay_apart() -> None:
    rgb = levels(230, 230, 150, 144, 140, 134, 130, 124)

    assert merged(rgb, False, False, False, False) == [0, 1, 2, 3]


def test_an_edge_parts_round_faces() -> None:
    rgb = levels(230, 230, 150, 144, 110, 100, 60, 55)

    assert merged(rgb, False, True, True, True) == [0, 1, 2, 3]


def test_another_hue_is_another_face() -> None:
    rgb = levels(230, 230, 150, 144, 140, 134, 130, 124)
    colours = [(230, 230, 230), (200, 100, 60), (60, 100, 200), (60, 200, 100)]

    assert merged(rgb, False, True, True, True, colours=colours) == [0, 1, 2, 3]


def test_nothing_is_merged_with_the_background() -> None:
    rgb = levels(152, 151, 150, 144, 90, 80, 40, 30)

    assert merged(rgb, True, True, False, False) == [BACKGROUND, 1, 2, 3]


# ---------------------------------------------------------------- rooms


def draw_light_room(brush: ImageDraw.ImageDraw, *, rug: bool = False, window: Box | None = None) -> None:
    brush.polygon([(0, 0), (960, 0), (700, 170), (260, 170)], fill=(240, 239, 235))
    brush.rectangle((260, 170, 700, 420), fill=(214, 208, 198))
    brush.polygon([(0, 0), (260, 170), (260, 420), (0, 600)], fill=(198, 192, 182))
    brush.polygon([(960, 0), (700, 170), (700, 420), (960, 600)], fill=(188, 182, 172))
    brush.polygon([(0, 600), (260, 420), (700, 420), (960, 600)], fill=(150, 106, 66))
    if rug:
        brush.polygon([(380, 450), (580, 450), (700, 560), (260, 560)], fill=(120, 40, 44))
    if window:
        brush.rectangle(window, fill=(117, 151, 176))


def floors(picture: Image.Image) -> tuple[Scene, Any, Any]:
    scene, _ = segment(picture)
    on_ground, floor = find_floors(scene, classify_surfaces(scene))
    return scene, on_ground, floor


def test_a_rug_lies_on_the_ground_and_is_no_floor() -> None:
    scene, on_ground, floor = floors(drawn(lambda brush: draw_light_room(brush, rug=True)))
    height, width = scene.label.shape
    rug = scene.label[round(height * 500 / 600), width // 2]

    assert (bool(on_ground[rug]), bool(floor[rug])) == (True, False)


def test_an_upright_front_does_not_lie_on_the_ground() -> None:
    def draw(brush: ImageDraw.ImageDraw) -> None:
        draw_light_room(brush)
        brush.rectangle((380, 440, 580, 540), fill=(120, 40, 44))

    scene, on_ground, _ = floors(drawn(draw))
    height, width = scene.label.shape

    assert not on_ground[scene.label[round(height * 490 / 600), width // 2]]


def test_a_room_of_nothing_but_a_wall_has_a_floor_where_most_rooms_have_it() -> None:
    scene, _ = segment(drawn(lambda brush: brush.rectangle((200, 100, 700, 400), fill=(180, 170, 160))))
    nothing = np.zeros(len(scene.regions), np.bool_)

    room = Room.of(scene, nothing)

    assert (room.floor_edge == room.floor_edge[0]).all()
    assert 0.5 < room.floor_edge[0] / scene.size[1] < 1


@pytest.mark.parametrize("window", [None, (400, 220, 404, 224)], ids=["no window", "a speck"])
def test_a_room_without_a_window_of_some_size_has_none(window: Box | None) -> None:
    scene, _ = segment(drawn(lambda brush: draw_light_room(brush, window=window)))

    assert list(find_windows(scene, classify_surfaces(scene))) == []
    assert find_window_walls(scene, []).tolist() == []


def test_the_wall_around_a_window_is_the_windows_wall() -> None:
    scene, _ = segment(drawn(lambda brush: draw_light_room(brush, window=(360, 220, 600, 340))))
    windows = list(find_windows(scene, classify_surfaces(scene)))
    height, width = scene.label.shape

    assert len(windows) == 1
    assert find_window_walls(scene, windows).tolist() == [scene.label[height * 200 // 600, width // 2]]


def test_a_model_in_the_air_has_no_floor() -> None:
    _, on_ground, floor = floors(drawn(lambda brush: brush.rectangle((200, 100, 700, 300), fill=(180, 170, 160))))

    assert not on_ground.any()
    assert not floor.any()


def test_a_low_strip_of_glass_is_no_window() -> None:
    scene, _ = segment(drawn(lambda brush: draw_light_room(brush, window=(262, 300, 698, 305))))

    assert list(find_windows(scene, classify_surfaces(scene))) == []
