"""Draws over a finished picture: paper, washes of colour, and lines where the capture has edges."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from renderiq.engines.preview.look.styles import Drawing
from renderiq.engines.preview.raster import F32, LUMA, U8, CheckCancelled

_WORKING_SIDE: Final = 1280
"""Pixels of the longer side at which lines are found and colours run together."""
_ROWS: Final = 256
"""Rows that are composed at a time."""
_EDGE: Final = (10.0, 44.0)
"""Difference of levels of neighbouring pixels at which a line begins to show, and at which it is full."""
_PAPER_GRAIN: Final = 0.022
_PIGMENT_CELLS: Final = (9, 40, 150)
"""Cells across the picture of the noise that pigment lies by."""
_WOBBLE_CELLS: Final = 46
_EDGE_DARKENING: Final = 0.55
"""How much darker pigment is where a wash ends."""


def draw_over(pixels: U8, capture: Image.Image, drawing: Drawing, seed: int, check_cancelled: CheckCancelled) -> U8:
    """Returns the drawing of a finished picture (height, width, 3) in sRGB of the same size.

    Its lines are the edges of the ``capture``, which shows the same view. The same seed gives the same drawing.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    rng = np.random.Generator(np.random.PCG64(seed & 0xFFFFFFFF))
    wobble = _noise(rng, size, _WOBBLE_CELLS), _noise(rng, size, _WOBBLE_CELLS)
    lines = _lines(capture.convert("RGB"), size, drawing, wobble)
    check_cancelled()
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.LANCZOS)
    washed = _run_together(small, drawing.smoothing * max(size) / 1000)
    check_cancelled()
    pigment = _pigment(washed, drawing, rng, size)
    paper_grain = (rng.random((_ROWS, width), dtype=np.float32) - 0.5) * np.float32(_PAPER_GRAIN)
    full = width, height
    colours = Image.fromarray(washed).resize(full, Image.Resampling.BICUBIC)
    ink = Image.fromarray((lines * 255).astype(np.uint8)).resize(full, Image.Resampling.BICUBIC)
    density = Image.fromarray((pigment * 127).clip(0, 255).astype(np.uint8)).resize(full, Image.Resampling.BICUBIC)
    out = np.empty_like(pixels)
    paper, line = (np.array(each, np.float32) for each in (drawing.paper, drawing.line))
    for top in range(0, height, _ROWS):
        check_cancelled()
        box = (0, top, width, min(top + _ROWS, height))
        colour = np.asarray(colours.crop(box), np.float32) / np.float32(255)
        amount = np.asarray(density.crop(box), np.float32)[..., None] / np.float32(127)
        grey = (colour @ LUMA)[..., None]
        # Pigment is transparent: it takes light from the paper, more where it lies thickly.
        transmitted = np.power(np.clip(colour, 0.02, 1), amount)
        band = paper * (1 - drawing.wash * (1 - transmitted))
        band *= 1 - drawing.tone * (1 - grey)
        band += paper_grain[: len(band), :, None]
        opacity = np.asarray(ink.crop(box), np.float32)[..., None] * np.float32(drawing.line_strength / 255)
        band += (line - band) * opacity
        out[top : box[3]] = np.clip(band * 255 + 0.5, 0, 255).astype(np.uint8)
    return out


def _lines(capture: Image.Image, size: tuple[int, int], drawing: Drawing, wobble: tuple[F32, F32]) -> F32:
    """Returns the opacity (height, width) of lines along the edges of the capture, 0 to 1."""
    view = capture.resize(size, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.8))
    levels = np.asarray(view).astype(np.int16)
    across, down = (np.zeros(levels.shape[:2], np.int16) for _ in range(2))
    across[:, 1:-1] = np.abs(levels[:, 2:] - levels[:, :-2]).max(axis=2)
    down[1:-1] = np.abs(levels[2:] - levels[:-2]).max(axis=2)
    strength = np.hypot(across.astype(np.float32), down.astype(np.float32))
    line = np.clip((strength - _EDGE[0]) / (_EDGE[1] - _EDGE[0]), 0, 1)
    ink = Image.fromarray((line * 255).astype(np.uint8))
    # Both sides of a drawn edge line have a gradient: closing makes one line of the two.
    ink = ink.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))
    width = drawing.line_width * max(size) / 1000
    if width > 1.6:
        ink = ink.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.GaussianBlur(0.6))
    opacity: F32 = np.asarray(ink, np.float32) / np.float32(255)
    reach = np.float32(drawing.wobble * max(size) / 1000)
    if not reach:
        return opacity
    rows, columns = np.indices(opacity.shape, dtype=np.float32)
    rows = np.clip(np.rint(rows + wobble[0] * reach), 0, size[1] - 1).astype(np.intp)
    columns = np.clip(np.rint(columns + wobble[1] * reach), 0, size[0] - 1).astype(np.intp)
    moved: F32 = opacity[rows, columns]
    # A second, fainter stroke beside the first, as a hand draws.
    strokes: F32 = np.maximum(opacity * np.float32(0.35), moved)
    return strokes


def _run_together(picture: Image.Image, reach: float) -> U8:
    """Returns the picture with colours that run into one another, but not across strong edges."""
    if reach < 0.5:
        return np.asarray(picture)
    factor = max(1, round(reach / 2))
    small = picture.resize((max(1, picture.width // factor), max(1, picture.height // factor)), Image.Resampling.BOX)
    for _ in range(2):
        small = small.filter(ImageFilter.MedianFilter(5))
    return np.asarray(small.resize(picture.size, Image.Resampling.BICUBIC))


def _pigment(washed: U8, drawing: Drawing, rng: np.random.Generator, size: tuple[int, int]) -> F32:
    """Returns how thickly the colour lies (height, width), 1 being usual."""
    if not drawing.pigment:
        return np.ones((size[1], size[0]), np.float32)
    cloud = np.zeros((size[1], size[0]), np.float32)
    for cells in _PIGMENT_CELLS:
        cloud += _noise(rng, size, cells)
    level = Image.fromarray(washed).convert("L")
    ends = np.abs(np.asarray(level, np.float32) - np.asarray(level.filter(ImageFilter.GaussianBlur(4)), np.float32))
    thick = 1 + np.float32(drawing.pigment) * (cloud * np.float32(0.33) + _EDGE_DARKENING * np.clip(ends / 24, 0, 1))
    return thick.astype(np.float32)


def _noise(rng: np.random.Generator, size: tuple[int, int], cells: int) -> F32:
    """Returns smooth noise (height, width) from -1 to 1 with ``cells`` across."""
    rows = max(2, round(cells * size[1] / size[0]))
    grid = Image.fromarray(rng.random((rows, cells), dtype=np.float32) * 2 - 1)
    return np.asarray(grid.resize(size, Image.Resampling.BICUBIC), np.float32)
