"""The preview engine as a whole, and decoding and encoding of its pictures."""

from __future__ import annotations

import io
import itertools
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageDraw

from renderiq.domain.renders import AspectRatio, OutputFormat, Quality
from renderiq.domain.styles import StyleVersion
from renderiq.engines import EngineRequest, Output, PermanentEngineError, RenderCancelledError
from renderiq.engines.images import THUMBNAIL_SIDE, crop_to_aspect, decode, encode
from renderiq.engines.preview import PreviewEngine
from tests.support.styles import DRAMATIC, FIRST, NATURAL, PHOTOREALISTIC, STUDIO

CAPTURES = Path(__file__).parents[1] / "data"
SKY = np.s_[:200]


@lru_cache
def load_capture(name: str = "viewport_clean") -> bytes:
    """Returns a capture as a PNG file, reduced so that tests are faster."""
    with Image.open(CAPTURES / f"{name}.png") as picture:
        return encode_image(picture.convert("RGB").resize((1024, 576), Image.Resampling.BOX))


def encode_image(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Returns ``picture`` as a file of the format ``kind``."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def make_request(**changes: Any) -> EngineRequest:
    """Returns a request with usual values, except for ``changes``."""
    defaults: dict[str, Any] = {
        "image": load_capture(),
        "style": STUDIO,
        "quality": Quality.STANDARD,
        "aspect_ratio": AspectRatio.SQUARE,
        "seed": 7,
    }
    return EngineRequest(**{**defaults, **changes})


@lru_cache
def render(request: EngineRequest) -> Output:
    """Renders a request; the result is cached for other tests."""
    return PreviewEngine().render(request, lambda _: None, lambda: False)


def decode_pixels(output: Output | bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Returns the pixels (height, width, 3), 0..255, of an output or a file."""
    data = output if isinstance(output, bytes) else output.image
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.float32)


def draw_photo(width: int = 640, height: int = 480) -> Image.Image:
    """Draws a picture with gradients, grain and a bright upper half, as a camera would take it."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 190 - 0.25 * y + 25 * np.sin(x / 37) * np.cos(y / 53) + rng.normal(0, 5, (height, width))
    light[((x - width / 2) ** 2 + (y - height * 0.6) ** 2) < (height / 5) ** 2] -= 70
    rgb = np.stack([light, light * 0.95, light * 0.85], axis=-1)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def test_the_same_request_gives_the_same_bytes() -> None:
    request = make_request(style=PHOTOREALISTIC)

    assert PreviewEngine().render(request, lambda _: None, lambda: False) == render(request)


def test_another_seed_gives_another_picture() -> None:
    one, other = (render(make_request(style=PHOTOREALISTIC, seed=seed)) for seed in (7, 8))

    assert one.image != other.image


def test_a_seed_of_any_size_is_accepted() -> None:
    assert render(make_request(seed=2**63 + 5)).image


@pytest.mark.parametrize("aspect_ratio", AspectRatio)
def test_the_picture_has_exactly_the_size_of_its_aspect_ratio(aspect_ratio: AspectRatio) -> None:
    request = make_request(aspect_ratio=aspect_ratio)

    assert Image.open(io.BytesIO(render(request).image)).size == request.size


def test_a_wide_render_of_high_quality_is_4k() -> None:
    output = render(make_request(quality=Quality.HIGH, aspect_ratio=AspectRatio.WIDE))

    assert Image.open(io.BytesIO(output.image)).size == (output.width, output.height) == (3840, 2160)


def test_ultra_has_the_size_of_high_and_shows_more_detail() -> None:
    sharp = encode_image(draw_photo(2160, 2160), "JPEG", quality=95)
    high, ultra = (
        decode_pixels(render(make_request(image=sharp, quality=each))) for each in (Quality.HIGH, Quality.ULTRA)
    )

    assert high.shape == ultra.shape == (2160, 2160, 3)
    assert np.abs(np.diff(ultra, axis=1)).mean() > 1.1 * np.abs(np.diff(high, axis=1)).mean()


def test_ultra_shows_more_of_a_viewport_than_high_does() -> None:
    high, ultra = (
        decode_pixels(render(make_request(style=PHOTOREALISTIC, quality=each)))
        for each in (Quality.HIGH, Quality.ULTRA)
    )

    assert np.abs(np.diff(ultra, axis=1)).mean() > 1.1 * np.abs(np.diff(high, axis=1)).mean()


@pytest.mark.parametrize("size", [(1600, 900), (900, 900), (1080, 1920)])
def test_a_crop_never_stretches(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", (600, 400))

    cropped = crop_to_aspect(picture, size)

    assert cropped.width / cropped.height == pytest.approx(size[0] / size[1], rel=0.01)
    assert 600 in cropped.size or 400 in cropped.size


def test_a_crop_keeps_the_middle() -> None:
    picture = Image.new("L", (300, 100))
    picture.paste(255, (100, 0, 200, 100))

    assert np.asarray(crop_to_aspect(picture, (100, 100))).min() == 255


def test_progress_only_grows_and_ends_at_100() -> None:
    steps: list[int] = []

    PreviewEngine().render(make_request(), steps.append, lambda: False)

    assert all(before <= after for before, after in itertools.pairwise(steps))
    assert (steps[0], steps[-1]) == (0, 100)


@pytest.mark.parametrize("stages", [0, 1, 6])
def test_a_cancelled_render_stops_at_the_next_stage(stages: int) -> None:
    steps: list[int] = []

    with pytest.raises(RenderCancelledError):
        PreviewEngine().render(make_request(), steps.append, lambda: len(steps) >= stages)

    assert len(steps) == stages


def test_an_empty_backdrop_becomes_sky() -> None:
    sky = decode_pixels(render(make_request(style=PHOTOREALISTIC)))[SKY]

    assert sky[..., 2].mean() > sky[..., 0].mean() + 20


@pytest.mark.parametrize("name", ["viewport_clean", "viewport_edges"])
def test_the_model_keeps_its_position(name: str) -> None:
    small = decode_pixels(render(make_request(image=load_capture(name), aspect_ratio=AspectRatio.WIDE)).thumbnail)
    before = np.asarray(Image.open(io.BytesIO(load_capture(name))).resize((512, 288), Image.Resampling.BOX), np.float32)
    red_before = before[..., 0] > before[..., 1] * 1.45
    red_after = small[..., 0] > small[..., 1] * 1.45

    assert (red_before & red_after).sum() > 0.85 * red_before.sum() > 500


def test_edge_lines_are_removed() -> None:
    clean, edges = (
        decode_pixels(render(make_request(image=load_capture(name)))) for name in ("viewport_clean", "viewport_edges")
    )

    assert np.abs(clean - edges).mean() < 6


def test_a_photo_keeps_its_structure() -> None:
    picture = draw_photo()
    output = decode_pixels(
        render(make_request(image=encode_image(picture), aspect_ratio=AspectRatio.CLASSIC, style=DRAMATIC))
    )

    enlarged = np.asarray(picture.resize((1440, 1080), Image.Resampling.LANCZOS), np.float32)
    assert np.corrcoef(output.mean(axis=2).ravel(), enlarged.mean(axis=2).ravel())[0, 1] > 0.97


def test_a_photo_does_not_get_a_sky() -> None:
    output = decode_pixels(
        render(make_request(image=encode_image(draw_photo(), "JPEG"), style=NATURAL, aspect_ratio=AspectRatio.CLASSIC))
    )

    assert output[SKY][..., 2].mean() < output[SKY][..., 0].mean()


def test_a_finished_render_is_not_rendered_again() -> None:
    first = render(make_request(style=PHOTOREALISTIC))
    again = decode_pixels(render(make_request(style=PHOTOREALISTIC, image=first.image)))

    assert np.abs(again - decode_pixels(first)).mean() < 12


@pytest.mark.parametrize(
    "pair", list(itertools.combinations(FIRST, 2)), ids=lambda pair: "-".join(each.name for each in pair)
)
def test_styles_differ_from_one_another(pair: tuple[StyleVersion, StyleVersion]) -> None:
    one, other = (decode_pixels(render(make_request(style=style))) for style in pair)

    assert np.abs(one - other).mean() > 8


@pytest.mark.parametrize("output_format", OutputFormat)
def test_a_picture_has_the_requested_format(output_format: OutputFormat) -> None:
    output = render(make_request(output_format=output_format))

    assert Image.open(io.BytesIO(output.image)).format == output_format.name
    assert output.content_type == output_format.content_type


def test_the_thumbnail_is_a_small_webp() -> None:
    small = Image.open(io.BytesIO(render(make_request(aspect_ratio=AspectRatio.WIDE)).thumbnail))

    assert (small.format, small.size) == ("WEBP", (THUMBNAIL_SIDE, THUMBNAIL_SIDE * 9 // 16))


@pytest.mark.parametrize("output_format", OutputFormat)
def test_an_output_has_no_metadata_of_the_upload(output_format: OutputFormat) -> None:
    exif = Image.Exif()
    exif[0x010E] = "MARK-OF-THE-UPLOAD"
    marked = encode_image(
        draw_photo(), "JPEG", exif=exif, comment=b"MARK-OF-THE-UPLOAD", icc_profile=b"MARK-OF-THE-UPLOAD"
    )

    output = render(make_request(image=marked, output_format=output_format))

    assert b"MARK" not in output.image + output.thumbnail
    assert not Image.open(io.BytesIO(output.image)).getexif()


@pytest.mark.parametrize(
    "data", [load_capture()[:5000], load_capture()[:40], b"", b"GIF89a"], ids=["half", "head", "none", "GIF"]
)
def test_an_unreadable_picture_is_a_permanent_error(data: bytes) -> None:
    with pytest.raises(PermanentEngineError):
        PreviewEngine().render(make_request(image=data), lambda _: None, lambda: False)


def test_a_decompression_bomb_is_refused_before_it_is_decompressed() -> None:
    with pytest.raises(PermanentEngineError, match="megapixels"):
        decode(encode_image(Image.new("1", (8000, 6000))))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(PermanentEngineError):
        decode(encode_image(draw_photo(64, 64), kind))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read_as_rgb(mode: str) -> None:
    source = Image.new("I;16", (20, 10), 0x8080) if mode == "I;16" else draw_photo(20, 10).convert(mode)

    assert (decode(encode_image(source)).mode, decode(encode_image(source)).size) == ("RGB", (20, 10))


def test_16_bit_grey_keeps_its_brightness() -> None:
    assert decode(encode_image(Image.new("I;16", (4, 4), 0x8080))).getpixel((0, 0)) == (128, 128, 128)


def test_transparent_pixels_are_composited_on_white() -> None:
    assert decode(encode_image(Image.new("RGBA", (4, 4), (255, 0, 0, 0)))).getpixel((0, 0)) == (255, 255, 255)


def test_a_cmyk_photo_is_read() -> None:
    assert decode(encode_image(draw_photo(32, 32).convert("CMYK"), "JPEG")).mode == "RGB"


def test_the_exif_orientation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    assert decode(encode_image(draw_photo(40, 20), "JPEG", exif=exif)).size == (20, 40)


def test_png_encoding_is_lossless() -> None:
    pixels = np.asarray(draw_photo(50, 30))

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode(pixels, OutputFormat.PNG)))), pixels)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (64, 64)])
def test_a_tiny_picture_is_rendered(size: tuple[int, int]) -> None:
    assert render(make_request(image=encode_image(Image.new("RGB", size, "teal")))).width == 1080


