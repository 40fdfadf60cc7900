"""What the preview engine keeps of a capture: compression and scale, confidence, background, and the final check."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from renderiq.domain.renders import AspectRatio, EngineMode, Quality
from renderiq.domain.styles import StyleVersion
from renderiq.engines import EngineRequest, Output
from renderiq.engines.preview import PreviewEngine
from renderiq.engines.preview.capture import Capture, find_background_of, read_capture, surroundings_of
from renderiq.engines.preview.classify.confidence import Doubt
from renderiq.engines.preview.classify.enclosed_foliage import has_enclosed_foliage
from renderiq.engines.preview.classify.surfaces import classify_surfaces
from renderiq.engines.preview.look.edge_line_removal import remove_edge_lines
from renderiq.engines.preview.look.enlargement import enlarge
from renderiq.engines.preview.look.styles import look_of
from renderiq.engines.preview.segment.deblocking import find_noise, is_compressed, remove_compression_artefacts
from renderiq.engines.preview.segment.labels import merge_labels
from renderiq.engines.preview.segment.morphology import local_range
from renderiq.engines.preview.segment.overlays import remove_overlays
from renderiq.engines.preview.segment.scene import resize_for_analysis, segment_capture
from renderiq.engines.preview.segment.viewport_background import find_viewport_background
from renderiq.engines.preview.shade.kept_texture import TEXTURE_ONE, face_texture, find_lawn
from renderiq.engines.preview.shade.paper import choose_paper
from renderiq.engines.preview.shade.seen_edges import put_lost_lines_back, restore_edges
from renderiq.engines.preview.verify import find_faults
from tests.support.styles import PHOTOREALISTIC, STUDIO

Colours = NDArray[np.uint8]
SIZE = (1280, 720)
EMPTY = (226, 230, 236)
DARK_EMPTY = (58, 58, 58)


def draw(size: tuple[int, int], background: tuple[int, int, int], faces: list[tuple[Any, Any]]) -> Image.Image:
    """Draws polygons with anti-aliased borders."""
    picture = Image.new("RGB", (3 * size[0], 3 * size[1]), background)
    brush = ImageDraw.Draw(picture)
    for colour, points in faces:
        brush.polygon([(3 * x, 3 * y) for x, y in points], fill=colour)
    return picture.reduce(3)


@lru_cache
def draw_house() -> Image.Image:
    """Draws a house at eye level: two walls, a roof, a door and three windows."""
    return draw(
        SIZE,
        EMPTY,
        [
            ((205, 200, 188), [(300, 300), (640, 270), (640, 560), (300, 540)]),
            ((150, 146, 137), [(640, 270), (980, 310), (980, 540), (640, 560)]),
            ((150, 70, 55), [(280, 305), (420, 160), (820, 175), (1000, 315), (640, 268)]),
            ((96, 64, 40), [(420, 400), (490, 398), (490, 551), (420, 547)]),
            ((110, 150, 180), [(340, 380), (400, 378), (400, 450), (340, 450)]),
            ((96, 136, 168), [(700, 380), (780, 382), (780, 450), (700, 452)]),
            ((96, 136, 168), [(840, 384), (920, 386), (920, 450), (840, 451)]),
        ],
    )


@lru_cache
def draw_doll_house() -> Image.Image:
    """Draws the floor and two walls of a room, seen from high above."""
    return draw(
        SIZE,
        (191, 191, 198),
        [
            ((178, 132, 84), [(640, 640), (250, 430), (640, 240), (1030, 430)]),
            ((214, 206, 192), [(250, 430), (250, 250), (640, 70), (640, 240)]),
            ((190, 183, 170), [(640, 240), (640, 70), (1030, 250), (1030, 430)]),
            ((90, 84, 80), [(560, 450), (640, 410), (720, 450), (640, 492)]),
            ((70, 120, 60), [(800, 330), (880, 330), (880, 430), (800, 430)]),
        ],
    )


@lru_cache
def draw_grid() -> Image.Image:
    """Draws a block before the dark grid of a modeller, with a red axis and dimension lines that stand alone."""
    picture = draw((960, 720), DARK_EMPTY, [])
    brush = ImageDraw.Draw(picture)
    for offset in range(-960, 1920, 90):
        brush.line([(offset, 0), (offset + 400, 720)], fill=(74, 74, 74))
        brush.line([(0, offset), (960, offset + 240)], fill=(74, 74, 74))
    brush.line([(0, 560), (960, 200)], fill=(170, 50, 60))
    brush.line([(60, 650), (300, 690)], fill=(5, 5, 5))
    brush.polygon([(300, 300), (520, 240), (520, 500), (300, 540)], fill=(190, 190, 186))
    brush.polygon([(520, 240), (700, 300), (700, 460), (520, 500)], fill=(140, 140, 137))
    return picture


@lru_cache
def draw_ground_shadow() -> Image.Image:
    """Draws a block on the viewport's own ground before its blue sky, with a drawn shadow."""
    return draw(
        SIZE,
        (90, 180, 225),
        [
            ((191, 191, 198), [(0, 330), (1280, 330), (1280, 720), (0, 720)]),
            ((105, 105, 109), [(600, 560), (900, 520), (1100, 560), (760, 610)]),
            ((200, 160, 110), [(400, 250), (600, 250), (600, 570), (400, 570)]),
            ((150, 118, 80), [(600, 250), (760, 240), (760, 540), (600, 570)]),
        ],
    )


