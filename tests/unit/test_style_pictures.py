"""Every version of every style renders as its golden picture. ``make covers`` makes those of new versions."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image

from renderiq.domain.renders import AspectRatio, EngineMode, Quality
from renderiq.domain.styles import StyleVersion
from renderiq.engines import EngineRequest, Output
from renderiq.engines.preview import PreviewEngine
from renderiq.styles import registry
from tests.support.paths import ROOT

GOLDEN: Final = ROOT / "tests/data/styles"
HASHES: Final = GOLDEN / "words.json"
CAPTURE: Final = ROOT / "benchmarks/gallery/inputs/villa-gradient.png"
ROOM: Final = ROOT / "benchmarks/gallery/inputs/living-room.png"
SIZE: Final = (256, 144)
MAX_BYTES: Final = 1_000_000
_SAME: Final = 1.5
"""Levels of 255, on average at half the size: the golden picture is WebP, and another numpy may round otherwise."""


def render(style: StyleVersion) -> Output:
    capture = ROOM if style.category == "indoors" else CAPTURE
    request = EngineRequest(capture.read_bytes(), style, Quality.STANDARD, AspectRatio.WIDE, seed=1, output_size=SIZE)
    return PreviewEngine().render(request, lambda _: None, lambda: False)


def pixels(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    with Image.open(io.BytesIO(data)) as image:
        half = image.convert("RGB").resize((SIZE[0] // 2, SIZE[1] // 2), Image.Resampling.BOX)
    return np.asarray(half, np.float32)


def golden(style: StyleVersion) -> Path:
    return GOLDEN / f"{style.style_id}.webp"


def words_hash(style: StyleVersion) -> str:
    """Returns a hash of everything in a style file that a render depends on."""
    words = style.words
    given = [words.subject, words.prompt, words.negative_prompt, style.look, style.light]
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:16]


@pytest.mark.parametrize("style", registry().all_versions(), ids=lambda style: style.style_id)
def test_a_version_renders_as_its_golden_picture(style: StyleVersion) -> None:
    rendered, expected = pixels(render(style).image), pixels(golden(style).read_bytes())

    assert np.abs(rendered - expected).mean() < _SAME


@pytest.mark.parametrize("style", registry().all_versions(), ids=lambda style: style.style_id)
def test_a_version_never_changes_its_file(style: StyleVersion) -> None:
    assert json.loads(HASHES.read_text("utf-8"))[style.style_id] == words_hash(style)


def test_a_slightly_darker_picture_is_not_taken_for_the_golden_one() -> None:
    style = registry().get("photorealistic@1")
    darker = replace(style, look={**style.look, "exposure": 0.96})

    assert np.abs(pixels(render(darker).image) - pixels(golden(style).read_bytes())).mean() > _SAME


def test_the_golden_pictures_are_those_of_the_styles_and_small() -> None:
    files = sorted(GOLDEN.glob("*.webp"))

    assert [file.stem for file in files] == sorted(style.style_id for style in registry().all_versions())
    assert sum(file.stat().st_size for file in files) < MAX_BYTES


def make_missing() -> None:
    """Makes what is missing for new versions; it never replaces anything."""
    GOLDEN.mkdir(exist_ok=True)
    hashes = json.loads(HASHES.read_text("utf-8")) if HASHES.exists() else {}
    for style in registry().all_versions():
        hashes.setdefault(style.style_id, words_hash(style))
        if golden(style).exists():
            continue
        output = render(style)
        if output.report and output.report.mode is not EngineMode.REPAINTED:
            print(f"! {style.style_id}: {', '.join(output.report.reasons)}")
        with Image.open(io.BytesIO(output.image)) as image:
            image.convert("RGB").save(golden(style), "WEBP", quality=98, method=6)
        print(f"→ {golden(style).relative_to(ROOT)}")
    HASHES.write_text(json.dumps(hashes, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    make_missing()