def test_a_colour_profile_is_applied() -> None:
    green = pyvips.Image.new_from_array(np.full((64, 64, 3), (0, 200, 0), np.uint8), interpretation="srgb")
    data = green.icc_transform("p3", input_profile="srgb").pngsave_buffer(keep="icc")

    with Image.open(io.BytesIO(data)) as stored:
        assert stored.convert("RGB").getpixel((5, 5)) != (0, 200, 0)
    assert np.abs(np.array(decode(data).getpixel((5, 5))) - (0, 200, 0)).max() <= 3


def draw_room() -> Image.Image:
    """Draws the inside of a box, seen from one of its ends."""
    picture = Image.new("RGB", (960, 640))
    brush = ImageDraw.Draw(picture)
    near, far = [(0, 0), (960, 0), (960, 640), (0, 640)], [(300, 180), (660, 180), (660, 430), (300, 430)]
    paints = ((168, 168, 166), (190, 186, 178), (176, 140, 96), (204, 200, 192))
    for side, paint in enumerate(paints):
        after = (side + 1) % 4
        brush.polygon([near[side], near[after], far[after], far[side]], fill=paint)
    brush.polygon(far, fill=(214, 212, 208))
    return picture


def test_a_ceiling_is_not_rendered_as_sky() -> None:
    top = decode_pixels(
        render(make_request(image=encode_image(draw_room()), style=PHOTOREALISTIC, aspect_ratio=AspectRatio.PHOTO))
    )[:120]

    assert abs(top[..., 2].mean() - top[..., 0].mean()) < 20