@lru_cache
def draw_photo() -> Image.Image:
    """Draws gradients and grain, as a camera would take them."""
    noise = np.random.default_rng(3).normal(0, 6, (480, 640, 1))
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    light = (150 + 60 * np.sin(x / 60) * np.cos(y / 45))[..., None] * np.array([1.0, 0.9, 0.8])
    return Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8))


def as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def as_png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def read(picture: Image.Image) -> Capture:
    return read_capture(picture, None)


def render(picture: Image.Image, style: StyleVersion = PHOTOREALISTIC) -> Output:
    request = EngineRequest(as_png(picture), style, Quality.STANDARD, AspectRatio.WIDE, seed=5)
    return PreviewEngine().render(request, lambda _: None, lambda: False)


def decode_pixels(output: Output) -> NDArray[np.float32]:
    return np.asarray(Image.open(io.BytesIO(output.image)).convert("RGB")).astype(np.float32)


def mode_of(output: Output) -> EngineMode:
    assert output.report is not None
    return output.report.mode


def agreement(first: Capture, second: Capture) -> float:
    """Returns the part of the pixels that lie in regions which match each other."""
    assert first.scene is not None
    assert second.scene is not None
    size = first.scene.size
    other = np.asarray(Image.fromarray(second.scene.label).resize(size, Image.Resampling.NEAREST)).astype(np.int64)
    pairs = first.scene.label.astype(np.int64) * (int(other.max()) + 1) + other
    labels, others = int(first.scene.label.max()) + 1, int(other.max()) + 1
    table = np.bincount(pairs.ravel(), minlength=labels * others).reshape(labels, others)
    return float(table.max(axis=1).sum() / table.sum())


@pytest.mark.parametrize("quality", [95, 85, 75, 60])
@pytest.mark.parametrize("scene", [draw_house, draw_doll_house])
def test_compression_does_not_change_mode_and_regions(scene: Any, quality: int) -> None:
    plain, compressed = read(scene()), read(as_jpeg(scene(), quality))

    assert plain.confidence.doubts == compressed.confidence.doubts
    assert agreement(plain, compressed) >= 0.98
    assert agreement(compressed, plain) >= 0.98


@pytest.mark.parametrize("scale", [0.5, 2.0])
@pytest.mark.parametrize("scene", [draw_house, draw_doll_house])
def test_scale_does_not_change_mode_and_regions(scene: Any, scale: float) -> None:
    picture = scene()
    filtering = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    scaled = picture.resize((round(picture.width * scale), round(picture.height * scale)), filtering)

    assert read(picture).confidence.doubts == read(scaled).confidence.doubts
    assert agreement(read(picture), read(scaled)) >= 0.98
    assert agreement(read(scaled), read(picture)) >= 0.98


def test_a_picture_that_was_not_compressed_is_not_changed_by_deblocking() -> None:
    rgb = np.asarray(draw_house())

    assert not is_compressed(rgb)
    assert remove_compression_artefacts(rgb) is rgb


def test_the_weak_grid_of_a_dark_viewport_is_no_compression() -> None:
    pixels = np.full((360, 640, 3), 58, np.uint8)
    pixels[::11] = 66
    pixels[:, ::11] = 66
    pixels[60:300, 300:340] = 200
    pixels[::40, 40:280] = 130
    picture = Image.fromarray(pixels)

    assert find_noise(pixels).is_noisy
    assert not find_noise(pixels).is_compressed
    assert find_noise(np.asarray(as_jpeg(picture, 90))).is_compressed


