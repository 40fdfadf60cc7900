"""Flat-shaded pixels: patches of one colour, window frames, and whether a capture is flat-shaded at all."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.edge_lines import SMALL_CAPTURE
from renderiq.engines.preview.segment.labels import RunLengthLabels
from renderiq.engines.preview.segment.morphology import grey_dilation, local_range, median_3x3

_FLAT_RANGE: Final = 4
"""Levels that a channel varies in the 3 x 3 surroundings of a flat pixel."""
_NOISY_RANGE: Final = 13
"""The same in a capture with the ringing of JPEG compression."""
_MIN_NOISY: Final = 0.012
_MIN_NOISY_OF_EDGES: Final = 0.4
"""Noisy pixels in such a capture: of the picture, and of the number of edge pixels."""
_LUMA_601: Final = np.array([0.299, 0.587, 0.114], np.float32)
_FRAME_MAX_LUMA: Final = 95
_FRAME_MAX_CHROMA: Final = 22
_FRAME_MAX_WIDTH: Final = 3
"""Area over contour length, in pixels."""
_FRAME_MIN_GLASS_CONTACT: Final = 0.3
"""The part of a frame's contour that is next to glass."""
_GLASS_BLUENESS: Final = 20
_LARGE_PATCH: Final = 0.0004
_MIN_PATCH_COVERAGE: Final = 0.6
"""Of the picture: large patches of one colour in a flat-shaded capture."""
_MIN_FOREGROUND: Final = 0.002
"""Of the picture: what must remain besides the largest patch."""
_SMALL_MODEL: Final = 0.1
"""Of the picture."""
_MIN_MODEL_COVERAGE: Final = 0.35
_MIN_SMALL_MODEL_COVERAGE: Final = 0.2
"""Large patches of one colour in what is not the largest patch, for a model that is large or small in the picture."""
_MAX_GRADIENT: Final = 7
"""Standard deviation in levels, within a patch, of a flat-shaded capture."""

_EVEN_BACKDROP: Final = 0.01
"""Standard deviation in levels of the backdrop of a smoothly shaded model."""
_MIN_SMOOTH_COVERAGE: Final = 0.6
_MAX_SMOOTH_AREA: Final = 0.7
"""Large patches in a smoothly shaded model, and the area of the model in the picture."""


def find_flat_pixels(rgb: U8) -> Mask:
    """Returns the pixels whose 3 x 3 surroundings have one colour, (height, width).

    Gentle gradients count as one colour, and so does the ringing of JPEG compression if the capture has any.
    """
    levels = local_range(rgb)
    # Small captures have soft, short edges: with the strict limit thin walls would have no flat pixel.
    flat = levels <= (_FLAT_RANGE if max(rgb.shape) >= SMALL_CAPTURE else 2 * _FLAT_RANGE)
    noisy = float((levels <= _NOISY_RANGE).mean() - flat.mean())
    if noisy < max(_MIN_NOISY, _MIN_NOISY_OF_EDGES * float((levels > _NOISY_RANGE).mean())):
        return flat
    return np.asarray(local_range(median_3x3(rgb)) <= _NOISY_RANGE)


def find_window_frames(rgb: U8, components: I32, runs: RunLengthLabels, colour: F32) -> Mask:
    """Returns for each component whether it is a dark, narrow piece of a window frame beside glass.

    ``runs`` encodes ``components``; ``colour`` (labels, 3) has their means. Frames are drawn anew at output size.
    """
    contour = np.zeros(components.shape, np.bool_)
    differs_below = components[1:] != components[:-1]
    differs_beside = components[:, 1:] != components[:, :-1]
    contour[1:] |= differs_below
    contour[:-1] |= differs_below
    contour[:, 1:] |= differs_beside
    contour[:, :-1] |= differs_beside
    area, length = np.maximum(runs.area(), 1), runs.sum(contour)
    is_dark = (colour @ _LUMA_601 < _FRAME_MAX_LUMA) & (np.ptp(colour, axis=1) < _FRAME_MAX_CHROMA)
    is_frame: Mask = is_dark & (area < _FRAME_MAX_WIDTH * length)
    is_frame[0] = False
    if is_frame.any():
        bluish = (rgb[..., 2] > rgb[..., 0].astype(np.int16) + _GLASS_BLUENESS).astype(np.uint8)
        near_glass = grey_dilation(bluish, 9) > 0
        is_frame &= runs.sum(contour & near_glass) > _FRAME_MIN_GLASS_CONTACT * length
    return is_frame


def is_flat_shaded(rgb: U8, runs: RunLengthLabels, area: I32) -> bool:
    """Returns whether a capture consists of large patches of one colour; a photo has gradients and grain.

    ``area`` has the flat pixels of each component that ``runs`` encodes, and 0 for components that are not flat.
    """
    size = rgb.shape[0] * rgb.shape[1]
    is_large = area > _LARGE_PATCH * size
    covered = int(area[is_large].sum())
    if covered < _MIN_PATCH_COVERAGE * size:
        return False
    # A photo of a product before an even backdrop is flat for the most part; so the rest has to be flat as well.
    largest = int(area.argmax())
    rest = size - int(area[largest])
    if rest < _MIN_FOREGROUND * size:
        return False
    covered -= int(area[largest])
    # A small model is mostly edges, so that less of it has to be flat.
    if covered < (_MIN_MODEL_COVERAGE if rest > _SMALL_MODEL * size else _MIN_SMALL_MODEL_COVERAGE) * rest:
        return False
    # A soft photo is flat from pixel to pixel, but its patches run through many levels.
    grey = rgb[..., 0].astype(np.float32) + rgb[..., 1] + rgb[..., 2]
    grey *= np.float32(1 / 3)
    _, deviation = runs.mean_and_deviation(grey, area)
    inner = is_large.copy()
    inner[largest] = False
    if not inner.any() or np.average(deviation[inner], weights=area[inner]) < _MAX_GRADIENT:
        return True
    # Smooth shading runs through many levels too, but it has no grain and an even backdrop.
    return bool(
        deviation[largest] < _EVEN_BACKDROP and covered > _MIN_SMOOTH_COVERAGE * rest and rest < _MAX_SMOOTH_AREA * size
    )