def test_transparent_pixels_are_background_whatever_their_colour() -> None:
    picture = Image.new("RGBA", (640, 640), (206, 202, 196, 0))
    ImageDraw.Draw(picture).rectangle((160, 200, 480, 560), fill=(206, 202, 196, 255))
    ImageDraw.Draw(picture).rectangle((400, 200, 480, 560), fill=(150, 148, 142, 255))

    pixels = decode_pixels(render(make_request(image=encode_image(picture), style=PHOTOREALISTIC)))

    assert pixels[SKY][..., 2].mean() > pixels[SKY][..., 0].mean() + 20
    assert np.ptp(pixels[540, 400], axis=0) < 40 < pixels[540, 400].mean()


def test_edges_are_sharp_at_4k() -> None:
    """In every row a slanted contour is within two pixels of a straight line."""
    small = Image.new("RGB", (3840, 2160), (226, 230, 236))
    ImageDraw.Draw(small).polygon([(1400, 2000), (1560, 400), (2400, 400), (2400, 2000)], fill=(190, 60, 50))
    ImageDraw.Draw(small).rectangle((2000, 1200, 2200, 1500), fill=(90, 90, 92))
    image = encode_image(small.resize((1280, 720), Image.Resampling.BOX))
    output = render(
        make_request(
            image=image, quality=Quality.HIGH, aspect_ratio=AspectRatio.WIDE, style=STUDIO, structure_strength=1
        )
    )

    rows = decode_pixels(output)[600:1700, 1380:1560]
    red = rows[..., 0] - rows[..., 1]
    inside = red > (red[:, -1:] + red[:, :1]) / 2
    edge = inside.argmax(axis=1)
    fitted = np.polyval(np.polyfit(np.arange(len(edge)), edge, 1), np.arange(len(edge)))
    assert np.abs(edge - fitted).max() < 2