def test_ringing_is_removed_and_edges_stay() -> None:
    clean, compressed = np.asarray(draw_house()), np.asarray(as_jpeg(draw_house(), 60))
    restored = remove_compression_artefacts(compressed)

    assert is_compressed(compressed)
    is_even = local_range(clean) <= 2
    errors = [np.abs(each.astype(np.int16) - clean)[is_even] for each in (restored, compressed)]
    assert (errors[0] > 5).sum() < 0.5 * (errors[1] > 5).sum()


def test_a_house_at_eye_level_is_repainted_under_the_sky() -> None:
    output = render(draw_house())
    red, _, blue = decode_pixels(output)[40:160].reshape(-1, 3).mean(axis=0)

    assert mode_of(output) is EngineMode.REPAINTED
    assert output.report is not None
    assert output.report.reasons == ()
    assert blue > 1.2 * red


def test_a_view_from_above_stands_on_paper_and_keeps_its_colours() -> None:
    output = render(draw_doll_house(), STUDIO)
    pixels = decode_pixels(output)

    assert mode_of(output) is EngineMode.MIXED
    assert Doubt.SEEN_FROM_ABOVE in read(draw_doll_house()).confidence.doubts
    # Paper has no colour, neither that of a sky nor that of a lawn.
    assert np.ptp(pixels[20:60, 20:200].reshape(-1, 3).mean(axis=0)) < 12
    assert np.ptp(pixels[-60:-20, 20:200].reshape(-1, 3).mean(axis=0)) < 12
    red, green, blue = pixels[790:830, 900:1000].reshape(-1, 3).mean(axis=0)
    assert red > green > blue


