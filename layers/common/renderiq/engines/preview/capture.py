"""A capture as it is read: without compression artefacts, segmented, and judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageChops

from renderiq.engines.images import strips
from renderiq.engines.preview.classify.confidence import Confidence, Doubt, judge_scene
from renderiq.engines.preview.classify.single_object import is_single_object
from renderiq.engines.preview.classify.surfaces import classify_surfaces
from renderiq.engines.preview.raster import U8, CheckCancelled, gaussian_blur, never_cancelled
from renderiq.engines.preview.segment.antialiasing import smooth_steps
from renderiq.engines.preview.segment.deblocking import find_noise, remove_compression_artefacts
from renderiq.engines.preview.segment.scene import WORKING_SIDE, Scene, resize_for_analysis, segment_capture
from renderiq.engines.preview.segment.viewport_background import (
    ViewportBackground,
    background_from_alpha,
    find_viewport_background,
)

_KEY_COLOUR: Final = (255, 0, 255)
"""Replaces the transparent pixels of a capture (chroma key)."""


_MAX_CHANGE: Final = 8
"""Levels by which the removal of artefacts may change a pixel that is kept."""


_EDGE_SHARE: Final = 90
"""Of 255: how much of the surroundings of a pixel has changed, if it is at an edge."""
_MAX_SURROUNDINGS: Final = 1.0
"""Of the side of what is shown: what is looked at on either side of it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was cropped away to the output's proportions, because it tells whether a colour is the background.

    ``rgb`` (height, width, 3) is the capture at the scale of ``Capture.kept``, which is the part ``inner`` of it.
    """

    rgb: U8
    inner: tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture in the proportions of the output.

    ``picture`` is as it was sent, composited on white. ``clean`` (height, width, 3) has no compression artefacts and
    is at most ``WORKING_SIDE`` pixels wide or high; ``kept`` is the same with weak edges as they were. ``scene`` was
    segmented from ``working``. ``alpha`` (height, width) is the capture's opacity at the size of ``clean``, or None if
    it is opaque. ``whole`` is what was sent, as ``clean``, as ``kept`` and which part of it these are. ``is_noisy``
    says that thin lines cannot be told from what is beside them, because that has noise or a texture.
    """

    picture: Image.Image
    clean: U8
    kept: U8
    working: U8
    alpha: U8 | None
    whole: tuple[U8, U8, tuple[slice, slice]]
    scene: Scene | None
    confidence: Confidence
    is_noisy: bool


