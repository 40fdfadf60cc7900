"""Segmentation of captures: ridges, skies, gradients, and statistics of run-length encoded labels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.classify.surfaces import classify_surfaces
from renderiq.engines.preview.segment.labels import RunLengthLabels
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene, resize_for_analysis, segment_capture

BACKDROP = (226, 230, 240)
WALL = (200, 198, 190)
WATER = (92, 150, 176)
GRASS = (120, 152, 86)
PANE = (117, 151, 176)
BRICK = (139, 76, 58)


def draw_capture(
    draw: Callable[[ImageDraw.ImageDraw], None],
    size: tuple[int, int] = (1280, 720),
    background: tuple[int, ...] = BACKDROP,
) -> Image.Image:
    """Returns an anti-aliased capture; ``draw`` draws at three times its size."""
    large = Image.new("RGB", (3 * size[0], 3 * size[1]), background)
    draw(ImageDraw.Draw(large))
    return large.reduce(3)


def segment(picture: Image.Image) -> Scene:
    scene = segment_capture(resize_for_analysis(picture))
    assert scene is not None
    return scene


def count_regions(scene: Scene, colour: tuple[int, int, int]) -> int:
    """Returns the number of regions of about this colour."""
    return int((np.abs(scene.regions.colour - colour).max(axis=1) < 12).sum())


def scale_points(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(3 * x, 3 * y) for x, y in points]


def draw_pool(brush: ImageDraw.ImageDraw) -> None:
    brush.rectangle((0, 3 * 300, 3 * 1280, 3 * 720), fill=GRASS)
    brush.polygon(scale_points((300, 520), (640, 440), (1000, 500), (660, 600)), fill=WALL)
    brush.polygon(scale_points((312, 520.5), (640, 443.5), (986, 500.5), (660, 595)), fill=WATER)


def test_a_rim_of_three_pixels_is_one_region() -> None:
    scene = segment(draw_capture(draw_pool))

    assert count_regions(scene, WALL) == 1
    assert count_regions(scene, WATER) == 1


def test_a_pool_with_a_rim_is_water() -> None:
    scene = segment(draw_capture(draw_pool))

    assert classify_surfaces(scene).material[scene.label[520, 640]] == Material.WATER


def test_a_dark_bar_two_pixels_wide_is_kept() -> None:
    def railing(brush: ImageDraw.ImageDraw) -> None:
        brush.rectangle((3 * 200, 3 * 300, 3 * 1000, 3 * 600), fill=WALL)
        brush.rectangle((3 * 200, 3 * 200, 3 * 1000, 3 * 202 - 1), fill=(60, 60, 64))

    scene = segment(draw_capture(railing))

    assert count_regions(scene, (60, 60, 64)) == 1


def test_a_sky_between_houses_is_not_a_ceiling() -> None:
    sky = (182, 209, 233)

    def street(brush: ImageDraw.ImageDraw) -> None:
        brush.polygon(scale_points((0, 0), (400, 0), (560, 300), (560, 420), (0, 600)), fill=BRICK)
        brush.polygon(scale_points((1280, 0), (860, 0), (720, 300), (720, 420), (1280, 600)), fill=WALL)
        brush.polygon(
            scale_points((0, 600), (560, 420), (720, 420), (1280, 600), (1280, 720), (0, 720)), fill=(107, 107, 108)
        )

    scene = segment(draw_capture(street, background=sky))

    assert not scene.is_interior
    assert scene.label[100, 640] == BACKGROUND


def test_a_gradient_seen_between_slats_is_background() -> None:
    def slats(brush: ImageDraw.ImageDraw) -> None:
        for y in range(720 * 3):
            shade = 170 + round(70 * y / (720 * 3))
            brush.line((0, y, 1280 * 3, y), fill=(shade, shade, shade + 8))
        for left, top, right, bottom in (
            (500, 200, 540, 560),
            (740, 200, 780, 560),
            (540, 230, 740, 290),
            (540, 340, 740, 400),
        ):
            brush.rectangle((3 * left, 3 * top, 3 * right, 3 * bottom), fill=(134, 90, 52))
        brush.rectangle((3 * 540, 3 * 450, 3 * 740, 3 * 500), fill=(134, 90, 52))

    scene = segment(draw_capture(slats))

    assert scene.label[315, 640] == BACKGROUND
    assert scene.label[425, 640] == BACKGROUND
    assert scene.label[260, 640] != BACKGROUND


def test_windows_drawn_with_black_lines_keep_one_region_each_when_a_large_capture_is_scaled_down() -> None:
    def facade(brush: ImageDraw.ImageDraw) -> None:
        brush.rectangle((3 * 300, 3 * 120, 3 * 1500, 3 * 980), fill=WALL, outline=(0, 0, 0), width=4)
        for row in range(4):
            for column in range(6):
                left, top = 340 + 190 * column, 160 + 200 * row
                brush.rectangle(
                    (3 * left, 3 * top, 3 * (left + 130), 3 * (top + 140)), fill=PANE, outline=(0, 0, 0), width=6
                )

    scene = segment(draw_capture(facade, size=(1900, 1080)))

    assert count_regions(scene, PANE) == 24
    assert len(scene.regions) == 26


def test_statistics_of_run_length_labels_equal_those_of_their_pixels() -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat(rng.integers(0, 9, (40, 30)), 3, axis=1).astype(np.int32)
    rgb = rng.integers(0, 256, (*labels.shape, 3)).astype(np.uint8)
    runs = RunLengthLabels(labels)

    boxes = runs.bounding_boxes()

    for each in range(9):
        y, x = np.nonzero(labels == each)
        assert runs.area()[each] == len(y)
        assert boxes[each].tolist() == [x.min(), y.min(), x.max() + 1, y.max() + 1]
        assert np.allclose(runs.mean_colour(rgb)[each], rgb[y, x].mean(axis=0), atol=1e-3)
    assert np.array_equal(runs.map_values(np.arange(9) * 2), labels * 2)