def test_a_drawing_in_lines_on_white_stays() -> None:
    picture = Image.new("RGB", SIZE, (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    for face in (
        [(330, 300), (760, 300), (760, 560), (330, 560)],
        [(330, 300), (450, 200), (900, 200), (760, 300)],
        [(760, 300), (900, 200), (900, 440), (760, 560)],
        [(400, 380), (520, 380), (520, 470), (400, 470)],
    ):
        pen.polygon(face, outline=(16, 16, 16))

    output = render(picture)

    assert mode_of(output) is EngineMode.MIXED
    level = decode_pixels(output).mean(axis=2)
    for x, y in ((760, 430), (600, 300), (400, 430), (900, 320)):
        around = level[int(1.5 * y) - 6 : int(1.5 * y) + 7, int(1.5 * x) - 6 : int(1.5 * x) + 7]
        assert around.min() < around.max() - 60
    assert level[600:800, 900:1100].mean() > level[900:1000, 100:300].mean() + 30


def test_a_photo_is_only_graded() -> None:
    output = render(draw_photo())

    assert mode_of(output) is EngineMode.GRADED
    assert output.report is not None
    assert output.report.reasons == (Doubt.NOT_FLAT_SHADED,)


def test_a_drawn_shadow_on_the_ground_stays_a_shadow() -> None:
    background = find_viewport_background(np.asarray(draw_ground_shadow()))

    assert background is not None
    assert background.shadow is not None
    assert not background.lies_above
    assert 0.4 < background.shadow[570, 850] < 0.7
    assert background.opacity[570, 850] == 0
    assert background.shadow[650, 200] == 1
    assert background.opacity[400, 500] == 1


def test_a_wall_in_the_hue_of_the_ground_is_no_shadow_though_its_outline_has_gaps() -> None:
    picture = draw_ground_shadow().copy()
    wall = (130, 130, 135)
    brush = ImageDraw.Draw(picture)
    brush.polygon([(200, 480), (380, 470), (380, 610), (200, 620)], fill=wall, outline=(20, 20, 20))
    brush.line([(288, 615), (292, 615)], fill=wall)
    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert background.opacity[490:600, 205:375].min() == 1
    assert background.opacity[570, 850] == 0


def test_a_drawn_shadow_is_seen_through_a_frame() -> None:
    picture = draw_ground_shadow().copy()
    brush = ImageDraw.Draw(picture)
    brush.rectangle((820, 535, 880, 585), outline=(60, 50, 40), width=4)
    brush.rectangle((849, 582, 851, 585), fill=(105, 105, 109))
    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert background.opacity[560, 850] == 0


def test_grid_axis_and_lone_dimensions_are_background() -> None:
    background = find_viewport_background(np.asarray(draw_grid()))

    assert background is not None
    outside = np.ones((720, 960), np.bool_)
    outside[235:545, 295:705] = False
    assert (background.opacity[outside] > 0).mean() < 0.002
    assert (background.opacity[310:490, 310:510] == 1).all()


def test_posts_before_a_dark_grid_stay_and_the_grid_goes() -> None:
    picture = Image.new("RGB", SIZE, DARK_EMPTY)
    brush = ImageDraw.Draw(picture)
    for place in range(20, 1280, 60):
        brush.line([(place, 0), (place, 720)], fill=(72, 72, 72))
        brush.line([(0, place), (1280, place)], fill=(72, 72, 72))
    brush.rectangle((300, 400, 900, 640), fill=(200, 190, 180))
    brush.rectangle((597, 120, 599, 400), fill=(96, 92, 84))

    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert background.opacity[200:380, 598].min() > 0.9
    assert background.opacity[200, :500].max() < 0.1


def test_the_shaded_side_of_a_post_before_a_grid_stays() -> None:
    picture = draw_grid().copy()
    brush = ImageDraw.Draw(picture)
    brush.rectangle((800, 100, 802, 500), fill=(140, 128, 110))
    brush.rectangle((803, 100, 804, 500), fill=(78, 76, 72))
    brush.rectangle((700, 460, 900, 560), fill=(190, 190, 186))
    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert (background.opacity[110:450, 800:805] == 1).mean() > 0.95
    assert (background.opacity[110:450, 815:900] == 0).mean() > 0.95


def test_ropes_stay_before_a_dark_viewport_that_is_seen_between_them_and_a_lone_axis_goes() -> None:
    picture = draw((960, 720), DARK_EMPTY, [((92, 118, 84), [(0, 540), (960, 540), (960, 720), (0, 720)])])
    brush = ImageDraw.Draw(picture)
    for y in range(20, 540, 24):
        brush.line([(0, y), (960, y)], fill=(72, 72, 72))
    brush.rectangle((300, 200, 660, 215), fill=(150, 148, 140))
    for x in (300, 648):
        brush.rectangle((x, 200, x + 12, 560), fill=(150, 148, 140))
    for x in (400, 480, 560):
        brush.rectangle((x, 215, x + 1, 545), fill=(165, 150, 80))
    brush.line([(100, 100), (220, 180)], fill=(80, 112, 39), width=2)
    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert (background.opacity[230:530, 420:470] == 0).mean() > 0.95
    assert (background.opacity[230:530, 480:482] > 0.5).mean() > 0.95
    assert background.opacity[90:190, 90:230].max() == 0


def test_a_dark_viewport_is_seen_through_a_frame() -> None:
    picture = Image.new("RGB", SIZE, DARK_EMPTY)
    brush = ImageDraw.Draw(picture)
    brush.rectangle((300, 200, 900, 600), fill=(200, 190, 180))
    brush.rectangle((400, 300, 800, 500), fill=DARK_EMPTY)

    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert background.opacity[400, 600] < 0.1


def test_a_face_that_fades_into_the_grey_of_a_dark_viewport_is_no_opening() -> None:
    pixels = np.full((SIZE[1], SIZE[0], 3), 58, np.uint8)
    pixels[200:600, 300:900] = (200, 190, 180)
    away = np.abs(np.arange(320, 880) - 600) // 8
    pixels[250:550, 320:880] = np.clip(58 + np.maximum(away - 8, 0), 0, 90).astype(np.uint8)[None, :, None]

    background = find_viewport_background(pixels)

    assert background is not None
    assert background.opacity[400, 600] > 0.9


def test_the_background_is_known_where_the_proportions_crop_it_away() -> None:
    picture = draw((1000, 1200), DARK_EMPTY, [((150, 110, 70), [(100, 100), (900, 100), (900, 700), (100, 700)])])
    cropped = picture.crop((0, 319, 1000, 881))

    surroundings = surroundings_of(picture, cropped.size)
    background = find_background_of(read_capture(cropped, None, surroundings=surroundings))

    assert background is not None
    assert background.opacity.shape == (562, 1000)
    assert background.opacity[:370, 150:850].min() > 0.9
    assert background.opacity[400:, :].max() < 0.1


def test_nothing_is_around_a_capture_that_is_not_cropped() -> None:
    picture = Image.new("RGB", (400, 300))

    assert surroundings_of(picture, picture.size) is None


def annotated(lines: int) -> Colours:
    """Returns a face on a slab, a thin line that leans on it, and as many lines that stand alone."""
    picture = draw(SIZE, EMPTY, [((150, 110, 70), [(400, 300), (900, 300), (900, 650), (400, 650)])])
    brush = ImageDraw.Draw(picture)
    brush.line((650, 120, 650, 300), fill=(20, 20, 20), width=2)
    for number in range(lines):
        brush.line((100 + 60 * number, 150, 100 + 60 * number, 500), fill=(20, 20, 20), width=2)
    return np.asarray(picture)


@pytest.mark.parametrize(("lines", "stays"), [(0, True), (5, False)])
def test_a_line_that_leans_on_the_model_goes_only_among_drawing_aids(lines: int, stays: bool) -> None:
    background = find_viewport_background(annotated(lines))

    assert background is not None
    assert bool(background.opacity[200, 650] > 0.5) is stays
    assert background.opacity[450, 650] > 0.9


def test_labels_that_form_a_long_chain_are_merged_into_the_lowest() -> None:
    order = np.random.default_rng(1).permutation(100_000).astype(np.int32)

    root = merge_labels(order[:-1], order[1:], len(order))

    assert not root.any()


def green_face(points: list[tuple[int, int]]) -> bool:
    """Returns whether a green face on the house is taken for a tree that cannot stand there."""
    picture = draw_house().copy()
    ImageDraw.Draw(picture).polygon(points, fill=(30, 120, 40))
    scene = segment_capture(resize_for_analysis(picture))
    assert scene is not None
    return has_enclosed_foliage(scene, classify_surfaces(scene))


def test_a_flat_green_face_within_a_building_is_no_tree() -> None:
    assert green_face([(430, 190), (800, 195), (900, 260), (400, 250)])


def test_a_flat_green_face_that_touches_the_sky_at_one_end_is_no_tree() -> None:
    assert green_face([(330, 262), (420, 176), (880, 215), (940, 282), (640, 262)])


def test_a_hedge_before_a_building_is_no_face_of_it() -> None:
    assert not green_face([(200, 500), (760, 500), (760, 610), (200, 610)])


def test_a_crown_before_a_building_is_a_tree() -> None:
    assert not green_face([(500, 300), (560, 300), (600, 350), (560, 400), (500, 400), (470, 350)])


def test_a_ceiling_and_a_lawn_seen_from_above_are_not_background() -> None:
    ceiling = draw(SIZE, (188, 184, 180), [((240, 240, 240), [(0, 60), (1280, 380), (1280, 720), (0, 720)])])
    ceiling.paste((240, 240, 240), (1230, 0, 1280, 720))
    lawn = draw(SIZE, (28, 40, 16), [((190, 190, 190), [(400, 300), (900, 300), (900, 600), (400, 600)])])

    assert find_viewport_background(np.asarray(ceiling)) is None
    assert find_viewport_background(np.asarray(lawn)) is None


def test_a_white_face_behind_a_thin_line_is_not_background() -> None:
    picture = Image.new("RGB", (640, 480), (255, 255, 255))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((160, 120, 480, 360), outline=(16, 16, 16))
    brush.line([(160, 120), (240, 60), (560, 60), (560, 300), (480, 360)], fill=(16, 16, 16))
    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert background.opacity[130:350, 170:470].min() == 1
    assert background.opacity[:40].max() == 0


def test_a_grey_ceiling_is_not_background() -> None:
    ceiling = [(0, 0), (960, 0), (960, 150), (620, 260), (340, 260), (0, 150)]
    walls = [
        ((222, 219, 214), [(0, 150), (340, 260), (340, 520), (0, 720)]),
        ((208, 205, 200), [(340, 260), (620, 260), (620, 520), (340, 520)]),
        ((228, 225, 220), [(620, 260), (960, 150), (960, 720), (620, 520)]),
        ((150, 120, 90), [(0, 720), (340, 520), (620, 520), (960, 720)]),
    ]

    assert (
        find_viewport_background(np.asarray(draw((960, 720), (30, 30, 30), [((186, 183, 178), ceiling), *walls])))
        is None
    )


def test_a_dark_viewport_is_background_although_its_grid_cuts_a_piece_like_a_ceiling() -> None:
    picture = draw(
        SIZE,
        DARK_EMPTY,
        [
            ((190, 188, 184), [(420, 260), (860, 260), (860, 720), (420, 720)]),
            ((120, 118, 114), [(860, 260), (1000, 320), (1000, 720), (860, 720)]),
        ],
    )
    brush = ImageDraw.Draw(picture)
    for start, end in (((0, 60), (420, 330)), ((1280, 60), (1000, 330)), ((0, 340), (420, 340))):
        brush.line([start, end], fill=(74, 74, 74), width=2)
    background = find_viewport_background(np.asarray(picture))

    assert background is not None
    assert background.opacity[20:240].max() == 0
    assert background.opacity[600:, 20:400].max() == 0


def test_small_pieces_of_a_gradient_are_background() -> None:
    rows = np.linspace(np.array([40, 40, 96]), np.array([170, 170, 192]), 720).astype(np.uint8)
    pixels = np.repeat(rows[:, None], 960, axis=1)
    behind = pixels.copy()
    y, x = np.mgrid[:720, :960]
    pixels[y > 160 + x // 4] = (70, 70, 70)
    pixels[520:540, 400:420] = behind[520:540, 400:420]
    pixels[520:540, 600:620] = (140, 150, 160)
    background = find_viewport_background(pixels)

    assert background is not None
    assert background.opacity[524:536, 404:416].max() == 0
    assert background.opacity[524:536, 604:616].min() == 1


def test_there_is_sky_above_a_model_that_fills_the_frame() -> None:
    facade = [(0, 260), (480, 120), (960, 260), (960, 720), (0, 720)]
    door = [(400, 420), (560, 420), (560, 720), (400, 720)]
    background = find_viewport_background(
        np.asarray(draw((960, 720), DARK_EMPTY, [((190, 188, 184), facade), ((110, 80, 60), door)]))
    )

    assert background is not None
    assert background.lies_above


@pytest.mark.parametrize("quality", [95, 75])
def test_a_compressed_gradient_over_a_ground_is_background(quality: int) -> None:
    top, horizon = np.array([0, 140, 220]), np.array([190, 230, 250])
    rows = np.linspace(top, horizon, 300).astype(np.uint8)
    picture = Image.fromarray(
        np.concatenate([np.repeat(rows[:, None], 960, axis=1), np.full((420, 960, 3), 192, np.uint8)])
    )
    ImageDraw.Draw(picture).rectangle((300, 200, 660, 600), fill=(140, 100, 70))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    compressed = remove_compression_artefacts(np.asarray(Image.open(file)))
    background = find_viewport_background(compressed, must_be_even=True)

    assert background is not None
    assert background.opacity[20:180].max() == 0
    assert background.opacity[640:].max() == 0
    assert background.opacity[240:560, 320:640].min() == 1


def test_a_gradient_that_a_model_cuts_in_two_is_one_background() -> None:
    rows = np.linspace(np.array([0, 140, 220]), np.array([190, 230, 250]), 720).astype(np.uint8)
    pixels = np.repeat(rows[:, None], 960, axis=1)
    pixels[:, 120:300] = (150, 140, 128)
    pixels[300:, :300] = (120, 100, 80)
    background = find_viewport_background(pixels)

    assert background is not None
    assert background.opacity[20:280, 10:110].max() == 0
    assert background.opacity[20:700, 310:950].max() == 0
    assert background.opacity[20:700, 130:290].min() == 1


def test_the_grid_of_a_dark_viewport_does_not_count_as_the_grain_of_a_photo() -> None:
    grain = np.random.default_rng(2).normal(0, 4, (720, 960, 3))
    photo = np.clip(np.asarray(draw_grid()) + grain, 0, 255).astype(np.uint8)

    assert find_viewport_background(np.asarray(draw_grid()), must_be_even=True) is not None
    assert find_viewport_background(photo, must_be_even=True) is None


def test_the_contour_of_a_model_has_nothing_of_a_dark_background() -> None:
    face = [(300, 200), (700, 260), (660, 600), (340, 560)]
    background = find_viewport_background(np.asarray(draw((960, 720), DARK_EMPTY, [((220, 215, 205), face)])))

    assert background is not None
    visible = background.foreground[background.opacity > 0.4].astype(np.int16)
    assert np.abs(visible - np.array((220, 215, 205))).max() < 30


def test_black_paint_does_not_turn_blue() -> None:
    picture = draw_doll_house().copy()
    ImageDraw.Draw(picture).rectangle((600, 360, 680, 400), fill=(34, 34, 34))
    output = render(picture)

    assert mode_of(output) is EngineMode.MIXED
    assert np.ptp(decode_pixels(output)[555:585, 920:1000].mean(axis=(0, 1))) < 6


@pytest.mark.parametrize(
    ("marked", "most_chroma"),
    [pytest.param((0, 0, 255), 95, id="pure blue"), pytest.param((0, 160, 230), 130, id="the blue of panes")],
)
def test_the_colours_that_hosts_mark_things_with_come_nearer_to_paint(
    marked: tuple[int, int, int], most_chroma: int
) -> None:
    picture = draw_doll_house().copy()
    ImageDraw.Draw(picture).rectangle((600, 360, 680, 400), fill=marked)
    output = render(picture)
    red, green, blue = decode_pixels(output)[555:585, 920:1000].mean(axis=(0, 1))

    assert mode_of(output) is EngineMode.MIXED
    assert 30 < blue - red < most_chroma
    assert red <= green + 2


def test_enlargement_makes_no_halo() -> None:
    step = np.full((40, 40, 3), 60, np.uint8)
    step[:, 20:] = 180

    large = enlarge(step, (160, 160))

    assert large.min() >= 60
    assert large.max() <= 180


def test_joints_become_weaker_and_wide_dark_faces_stay() -> None:
    picture = Image.new("RGB", (200, 200), (200, 200, 200))
    brush = ImageDraw.Draw(picture)
    brush.line([(100, 0), (100, 200)], fill=(10, 10, 10), width=2)
    brush.rectangle((20, 60, 60, 120), fill=(10, 10, 10))

    softened = remove_edge_lines(np.asarray(picture))

    assert 60 < softened[100, 100, 0] < 140
    assert softened[90, 40, 0] == 10


def test_edge_lines_between_two_colours_disappear() -> None:
    picture = Image.new("RGB", (200, 200), (200, 200, 200))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((100, 0, 200, 200), fill=(150, 110, 80))
    brush.line([(100, 0), (100, 200)], fill=(10, 10, 10), width=2)

    assert remove_edge_lines(np.asarray(picture))[100, 90:112].min() > 55


def test_a_thin_post_between_two_edge_lines_stays() -> None:
    picture = Image.new("RGB", (300, 300), (235, 235, 235))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((147, 20, 152, 280), fill=(110, 150, 100), outline=(10, 10, 10))

    kept = remove_edge_lines(np.asarray(picture))

    assert np.abs(kept[60:240, 149:151].astype(np.int16) - (110, 150, 100)).max() < 12


def test_a_line_without_which_nothing_would_be_seen_comes_back() -> None:
    seen = np.full((120, 160, 3), 220, np.uint8)
    seen[:, 79:81] = 20
    without = np.full_like(seen, 220)

    assert put_lost_lines_back(without, seen)[60, 79, 0] < 60


def split(left: int, right: int) -> Colours:
    halves = np.full((240, 320, 3), left, np.uint8)
    halves[:, 160:] = right
    return halves


def test_an_edge_that_the_picture_lost_comes_back_where_the_capture_has_it() -> None:
    pixels = np.full((480, 640, 3), 200, np.uint8)

    reduced = restore_edges(pixels, split(200, 150), np.ones((240, 320), np.bool_), None)

    assert pixels[240, 315:330].min() < 188
    assert pixels[240, :280].min() == 200
    assert np.abs(reduced.astype(np.int16) - pixels[::2, ::2]).max() <= 8


def test_a_picture_that_has_all_edges_is_not_changed() -> None:
    pixels = np.repeat(np.repeat(split(210, 140), 2, axis=0), 2, axis=1)
    before = pixels.copy()

    restore_edges(pixels, split(200, 150), np.ones((240, 320), np.bool_), None)

    assert np.array_equal(pixels, before)


def test_a_pale_model_is_seen_before_paper_of_its_colour() -> None:
    pixels = np.full((480, 640, 3), 215, np.uint8)
    opacity = np.zeros((240, 320), np.float32)
    opacity[60:180, 80:240] = 1

    restore_edges(pixels, np.full((240, 320, 3), 230, np.uint8), opacity > 0, opacity)

    assert pixels[240, 150:170].min() < 203


def test_lines_that_are_all_there_is_to_see_stay() -> None:
    picture = Image.new("RGB", (200, 200), (230, 230, 230))
    brush = ImageDraw.Draw(picture)
    for x in range(20, 180, 5):
        brush.line([(x, 20), (x, 180)], fill=(10, 10, 10), width=2)

    comb = np.asarray(picture)

    assert np.abs(remove_edge_lines(comb).astype(np.int16) - comb)[60:140, 60:140].max() < 20


def test_axes_selections_and_dots_on_a_face_are_taken_out() -> None:
    picture = Image.new("RGB", (400, 300), (170, 172, 175))
    brush = ImageDraw.Draw(picture)
    brush.line([(20, 40), (380, 90)], fill=(190, 40, 50), width=2)
    brush.rectangle((60, 120, 180, 220), outline=(40, 80, 230), width=2)
    for x in range(220, 360, 6):
        brush.rectangle((x, 200, x + 1, 201), fill=(10, 10, 10))

    assert np.abs(remove_overlays(np.asarray(picture)).astype(np.int16) - (170, 172, 175)).max() < 12


def test_thin_things_in_the_colours_of_wood_and_wide_coloured_things_are_no_overlays() -> None:
    picture = Image.new("RGB", (400, 300), (170, 172, 175))
    brush = ImageDraw.Draw(picture)
    brush.line([(20, 40), (380, 90)], fill=(168, 112, 60), width=3)
    brush.rectangle((60, 120, 180, 220), fill=(40, 80, 230))

    assert np.array_equal(remove_overlays(np.asarray(picture)), np.asarray(picture))


def test_a_cursor_of_red_and_white_dashes_is_taken_out() -> None:
    picture = Image.new("RGB", (600, 450), (120, 122, 125))
    brush = ImageDraw.Draw(picture)
    for number in range(8):
        colour = (230, 40, 40) if number % 2 else (255, 255, 255)
        brush.arc((280, 200, 308, 228), number * 45, number * 45 + 45, fill=colour, width=2)

    assert np.abs(remove_overlays(np.asarray(picture)).astype(np.int16) - (120, 122, 125)).max() < 30


def test_only_the_colours_of_wood_get_a_grain() -> None:
    rgb = np.full((400, 600, 3), 200, np.uint8)
    rgb[100:300, 50:250] = (178, 132, 84)
    rgb[100:300, 350:550] = (90, 150, 180)
    texture = face_texture(rgb, None, None, seed=3).astype(np.int16)

    assert texture[150:250, 100:200].std() > 2.5 * texture[150:250, 400:500].std()
    assert np.abs(texture[:, 300:] - TEXTURE_ONE).max() < 0.08 * TEXTURE_ONE


def test_a_green_face_at_the_foot_of_the_picture_becomes_a_lawn() -> None:
    rgb = np.full((400, 600, 3), 200, np.uint8)
    rgb[260:] = rgb[:60] = (70, 130, 62)
    lawn = find_lawn(rgb, None)

    assert lawn is not None
    assert lawn[260:].all()
    assert not lawn[:260].any()
    texture = face_texture(rgb, None, lawn, seed=3).astype(np.int16)
    assert texture[280:].std() > 3 * texture[:240].std()


def test_paper_is_darker_behind_a_white_model() -> None:
    y = np.linspace(0.3, 0.7, 50, dtype=np.float32)
    dark, white = (
        choose_paper(look_of(PHOTOREALISTIC), np.full(50, light, np.float32), y).floor.mean() for light in (0.2, 1.2)
    )

    assert white < 0.8 * dark


def test_the_check_passes_a_faithful_picture() -> None:
    capture = np.asarray(draw_house())

    assert find_faults(capture, capture, np.ones(capture.shape[:2], np.bool_)) == ()


def test_the_check_finds_edges_and_areas_that_are_lost() -> None:
    capture = np.asarray(draw_house())
    picture = capture.copy()
    picture[150:570, 270:1010] = (200, 195, 185)

    faults = find_faults(picture, capture, np.ones(capture.shape[:2], np.bool_))

    assert Doubt.MISSING_EDGES in faults
    assert Doubt.LOST_AREAS in faults


def test_the_check_finds_edges_without_a_reason() -> None:
    capture = np.asarray(draw_house())
    picture = draw_house().copy()
    brush = ImageDraw.Draw(picture)
    for x in range(310, 960, 12):
        brush.rectangle((x, 330, x + 5, 530), fill=(60, 60, 60))
    inside = np.zeros(capture.shape[:2], np.bool_)
    inside[250:570, 290:990] = True

    assert Doubt.UNEXPLAINED_EDGES in find_faults(np.asarray(picture), capture, inside)


def test_the_check_finds_grey_walls_that_became_green() -> None:
    capture = np.asarray(draw_house())
    inside = np.zeros(capture.shape[:2], np.bool_)
    inside[310:535, 310:970] = True
    picture = capture.copy()
    picture[310:535, 310:500] = (90, 160, 50)

    assert Doubt.CHANGED_MATERIALS in find_faults(picture, capture, inside)


def test_a_picture_that_fails_the_check_is_made_again_with_less_freedom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderiq.engines.preview.engine.find_faults", lambda *_, **__: (Doubt.LOST_AREAS,))

    output = render(draw_house())

    assert mode_of(output) is EngineMode.MIXED
    assert output.report is not None
    assert output.report.reasons == (Doubt.LOST_AREAS,)
    assert output.report.confidence < 0.7


def test_a_mixed_picture_is_the_same_for_the_same_request() -> None:
    assert render(draw_doll_house()).image == render(draw_doll_house()).image
