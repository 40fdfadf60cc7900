"""The embedded engine, and the pictures it reads and writes."""

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

from renderiq.domain.renders import AspectRatio, OutputFormat, Quality, Style
from renderiq.engines import EngineRequest, Output, PermanentEngineError, RenderCancelledError
from renderiq.engines.images import THUMBNAIL_SIDE, crop_to_aspect, decode, encode
from renderiq.engines.preview import PreviewEngine

CAPTURES = Path(__file__).parents[1] / "data"
SKY = np.s_[:200]


@lru_cache
def capture(name: str = "viewport_clean") -> bytes:
    """A capture, smaller: what the engine does to it is the same, sooner."""
    with Image.open(CAPTURES / f"{name}.png") as picture:
        return file_of(picture.convert("RGB").resize((1024, 576), Image.Resampling.BOX))


def file_of(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def ask(**changes: Any) -> EngineRequest:
    usual: dict[str, Any] = {
        "image": capture(),
        "style": Style.STUDIO,
        "quality": Quality.STANDARD,
        "aspect_ratio": AspectRatio.SQUARE,
        "seed": 7,
    }
    return EngineRequest(**{**usual, **changes})


@lru_cache
def render(request: EngineRequest) -> Output:
    return PreviewEngine().render(request, lambda _: None, lambda: False)


def seen(output: Output | bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    data = output if isinstance(output, bytes) else output.image
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.float32)


def photo(width: int = 640, height: int = 480) -> Image.Image:
    """Something with gradients, grain and a bright upper half, as a camera would see it."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 190 - 0.25 * y + 25 * np.sin(x / 37) * np.cos(y / 53) + rng.normal(0, 5, (height, width))
    light[((x - width / 2) ** 2 + (y - height * 0.6) ** 2) < (height / 5) ** 2] -= 70
    rgb = np.stack([light, light * 0.95, light * 0.85], axis=-1)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def test_the_same_request_gives_the_same_bytes() -> None:
    request = ask(style=Style.PHOTOREALISTIC)

    assert PreviewEngine().render(request, lambda _: None, lambda: False) == render(request)


def test_another_seed_gives_another_picture() -> None:
    one, other = (render(ask(style=Style.PHOTOREALISTIC, seed=seed)) for seed in (7, 8))

    assert one.image != other.image


def test_a_seed_of_any_size_is_taken() -> None:
    assert render(ask(seed=2**63 + 5)).image


@pytest.mark.parametrize("aspect_ratio", AspectRatio)
def test_the_picture_has_exactly_the_size_of_its_aspect_ratio(aspect_ratio: AspectRatio) -> None:
    request = ask(aspect_ratio=aspect_ratio)

    assert Image.open(io.BytesIO(render(request).image)).size == request.size


def test_a_wide_render_of_high_quality_is_4k() -> None:
    output = render(ask(quality=Quality.HIGH, aspect_ratio=AspectRatio.WIDE))

    assert Image.open(io.BytesIO(output.image)).size == (output.width, output.height) == (3840, 2160)


def test_ultra_has_the_size_of_high_and_shows_more_detail() -> None:
    sharp = file_of(photo(2160, 2160), "JPEG", quality=95)
    high, ultra = (seen(render(ask(image=sharp, quality=each))) for each in (Quality.HIGH, Quality.ULTRA))

    assert high.shape == ultra.shape == (2160, 2160, 3)
    assert np.abs(np.diff(ultra, axis=1)).mean() > 1.1 * np.abs(np.diff(high, axis=1)).mean()


def test_ultra_shows_more_of_a_viewport_than_high_does() -> None:
    high, ultra = (
        seen(render(ask(style=Style.PHOTOREALISTIC, quality=each))) for each in (Quality.HIGH, Quality.ULTRA)
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

    PreviewEngine().render(ask(), steps.append, lambda: False)

    assert all(before <= after for before, after in itertools.pairwise(steps))
    assert (steps[0], steps[-1]) == (0, 100)


@pytest.mark.parametrize("stages", [0, 1, 6])
def test_a_cancelled_render_stops_at_the_next_stage(stages: int) -> None:
    steps: list[int] = []

    with pytest.raises(RenderCancelledError):
        PreviewEngine().render(ask(), steps.append, lambda: len(steps) >= stages)

    assert len(steps) == stages


def test_an_empty_backdrop_becomes_sky() -> None:
    sky = seen(render(ask(style=Style.PHOTOREALISTIC)))[SKY]

    assert sky[..., 2].mean() > sky[..., 0].mean() + 20


@pytest.mark.parametrize("name", ["viewport_clean", "viewport_edges"])
def test_the_model_stays_where_it_was(name: str) -> None:
    small = seen(render(ask(image=capture(name), aspect_ratio=AspectRatio.WIDE)).thumbnail)
    before = np.asarray(Image.open(io.BytesIO(capture(name))).resize((512, 288), Image.Resampling.BOX), np.float32)
    red_before = before[..., 0] > before[..., 1] * 1.45
    red_after = small[..., 0] > small[..., 1] * 1.45

    assert (red_before & red_after).sum() > 0.85 * red_before.sum() > 500


def test_drawn_edges_are_gone() -> None:
    clean, edges = (seen(render(ask(image=capture(name)))) for name in ("viewport_clean", "viewport_edges"))

    assert np.abs(clean - edges).mean() < 6


def test_a_photo_keeps_its_structure() -> None:
    picture = photo()
    output = seen(render(ask(image=file_of(picture), aspect_ratio=AspectRatio.CLASSIC, style=Style.DRAMATIC)))

    enlarged = np.asarray(picture.resize((1440, 1080), Image.Resampling.LANCZOS), np.float32)
    assert np.corrcoef(output.mean(axis=2).ravel(), enlarged.mean(axis=2).ravel())[0, 1] > 0.97


def test_a_photo_gets_no_sky() -> None:
    output = seen(render(ask(image=file_of(photo(), "JPEG"), style=Style.NATURAL, aspect_ratio=AspectRatio.CLASSIC)))

    assert output[SKY][..., 2].mean() < output[SKY][..., 0].mean()


def test_a_finished_render_is_not_rendered_again() -> None:
    first = render(ask(style=Style.PHOTOREALISTIC))
    again = seen(render(ask(style=Style.PHOTOREALISTIC, image=first.image)))

    assert np.abs(again - seen(first)).mean() < 12


@pytest.mark.parametrize("pair", list(itertools.combinations(Style, 2)), ids=lambda pair: "-".join(pair))
def test_styles_differ_from_one_another(pair: tuple[Style, Style]) -> None:
    one, other = (seen(render(ask(style=style))) for style in pair)

    assert np.abs(one - other).mean() > 8


@pytest.mark.parametrize("output_format", OutputFormat)
def test_a_picture_comes_in_the_format_that_was_asked_for(output_format: OutputFormat) -> None:
    output = render(ask(output_format=output_format))

    assert Image.open(io.BytesIO(output.image)).format == output_format.name
    assert output.content_type == output_format.content_type


def test_the_thumbnail_is_a_small_webp() -> None:
    small = Image.open(io.BytesIO(render(ask(aspect_ratio=AspectRatio.WIDE)).thumbnail))

    assert (small.format, small.size) == ("WEBP", (THUMBNAIL_SIDE, THUMBNAIL_SIDE * 9 // 16))


@pytest.mark.parametrize("output_format", OutputFormat)
def test_nothing_but_pixels_of_the_upload_leaves(output_format: OutputFormat) -> None:
    exif = Image.Exif()
    exif[0x010E] = "MARK-OF-THE-UPLOAD"
    marked = file_of(photo(), "JPEG", exif=exif, comment=b"MARK-OF-THE-UPLOAD", icc_profile=b"MARK-OF-THE-UPLOAD")

    output = render(ask(image=marked, output_format=output_format))

    assert b"MARK" not in output.image + output.thumbnail
    assert not Image.open(io.BytesIO(output.image)).getexif()


@pytest.mark.parametrize(
    "data", [capture()[:5000], capture()[:40], b"", b"GIF89a"], ids=["half", "head", "none", "GIF"]
)
def test_an_unreadable_picture_fails_for_good(data: bytes) -> None:
    with pytest.raises(PermanentEngineError):
        PreviewEngine().render(ask(image=data), lambda _: None, lambda: False)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(PermanentEngineError, match="megapixels"):
        decode(file_of(Image.new("1", (8000, 6000))))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_not_read(kind: str) -> None:
    with pytest.raises(PermanentEngineError):
        decode(file_of(photo(64, 64), kind))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read_as_rgb(mode: str) -> None:
    source = Image.new("I;16", (20, 10), 0x8080) if mode == "I;16" else photo(20, 10).convert(mode)

    assert (decode(file_of(source)).mode, decode(file_of(source)).size) == ("RGB", (20, 10))


def test_a_deep_grey_keeps_its_brightness() -> None:
    assert decode(file_of(Image.new("I;16", (4, 4), 0x8080))).getpixel((0, 0)) == (128, 128, 128)


def test_transparency_is_laid_on_white() -> None:
    assert decode(file_of(Image.new("RGBA", (4, 4), (255, 0, 0, 0)))).getpixel((0, 0)) == (255, 255, 255)


def test_a_cmyk_photo_is_read() -> None:
    assert decode(file_of(photo(32, 32).convert("CMYK"), "JPEG")).mode == "RGB"


def test_a_photo_held_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    assert decode(file_of(photo(40, 20), "JPEG", exif=exif)).size == (20, 40)


def test_what_is_encoded_as_png_comes_back_pixel_by_pixel() -> None:
    pixels = np.asarray(photo(50, 30))

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode(pixels, OutputFormat.PNG)))), pixels)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (64, 64)])
def test_a_tiny_picture_is_no_trouble(size: tuple[int, int]) -> None:
    assert render(ask(image=file_of(Image.new("RGB", size, "teal")))).width == 1080


def test_a_colour_profile_is_applied() -> None:
    green = pyvips.Image.new_from_array(np.full((64, 64, 3), (0, 200, 0), np.uint8), interpretation="srgb")
    data = green.icc_transform("p3", input_profile="srgb").pngsave_buffer(keep="icc")

    with Image.open(io.BytesIO(data)) as stored:
        assert stored.convert("RGB").getpixel((5, 5)) != (0, 200, 0)
    assert np.abs(np.array(decode(data).getpixel((5, 5))) - (0, 200, 0)).max() <= 3


def room() -> Image.Image:
    """The inside of a box, seen from one of its ends."""
    picture = Image.new("RGB", (960, 640))
    brush = ImageDraw.Draw(picture)
    near, far = [(0, 0), (960, 0), (960, 640), (0, 640)], [(300, 180), (660, 180), (660, 430), (300, 430)]
    paints = ((168, 168, 166), (190, 186, 178), (176, 140, 96), (204, 200, 192))
    for side, paint in enumerate(paints):
        after = (side + 1) % 4
        brush.polygon([near[side], near[after], far[after], far[side]], fill=paint)
    brush.polygon(far, fill=(214, 212, 208))
    return picture


def test_a_ceiling_is_no_sky() -> None:
    top = seen(render(ask(image=file_of(room()), style=Style.PHOTOREALISTIC, aspect_ratio=AspectRatio.PHOTO)))[:120]

    assert abs(top[..., 2].mean() - top[..., 0].mean()) < 20


def test_clear_parts_of_a_capture_are_the_background_whatever_their_colour() -> None:
    picture = Image.new("RGBA", (640, 640), (206, 202, 196, 0))
    ImageDraw.Draw(picture).rectangle((160, 200, 480, 560), fill=(206, 202, 196, 255))
    ImageDraw.Draw(picture).rectangle((400, 200, 480, 560), fill=(150, 148, 142, 255))

    pixels = seen(render(ask(image=file_of(picture), style=Style.PHOTOREALISTIC)))

    assert pixels[SKY][..., 2].mean() > pixels[SKY][..., 0].mean() + 20
    assert np.ptp(pixels[540, 400], axis=0) < 40 < pixels[540, 400].mean()


def test_edges_are_sharp_at_4k() -> None:
    """A slanted silhouette turns from one side to the other within three pixels in every row, and runs straight."""
    small = Image.new("RGB", (3840, 2160), (226, 230, 236))
    ImageDraw.Draw(small).polygon([(1400, 2000), (1560, 400), (2400, 400), (2400, 2000)], fill=(190, 60, 50))
    ImageDraw.Draw(small).rectangle((2000, 1200, 2200, 1500), fill=(90, 90, 92))
    image = file_of(small.resize((1280, 720), Image.Resampling.BOX))
    output = render(
        ask(image=image, quality=Quality.HIGH, aspect_ratio=AspectRatio.WIDE, style=Style.STUDIO, structure_strength=1)
    )

    rows = seen(output)[600:1700, 1380:1560]
    red = rows[..., 0] - rows[..., 1]
    inside = red > (red[:, -1:] + red[:, :1]) / 2
    edge = inside.argmax(axis=1)
    fitted = np.polyval(np.polyfit(np.arange(len(edge)), edge, 1), np.arange(len(edge)))
    assert np.abs(edge - fitted).max() < 2


@pytest.mark.parametrize("prompt", ["a villa at night", "snow", "fog", "Golden hour, autumn"])
def test_a_prompt_changes_the_light_or_the_ground(prompt: str) -> None:
    usual, asked = (seen(render(ask(style=Style.NATURAL, prompt=text))) for text in ("", prompt))

    assert np.abs(usual - asked).mean() > 8


def test_a_negative_prompt_switches_a_word_off() -> None:
    switched_off = render(ask(style=Style.NATURAL, prompt="snow", negative_prompt="Snow"))

    assert switched_off.image == render(ask(style=Style.NATURAL)).image


def test_a_prompt_of_other_words_is_no_trouble() -> None:
    assert render(ask(prompt="bitte 建物 \x00 ultra-detailed 8k")).image == render(ask()).image


def test_a_lower_structure_strength_lets_textures_vary_more() -> None:
    strict, free = (seen(render(ask(structure_strength=strength))) for strength in (1.0, 0.0))

    assert np.abs(np.diff(free, axis=1)).mean() > 1.1 * np.abs(np.diff(strict, axis=1)).mean()


@pytest.mark.parametrize("guide", ["depth_image", "material_id_image"])
def test_a_guide_is_used(guide: str) -> None:
    width, height = 1024, 576
    slope = np.broadcast_to(np.linspace(0, 255, height)[:, None], (height, width)).astype(np.uint8)
    picture = file_of(Image.fromarray(slope) if guide == "depth_image" else Image.new("RGB", (width, height), "red"))

    assert render(ask(**{guide: picture}, style=Style.NATURAL)).image != render(ask(style=Style.NATURAL)).image


def test_a_guide_of_another_size_is_refused() -> None:
    with pytest.raises(PermanentEngineError, match="depth image has 64 x 64") as rejection:
        PreviewEngine().render(ask(depth_image=file_of(Image.new("L", (64, 64)))), lambda _: None, lambda: False)

    assert rejection.value.code == "INVALID_INPUT"


def test_the_shadow_of_a_leaning_leg_is_no_comb() -> None:
    """Beside the leg the ground, which the seat keeps the sun off, turns from light to dark and back once at most."""
    picture = Image.new("RGB", (1080, 1080), (222, 226, 232))
    brush = ImageDraw.Draw(picture)
    brush.polygon([(348, 560), (385, 560), (393, 795), (378, 805), (359, 800)], fill=(150, 148, 144))
    brush.polygon([(576, 600), (615, 600), (612, 866), (598, 877), (575, 870)], fill=(150, 148, 144))
    brush.polygon([(332, 536), (604, 590), (604, 627), (334, 569)], fill=(98, 110, 128))
    brush.polygon([(332, 536), (494, 480), (740, 518), (604, 590)], fill=(100, 115, 130))
    brush.polygon([(604, 590), (740, 518), (740, 550), (604, 627)], fill=(70, 80, 92))

    pixels = seen(render(ask(image=file_of(picture), style=Style.DRAMATIC)))

    beside = pixels[660:830, 397:405].mean(axis=(1, 2))
    calm = np.convolve(beside, np.ones(5) / 5, "valid")
    dark = calm < (calm.min() + calm.max()) / 2
    assert np.count_nonzero(np.diff(dark)) <= 2


def test_in_a_room_only_windows_show_the_open_air() -> None:
    """What lies behind a pane changes from its top to its foot; a cupboard's teal front is one paint."""
    picture = room()
    brush = ImageDraw.Draw(picture)
    brush.rectangle((400, 220, 560, 290), fill=(117, 151, 176))
    brush.rectangle((330, 340, 630, 420), fill=(59, 126, 124))

    pixels = seen(render(ask(image=file_of(picture), style=Style.PHOTOREALISTIC, aspect_ratio=AspectRatio.PHOTO)))

    # The room is drawn 960 pixels wide and rendered 1620 wide.
    pane, front = (
        np.ptp(pixels[round(1.6875 * top) : round(1.6875 * foot), 700:920].mean(axis=1).mean(axis=1))
        for top, foot in ((230, 280), (352, 408))
    )
    assert front < 15 < 40 < pane


def drawn_room() -> Image.Image:
    """A room with edge lines: a stool's round seat, cut into sixteen facets, and a thin dark cord."""
    times = 4
    picture = room().resize((1440 * times, 960 * times), Image.Resampling.NEAREST)
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


def test_a_thing_of_thin_facets_stays_whole() -> None:
    pixels = seen(render(ask(image=file_of(drawn_room()), style=Style.STUDIO, aspect_ratio=AspectRatio.PHOTO)))

    # Drawn 1440 pixels wide, rendered 1620 wide.
    y, x = np.mgrid[0:1080, 0:1620] / 1.125
    seat = ((x - 720) / 48) ** 2 + ((y - 700) / 11) ** 2 < 1
    # Of yellow paint and brown, the greener.
    yellow = pixels[..., 1] > 0.74 * pixels[..., 0]
    assert yellow[seat].mean() > 0.95


def test_a_thin_cord_between_two_drawn_lines_hangs_on() -> None:
    pixels = seen(render(ask(image=file_of(drawn_room()), style=Style.STUDIO, aspect_ratio=AspectRatio.PHOTO)))

    around = pixels[340:460, 650:700].mean(axis=2)
    assert (around.min(axis=1) < 0.6 * np.median(around)).mean() > 0.95