@pytest.mark.parametrize("prompt", ["a villa at night", "snow", "fog", "Golden hour, autumn"])
def test_a_prompt_changes_the_light_or_the_ground(prompt: str) -> None:
    usual, asked = (decode_pixels(render(make_request(style=NATURAL, prompt=text))) for text in ("", prompt))

    assert np.abs(usual - asked).mean() > 8


def test_a_negative_prompt_excludes_a_choice() -> None:
    excluded = render(make_request(style=NATURAL, prompt="snow", negative_prompt="Snow"))

    assert excluded.image == render(make_request(style=NATURAL)).image


def test_a_prompt_without_keywords_changes_nothing() -> None:
    assert render(make_request(prompt="bitte 建物 \x00 ultra-detailed 8k")).image == render(make_request()).image


def test_a_lower_structure_strength_lets_textures_vary_more() -> None:
    strict, free = (decode_pixels(render(make_request(structure_strength=strength))) for strength in (1.0, 0.0))

    assert np.abs(np.diff(free, axis=1)).mean() > 1.1 * np.abs(np.diff(strict, axis=1)).mean()


def test_a_guide_image_of_another_size_is_refused() -> None:
    with pytest.raises(PermanentEngineError, match="depth image has 64 x 64") as refusal:
        PreviewEngine().render(
            make_request(depth_image=encode_image(Image.new("L", (64, 64)))), lambda _: None, lambda: False
        )

    assert refusal.value.code == "INVALID_INPUT"