def surroundings_of(decoded: Image.Image, cropped: tuple[int, int]) -> Surroundings | None:
    """Returns ``decoded`` around its central part of the size ``cropped``, or None if nothing was cropped away."""
    if decoded.size == cropped:
        return None
    scale = min(1.0, WORKING_SIDE / max(cropped))
    inner = [max(1, round(side * scale)) for side in cropped]
    # The scale is that of the cropped part, so that its pixels are the same as without surroundings.
    steps = [side / reduced for side, reduced in zip(cropped, inner, strict=True)]
    starts = [(whole - side) // 2 for whole, side in zip(decoded.size, cropped, strict=True)]
    ends = [start + side for start, side in zip(starts, cropped, strict=True)]
    before = [
        min(int(start / step), round(_MAX_SURROUNDINGS * side))
        for start, step, side in zip(starts, steps, inner, strict=True)
    ]
    after = [
        min(int((whole - end) / step), round(_MAX_SURROUNDINGS * side))
        for whole, end, step, side in zip(decoded.size, ends, steps, inner, strict=True)
    ]
    if not any(before + after):
        return None
    low = [start - many * step for start, many, step in zip(starts, before, steps, strict=True)]
    high = [end + many * step for end, many, step in zip(ends, after, steps, strict=True)]
    size = [many + side + more for many, side, more in zip(before, inner, after, strict=True)]
    box = (low[0], low[1], min(high[0], decoded.width), min(high[1], decoded.height))
    part = decoded.resize((size[0], size[1]), Image.Resampling.HAMMING, box, reducing_gap=3.0)
    rows, columns = (slice(before[axis], before[axis] + inner[axis]) for axis in (1, 0))
    return Surroundings(np.asarray(part.convert("RGB")), (rows, columns))


def read_capture(
    picture: Image.Image,
    alpha: Image.Image | None,
    check_cancelled: CheckCancelled = never_cancelled,
    surroundings: Surroundings | None = None,
) -> Capture:
    """Segments a ``picture``, whose opacity is ``alpha`` (None if it is opaque), and judges the result."""
    scale = WORKING_SIDE / max(picture.size)
    reduced = picture
    if scale < 1:
        width, height = (max(1, round(side * scale)) for side in picture.size)
        reduced = picture.resize((width, height), Image.Resampling.HAMMING, reducing_gap=3.0)
    inner = (slice(None), slice(None))
    clean = kept = np.asarray(reduced.convert("RGB"))
    if surroundings is not None:
        inner = surroundings.inner
        clean = kept = surroundings.rgb
    is_noisy = False
    if alpha is None:
        noise = find_noise(kept)
        is_noisy = noise.is_noisy
        clean = remove_compression_artefacts(kept, check_cancelled, noise)
        if clean is not kept:
            # What changed more may have been a weak edge: regions are better without it, pixels are not.
            is_weak = np.ones(kept.shape[:2], np.bool_)
            for channel in range(3):
                is_weak &= np.abs(clean[..., channel].astype(np.int16) - kept[..., channel]) < _MAX_CHANGE
            # A single pixel is noise, and an edge is not.
            is_edge = gaussian_blur((~is_weak).astype(np.uint8) * 255, 1.0) > _EDGE_SHARE
            kept = np.where(is_edge[..., None], kept, clean)
        kept = smooth_steps(kept)
    whole = (clean, kept, inner)
    clean, kept = (clean[inner], kept[inner]) if clean is not kept else (clean[inner],) * 2
    if alpha is None:
        working = resize_for_analysis(Image.fromarray(np.ascontiguousarray(clean)))
        scene = segment_capture(working, check_cancelled=check_cancelled)
        opacity = None
    else:
        working = resize_for_analysis(_replace_transparency(picture, alpha))
        scene = segment_capture(working, _KEY_COLOUR, check_cancelled)
        opacity = np.asarray(alpha.resize(reduced.size, Image.Resampling.BILINEAR))
    check_cancelled()
    if scene is None:
        confidence = Confidence(0.0, (Doubt.NOT_FLAT_SHADED,))
    else:
        confidence = judge_scene(scene, working, has_alpha=alpha is not None)
        if confidence.doubts == (Doubt.SEEN_FROM_ABOVE,) and is_single_object(scene, classify_surfaces(scene), working):
            # It is shown in a studio, which looks right from above as well.
            confidence = Confidence(confidence.score, ())
    return Capture(picture, clean, kept, working, opacity, whole, scene, confidence, is_noisy)


def find_background_of(
    capture: Capture, check_cancelled: CheckCancelled = never_cancelled
) -> ViewportBackground | None:
    """Returns the background of a capture by its pixels, at the size of ``clean``, or None if there is none."""
    if capture.alpha is not None:
        return background_from_alpha(capture.clean, capture.alpha)
    if capture.scene is not None and capture.scene.is_interior and Doubt.DARK_ROOM not in capture.confidence.doubts:
        return None
    clean, kept, inner = capture.whole
    found = find_viewport_background(clean, check_cancelled, must_be_even=capture.scene is None, shown=kept)
    return None if found is None else found.cut(inner)


def _replace_transparency(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    """Returns ``picture``, which was composited on white, composited on the key colour instead.

    The key colour is white without green, so that only the green of transparent pixels changes.
    """
    replaced = Image.new("RGB", picture.size)
    for box in strips(picture):
        red, green, blue = picture.crop(box).split()
        transparency = ImageChops.invert(alpha.crop(box))
        replaced.paste(Image.merge("RGB", (red, ImageChops.subtract(green, transparency), blue)), box)
    return replaced
