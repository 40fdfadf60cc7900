"""What a render costs, how large its output is, how long it takes, and when two orders are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.renders import (
    AI_ENGINE_SECONDS,
    EMBEDDED_ENGINE,
    LINK_TTL,
    MAX_ATTEMPTS,
    MAX_PROMPT,
    MAX_SOURCE_RATIO,
    REDELIVERY_DELAY,
    AspectRatio,
    EngineReport,
    Fit,
    Order,
    OutputFormat,
    Quality,
    Render,
    RenderFilters,
    RenderOutput,
    Status,
    default_prompt,
    fingerprint,
    nearest_ratio,
    source_size,
)
from tests.support.styles import FIRST, STUDIO

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ORDER = Order(
    style_id="soft@1",
    quality=Quality.STANDARD,
    aspect_ratio=AspectRatio.WIDE,
    prompt="a villa",
    negative_prompt="",
    seed=7,
    structure_strength=0.5,
    output_format=OutputFormat.PNG,
    engine=EMBEDDED_ENGINE,
)
PENDING = Render("r1", "ada", ORDER, cost=5, capture_key="captures/r1", platform="rhino", created_at=NOON)


@pytest.mark.parametrize(
    ("quality", "cost", "wide", "tall"),
    [
        (Quality.STANDARD, 5, (1920, 1080), (1080, 1920)),
        (Quality.HIGH, 10, (3840, 2160), (2160, 3840)),
        (Quality.ULTRA, 15, (3840, 2160), (2160, 3840)),
    ],
)
def test_quality_decides_price_and_size(
    quality: Quality, cost: int, wide: tuple[int, int], tall: tuple[int, int]
) -> None:
    order = replace(ORDER, quality=quality)

    assert (order.cost, order.size) == (cost, wide)
    assert AspectRatio.TALL.size(quality) == tall


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        (AspectRatio.CLASSIC, (1440, 1080)),
        (AspectRatio.SQUARE, (1080, 1080)),
        (AspectRatio.PHOTO, (1620, 1080)),
        (AspectRatio.PHOTO_TALL, (1080, 1620)),
    ],
)
def test_the_shorter_side_is_that_of_the_quality(ratio: AspectRatio, size: tuple[int, int]) -> None:
    assert ratio.size(Quality.STANDARD) == size
    assert all(isinstance(side, int) for side in ratio.size(Quality.STANDARD))


@pytest.mark.parametrize(
    ("output_format", "content_type", "extension"),
    [
        (OutputFormat.PNG, "image/png", "png"),
        (OutputFormat.JPEG, "image/jpeg", "jpg"),
        (OutputFormat.WEBP, "image/webp", "webp"),
    ],
)
def test_a_format_has_its_mime_type_and_extension(
    output_format: OutputFormat, content_type: str, extension: str
) -> None:
    assert (output_format.content_type, output_format.extension) == (content_type, extension)


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ((1600, 900), "16:9"),
        ((1600, 1200), "4:3"),
        ((1024, 768), "4:3"),
        ((1200, 1200), "1:1"),
        ((900, 1600), "9:16"),
        ((1500, 1000), "3:2"),
        ((1000, 1500), "2:3"),
        ((1440, 900), "3:2"),
        ((1920, 1017), "16:9"),
        ((3440, 1440), "16:9"),
        ((1000, 980), "1:1"),
        ((768, 1024), "2:3"),
        ((64, 6400), "9:16"),
    ],
)
def test_the_nearest_ratio_is_chosen(size: tuple[int, int], ratio: str) -> None:
    assert nearest_ratio(size) == ratio


@pytest.mark.parametrize("ratio", AspectRatio)
@pytest.mark.parametrize("quality", Quality)
def test_a_capture_of_a_supported_ratio_has_that_ratio_either_way(ratio: AspectRatio, quality: Quality) -> None:
    size = ratio.size(quality)

    assert nearest_ratio(size) is ratio
    assert source_size(size, quality) == size


@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize(
    "size", [(1440, 900), (3440, 1440), (900, 1440), (333, 77), (64, 511), (100, 101), (9000, 4000)]
)
def test_source_keeps_the_proportions_within_the_pixels_of_the_widest(size: tuple[int, int], quality: Quality) -> None:
    width, height = source_size(size, quality)
    widest = AspectRatio.WIDE.size(quality)

    assert width / height == pytest.approx(size[0] / size[1], rel=0.002)
    assert width * height <= 1.002 * widest[0] * widest[1]
    assert min(width, height) <= quality.short_side


@pytest.mark.parametrize("size", [(64, 60_000), (60_000, 64), (64, 1024)])
def test_source_has_a_longest_ratio(size: tuple[int, int]) -> None:
    for quality in Quality:
        found = source_size(size, quality)
        assert max(found) / min(found) == pytest.approx(MAX_SOURCE_RATIO, rel=0.01)
        assert max(found) < 16_384  # the longest side of a WebP
        assert (found[0] > found[1]) == (size[0] > size[1])


@pytest.mark.parametrize(
    ("size", "output"),
    [
        ((1000, 800), (1350, 1080)),
        ((800, 1000), (1080, 1350)),
        ((1000, 1000), (1080, 1080)),
        ((2100, 900), (2200, 943)),
        ((8000, 100), (4073, 509)),
    ],
)
def test_source_has_these_sizes_in_standard_quality(size: tuple[int, int], output: tuple[int, int]) -> None:
    assert source_size(size, Quality.STANDARD) == output


def test_an_order_that_names_its_ratio_is_not_changed_by_the_capture() -> None:
    assert replace(ORDER, fit=Fit.RATIO).fitted_to((800, 800)) == ORDER


def test_an_order_without_a_ratio_gets_the_nearest() -> None:
    assert replace(ORDER, fit=Fit.NEAREST).fitted_to((800, 790)) == replace(
        ORDER, fit=Fit.RATIO, aspect_ratio=AspectRatio.SQUARE
    )


def test_an_order_of_the_capture_s_own_proportions_gets_its_size() -> None:
    fitted = replace(ORDER, fit=Fit.SOURCE).fitted_to((1000, 800))

    assert (fitted.size, fitted.aspect_ratio, fitted.fit) == ((1350, 1080), AspectRatio.CLASSIC, Fit.SOURCE)


@pytest.mark.parametrize(
    ("size", "seconds"), [(None, 3), ((1000, 1000), 3), ((2000, 1000), 3), ((2400, 1000), 4), ((3840, 2160), 12)]
)
def test_the_time_of_the_embedded_engine_grows_with_the_pixels(size: tuple[int, int] | None, seconds: int) -> None:
    assert replace(ORDER, output_size=size).estimated_seconds == seconds


@pytest.mark.parametrize("engine", ["gemini", "bedrock", "zoom"])
def test_the_time_of_an_ai_engine_does_not_grow_with_the_pixels(engine: str) -> None:
    order = replace(ORDER, engine=engine, quality=Quality.ULTRA)

    assert order.estimated_seconds == AI_ENGINE_SECONDS == 40


def test_lasting_values() -> None:
    assert timedelta(minutes=1) == REDELIVERY_DELAY
    assert timedelta(days=1) == LINK_TTL
    assert (MAX_ATTEMPTS, MAX_PROMPT) == (3, 2000)


def test_the_chosen_prompt_names_style_and_platform() -> None:
    assert default_prompt(STUDIO.words.subject, "rhino") == (
        "A studio presentation of the model before a seamless neutral backdrop of a rhino model, "
        "keeping the geometry as it is."
    )
    assert " of a vectorworks model," in default_prompt(STUDIO.words.subject, "vectorworks")
    assert default_prompt(STUDIO.words.subject, "unknown") == (
        "A studio presentation of the model before a seamless neutral backdrop, keeping the geometry as it is."
    )


def test_every_style_has_a_prompt_of_its_own() -> None:
    assert len({default_prompt(style.words.subject, "unknown") for style in FIRST}) == len(FIRST)


def test_the_time_left_is_the_estimate_until_there_is_progress() -> None:
    started = replace(PENDING, status=Status.PROCESSING, started_at=NOON)

    assert PENDING.seconds_left(NOON + timedelta(seconds=50)) == ORDER.estimated_seconds
    assert started.seconds_left(NOON + timedelta(seconds=50)) == ORDER.estimated_seconds
    assert replace(PENDING, progress=50).seconds_left(NOON) == ORDER.estimated_seconds


@pytest.mark.parametrize(("progress", "elapsed", "left"), [(1, 1, 99), (50, 10, 10), (25, 10, 30), (99, 10, 1)])
def test_the_time_left_follows_from_the_progress(progress: int, elapsed: int, left: int) -> None:
    render = replace(PENDING, status=Status.PROCESSING, started_at=NOON, progress=progress)

    assert render.seconds_left(NOON + timedelta(seconds=elapsed)) == left


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED, Status.CANCELLED])
def test_an_ended_render_has_no_time_left(status: Status) -> None:
    assert replace(PENDING, status=status).seconds_left(NOON) is None


def test_processing_takes_from_the_first_start_to_the_end() -> None:
    started = replace(PENDING, started_at=NOON)
    ended = replace(started, completed_at=NOON + timedelta(seconds=2.34567))

    assert PENDING.processing_seconds is None
    assert started.processing_seconds is None
    assert replace(PENDING, completed_at=NOON).processing_seconds is None
    assert ended.processing_seconds == 2.346


def test_the_inputs_are_the_capture_and_the_guides_that_were_sent() -> None:
    assert PENDING.input_keys == ["captures/r1"]
    assert replace(PENDING, depth_key="d", material_id_key="m").input_keys == ["captures/r1", "d", "m"]


def test_a_new_render_has_done_nothing_yet() -> None:
    assert (PENDING.status, PENDING.progress, PENDING.attempts, PENDING.agent) == (Status.PENDING, 0, 0, "")
    assert not PENDING.cancel_requested
    assert not PENDING.pending_events
    assert (ORDER.fit, ORDER.model, ORDER.metadata) == (Fit.RATIO, "", {})


@pytest.mark.parametrize(
    "change",
    [
        {"style_id": "natural@1"},
        {"quality": Quality.HIGH},
        {"aspect_ratio": AspectRatio.SQUARE},
        {"fit": Fit.SOURCE},
        {"prompt": "a barn"},
        {"negative_prompt": "snow"},
        {"structure_strength": 0.6},
        {"output_format": OutputFormat.WEBP},
        {"engine": "gemini"},
        {"model": "imagen"},
        {"project_id": "p1"},
        {"callback_url": "https://example.com/"},
        {"metadata": {"view": 1}},
    ],
)
def test_a_different_order_has_a_different_fingerprint(change: dict[str, Any]) -> None:
    assert fingerprint(replace(ORDER, **change), b"image") != fingerprint(ORDER, b"image")


def test_the_seed_and_the_measured_size_are_not_part_of_a_fingerprint() -> None:
    same = replace(ORDER, seed=8, output_size=(10, 10))

    assert fingerprint(same, b"image") == fingerprint(ORDER, b"image")


def test_an_order_can_be_a_key_although_its_metadata_cannot() -> None:
    assert {replace(ORDER, metadata={"view": 1}): "found"}[replace(ORDER, metadata={"view": 1})] == "found"


def test_images_are_part_of_a_fingerprint() -> None:
    plain = fingerprint(ORDER, b"image")
    depth, ids = fingerprint(ORDER, b"image", {"depth": b"x"}), fingerprint(ORDER, b"image", {"ids": b"x"})

    assert len({plain, fingerprint(ORDER, b"other"), depth, ids, fingerprint(ORDER, b"image", {"depth": b"y"})}) == 5
    assert fingerprint(ORDER, b"image", {}) == plain


def test_a_fingerprint_is_the_same_in_every_version() -> None:
    # A plugin repeats a request up to 30 days later, and the service may have been updated in between.
    assert fingerprint(ORDER, b"image", {"depth": b"x"}) == (
        "ce049b8bfce8dd44da7fe4d1d969cd1c0f8e98649de94a240fff1b9dcfd5441d"
    )


def test_filters_and_reports_leave_out_what_is_not_given() -> None:
    assert RenderFilters() == RenderFilters(status=None, project_id=None, platform=None)
    assert RenderOutput("key", "thumbnail", 1, 1).engine_report is None
    assert EngineReport.__dataclass_fields__["reasons"].default == ()