def test_the_shadow_of_a_leaning_leg_is_continuous() -> None:
    """Beside the leg the ground turns from light to dark and back at most once."""
    picture = Image.new("RGB", (1080, 1080), (222, 226, 232))
    brush = ImageDraw.Draw(picture)
    brush.polygon([(348, 560), (385, 560), (393, 795), (378, 805), (359, 800)], fill=(150, 148, 144))
    brush.polygon([(576, 600), (615, 600), (612, 866), (598, 877), (575, 870)], fill=(150, 148, 144))
    brush.polygon([(332, 536), (604, 590), (604, 627), (334, 569)], fill=(98, 110, 128))
    brush.polygon([(332, 536), (494, 480), (740, 518), (604, 590)], fill=(100, 115, 130))
    brush.polygon([(604, 590), (740, 518), (740, 550), (604, 627)], fill=(70, 80, 92))

    pixels = decode_pixels(render(make_request(image=encode_image(picture), style=DRAMATIC)))

    beside = pixels[660:830, 397:405].mean(axis=(1, 2))
    calm = np.convolve(beside, np.ones(5) / 5, "valid")
    dark = calm < (calm.min() + calm.max()) / 2
    assert np.count_nonzero(np.diff(dark)) <= 2


def test_in_a_room_only_window_panes_show_the_sky() -> None:
    """A pane shows a gradient from its top to its foot; the teal front of a cupboard has one colour."""
    picture = draw_room()
    brush = ImageDraw.Draw(picture)
    brush.rectangle((400, 220, 560, 290), fill=(117, 151, 176))
    brush.rectangle((330, 340, 630, 420), fill=(59, 126, 124))

    pixels = decode_pixels(
        render(make_request(image=encode_image(picture), style=PHOTOREALISTIC, aspect_ratio=AspectRatio.PHOTO))
    )

    # The room is drawn with 960 pixels of width and rendered with 1620.
    pane, front = (
        np.ptp(pixels[round(1.6875 * top) : round(1.6875 * foot), 700:920].mean(axis=1).mean(axis=1))
        for top, foot in ((230, 280), (352, 408))
    )
    assert front < 15 < 40 < pane


def draw_room_with_lines() -> Image.Image:
    """Draws a room with edge lines, the round seat of a stool in sixteen facets, and a thin dark cord."""
    times = 4
    picture = draw_room().resize((1440 * times, 960 * times), Image.Resampling.NEAREST)
    brush = ImageDraw.Draw(picture)

    def stroke(*points: tuple[float, float]) -> None:
        brush.line([(times * x, times * y) for x, y in points], fill=(30, 30, 30), width=2 * times)

    brush.rectangle([times * side for side in (600, 600, 839, 799)], fill=(132, 90, 53))
    rim = [(720 + 49 * np.cos(turn), 700 + 12 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 17)]
    brush.polygon([(times * x, times * y) for x, y in rim], fill=(201, 158, 60))
    for each in rim:
        stroke((720, 700), each)
    stroke(*rim)
    brush.rectangle((598 * times, 290 * times, 601 * times, 420 * times), fill=(62, 63, 66))
    stroke((598, 290), (598, 420))
    stroke((602, 290), (602, 420))
    stroke((0, 0), (450, 270), (990, 270), (1440, 0))
    return picture.resize((1440, 960), Image.Resampling.BOX)


def test_an_object_of_thin_facets_keeps_its_colour() -> None:
    pixels = decode_pixels(
        render(make_request(image=encode_image(draw_room_with_lines()), style=STUDIO, aspect_ratio=AspectRatio.PHOTO))
    )

    # The room is drawn with 1440 pixels of width and rendered with 1620.
    y, x = np.mgrid[0:1080, 0:1620] / 1.125
    seat = ((x - 720) / 48) ** 2 + ((y - 700) / 11) ** 2 < 1
    # Yellow paint has more green than brown paint.
    yellow = pixels[..., 1] > 0.74 * pixels[..., 0]
    assert yellow[seat].mean() > 0.95


def test_a_thin_cord_between_two_edge_lines_is_kept() -> None:
    pixels = decode_pixels(
        render(make_request(image=encode_image(draw_room_with_lines()), style=STUDIO, aspect_ratio=AspectRatio.PHOTO))
    )

    around = pixels[340:460, 650:700].mean(axis=2)
    assert (around.min(axis=1) < 0.6 * np.median(around)).mean() > 0.95
