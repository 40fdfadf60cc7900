"""The densest captures that can be drawn: fine combs, fences, tiles and dots, at the size of a large viewport."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1600, 900
EMPTY = (226, 230, 236)
DARK = (57, 57, 57)
INK = (20, 20, 20)
PALE, SHADED = (200, 196, 188), (150, 146, 138)
OVERSAMPLING = 2


@dataclass(frozen=True)
class DenseResult:
    """One picture: the mode it was rendered in, and the processor seconds that it took."""

    name: str
    mode: str
    seconds: float


def dense_captures() -> Iterator[tuple[str, Image.Image]]:
    """Yields the names and the pictures; the first one is plain, for comparison."""
    yield "plain", _comb(400, 2)
    for step, width in ((5, 2), (4, 1)):
        yield f"comb of lines, every {step} pixels", _comb(step, width)
    yield "comb of slanting lines", _comb(6, 2, slant=80)
    yield "comb of pale lines before a dark viewport", _comb(5, 2, background=DARK, ink=(210, 200, 180))
    yield "comb of coloured lines", _comb(5, 2, ink=(30, 60, 220))
    for step in (8, 12):
        yield f"comb of {step // 2} pixels wide faces", _teeth(step)
    yield "comb of slanting faces", _teeth(10, slant=80)
    yield "rows of fences", _fences()
    for side in (8, 14, 30):
        yield f"tiles of {side} pixels in all colours", _tiles(side)
    yield "dots", _dots()


def measure_dense() -> list[DenseResult]:
    """Renders each picture once (photorealistic, standard quality)."""
    from renderiq.domain.renders import AspectRatio, Quality
    from renderiq.engines import EngineRequest
    from renderiq.engines.preview import PreviewEngine
    from renderiq.styles import registry

    found = []
    for name, picture in dense_captures():
        file = io.BytesIO()
        picture.save(file, "PNG")
        request = EngineRequest(file.getvalue(), registry().newest()[0], Quality.STANDARD, AspectRatio.WIDE, seed=1)
        started = time.process_time()
        report = PreviewEngine().render(request, lambda _: None, lambda: False).report
        found.append(DenseResult(name, "-" if report is None else report.mode.value, time.process_time() - started))
    return found


def _canvas(background: tuple[int, int, int], scale: int = 1) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), background)
    return picture, ImageDraw.Draw(picture)


def _comb(
    step: int,
    width: int,
    slant: int = 0,
    background: tuple[int, int, int] = EMPTY,
    ink: tuple[int, int, int] = INK,
) -> Image.Image:
    picture, pen = _canvas(background)
    pen.rectangle((200, 150, 1400, 750), fill=PALE)
    for x in range(200, 1400, step):
        pen.line([(x, 150), (x + slant, 750)], fill=ink, width=width)
    return picture


def _teeth(step: int, slant: int = 0) -> Image.Image:
    """Faces that hang from a beam, every ``step`` pixels, half as wide."""
    picture, pen = _canvas(EMPTY, OVERSAMPLING)
    step, slant = step * OVERSAMPLING, slant * OVERSAMPLING
    pen.rectangle((400, 300, 2800, 420), fill=PALE)
    for number, x in enumerate(range(400, 2800, step)):
        face = [(x, 420), (x + step // 2, 420), (x + step // 2 + slant, 1500), (x + slant, 1500)]
        pen.polygon(face, fill=PALE if number % 2 else SHADED)
    return picture.reduce(OVERSAMPLING)


def _fences() -> Image.Image:
    picture, pen = _canvas(EMPTY, OVERSAMPLING)
    for top in range(300, 1620, 220):
        pen.rectangle((200, top, 3000, top + 10), fill=(90, 80, 70))
        for x in range(200, 3000, 20):
            pen.rectangle((x, top, x + 8, top + 180), fill=(90, 80, 70))
    return picture.reduce(OVERSAMPLING)


def _tiles(side: int) -> Image.Image:
    picture, pen = _canvas(EMPTY)
    colours = np.random.default_rng(side).integers(60, 220, (600 // side + 1, 1200 // side + 1, 3))
    for row, top in enumerate(range(150, 750, side)):
        for column, left in enumerate(range(200, 1400, side)):
            red, green, blue = (int(each) for each in colours[row, column])
            pen.rectangle((left, top, left + side - 2, top + side - 2), fill=(red, green, blue), outline=INK)
    return picture


def _dots() -> Image.Image:
    pixels = np.full((HEIGHT, WIDTH, 3), EMPTY[0], np.uint8)
    pixels[150:750, 200:1400] = 180
    pixels[150:750, 200:1400][np.random.default_rng(1).random((600, 1200)) < 0.25] = INK[0]
    return Image.fromarray(pixels)
