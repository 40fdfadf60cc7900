"""Cancellation of a preview render while a stage is running."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from renderiq.domain.renders import AspectRatio, OutputFormat, Quality
from renderiq.engines import EngineRequest, RenderCancelledError
from renderiq.engines.preview import PreviewEngine
from renderiq.engines.preview.look.styles import look_of
from renderiq.engines.preview.look.tone_mapping import grade_photo
from renderiq.engines.preview.raster import BAND_ROWS
from renderiq.engines.preview.segment.scene import segment_capture
from tests.support.styles import PHOTOREALISTIC, SOFT
from tests.unit.test_preview_engine import draw_photo, encode_image, load_capture, make_request

SEGMENTATION, TRACING, SHADOWS, BACKDROP = 5, 20, 35, 42
"""Progress in per cent at the beginning of each stage."""
SHADING = 52
OUTPUT_ROWS = 1080


class CancelAt:
    """Answers ``should_cancel`` with True from one look on; ``looks`` counts the looks at each progress."""

    def __init__(self, progress: int, look: int) -> None:
        self._cancel_at = progress, look
        self.reported: list[int] = []
        self.looks: Counter[int] = Counter()

    def __call__(self) -> bool:
        progress = self.reported[-1] if self.reported else -1
        self.looks[progress] += 1
        return (progress, self.looks[progress]) == self._cancel_at


def render_until_cancelled(request: EngineRequest, progress: int, look: int) -> CancelAt:
    """Renders ``request`` and asserts that it was cancelled."""
    should_cancel = CancelAt(progress, look)
    with pytest.raises(RenderCancelledError):
        PreviewEngine().render(request, should_cancel.reported.append, should_cancel)
    return should_cancel


@pytest.mark.parametrize("stage", [SEGMENTATION, TRACING, SHADOWS, BACKDROP])
@pytest.mark.parametrize("look", [1, 2])
def test_a_cancellation_during_a_stage_ends_that_stage(stage: int, look: int) -> None:
    cancelled = render_until_cancelled(make_request(style=PHOTOREALISTIC), stage, look)

    assert cancelled.reported[-1] == stage
    assert cancelled.looks[stage] == look


@pytest.mark.parametrize("stage", [SEGMENTATION, TRACING, SHADOWS, BACKDROP])
def test_each_stage_looks_at_cancellation_within_it(stage: int) -> None:
    should_cancel = CancelAt(100, 1)

    PreviewEngine().render(make_request(style=PHOTOREALISTIC), should_cancel.reported.append, should_cancel)

    # The last look of a stage is the one before its end is reported.
    assert should_cancel.looks[stage] > 2


@pytest.mark.parametrize("bands", [1, 4])
def test_a_cancellation_during_shading_ends_it_after_the_band(bands: int) -> None:
    progress = SHADING + 36 * bands * BAND_ROWS // OUTPUT_ROWS

    cancelled = render_until_cancelled(make_request(), progress, 1)

    assert len([each for each in cancelled.reported if each > SHADING]) == bands


class CountedChecks:
    """A ``check_cancelled`` that raises at one call; ``count`` is the number of calls."""

    def __init__(self, cancel_at: int = 0) -> None:
        self._cancel_at = cancel_at
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self._cancel_at:
            raise RenderCancelledError


def test_segmentation_of_a_large_capture_ends_at_the_check_that_raises() -> None:
    with Image.open(io.BytesIO(load_capture())) as picture:
        rgb = np.asarray(picture.convert("RGB").resize((1600, 900)))
    all_checks = CountedChecks()
    segment_capture(rgb, check_cancelled=all_checks)

    for cancel_at in range(1, all_checks.count + 1):
        checks = CountedChecks(cancel_at)
        with pytest.raises(RenderCancelledError):
            segment_capture(rgb, check_cancelled=checks)
        assert checks.count == cancel_at
    assert all_checks.count > 8


def test_a_cancellation_while_a_photo_is_graded_ends_it_after_the_band() -> None:
    checks = CountedChecks(3)

    with pytest.raises(RenderCancelledError):
        grade_photo(np.asarray(draw_photo(640, 1280)), look_of(SOFT), checks)

    assert checks.count == 3


def test_a_cancellation_between_the_filters_of_ultra_ends_it() -> None:
    request = make_request(image=encode_image(draw_photo()), quality=Quality.ULTRA, aspect_ratio=AspectRatio.SQUARE)

    cancelled = render_until_cancelled(request, 88, 1)

    assert cancelled.reported[-1] == 88


@pytest.mark.parametrize("output_format", OutputFormat)
def test_a_cancellation_during_encoding_ends_it(output_format: OutputFormat) -> None:
    cancelled = render_until_cancelled(make_request(output_format=output_format), 88, 3)

    assert (cancelled.reported[-1], cancelled.looks[88]) == (88, 3)
