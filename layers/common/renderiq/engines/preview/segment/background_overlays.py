"""Overlays before the background of a viewport: grids, axes, dimensions, and what leans on the model."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.backdrop_model import (
    CLEARLY,
    DARK,
    FRAME_INSET,
    I16,
    MATCH,
    OVERLAY_WIDTH,
    chroma_of,
    difference_from,
    highest_channel,
)
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import binary_dilation, grey_dilation, grey_erosion, grey_opening

_MIN_CORE: Final = 0.12
"""Of an object that stands alone: what is wider than an overlay."""
_THIN: Final = 5
"""Pixels: wider than what is left of an overlay beside the model."""
_RIM: Final = 8
_RIM_CHROMA: Final = 12
_RIM_CONTRAST: Final = 24
"""Pixels: width of the soft rim of a model, its highest chroma, and levels between the background and the model."""
_OVERLAY_CONTRAST: Final = 44
_OVERLAY_CONTRAST_ON_BRIGHT: Final = 20
_DULL_CHROMA: Final = 10
_DULL_CONTRAST: Final = 60
_AXIS_LENGTHS: Final = (0.045, 0.25)
"""Chroma of a dull axis over that of the background, levels between them at most, and its length as a part of the
longer side: if it touches the frame, and if it does not."""
_GRID_PERCENT: Final = 95
_GRID_MARGIN: Final = 6.0
_MIN_GRID: Final = 0.004
"""Of the pixels of grid lines, how many are at most as bright as a grid, levels more, and the part of the picture that
a grid covers."""
_AXIS_CHROMA: Final = 50
_MIN_PURITY: Final = 0.7
"""Levels of chroma of an axis, over that of the background, and its part of the difference from the background."""
_SIDE_WIDTH: Final = 2
_MIN_SIDE_AREA: Final = 12
"""Pixels: the width of the shaded side of a post, and its area; the end of a line of a grid has less."""
_MAX_TEXT: Final = 0.0012
_MIN_OVERLAYS: Final = 3
"""Of the picture: a text that stands alone, and how many thin overlays are beside such a text."""
_LEANING_WIDTH: Final = 9
_LEANING_REACH: Final = 13
_LEANING_LENGTH: Final = 0.04
_LEANING_THICKNESS: Final = 20
_LEANING_FOOT: Final = 40
"""An overlay that leans on the model: pixels of its width at most, the side of the square around the model that it
leaves, its length as a part of the longer side, its area over its length, and the pixels where it leaves the square."""
_MAX_OVERLAY_AREA: Final = 0.06
"""Of the model: overlays that stand alone before the background."""


def drop_overlays(rgb: U8, mask: Mask, model: F32, contrast: F32, axes: Mask) -> Mask:
    """Returns the background with the thin overlays before it, such as grids, axes, dimensions and section boxes.

    Those are thin things that stand alone, and thin things beside the model that are as weak as a grid, coloured as an
    axis, or darker than a dark background.
    """
    shown = (~mask).astype(np.uint8)
    thin = (shown > 0) & (grey_opening(shown, _THIN) == 0)
    difference = difference_from(rgb, model)
    is_dark = (model.mean(axis=1) < DARK)[:, None] & (highest_channel(rgb) < model.max(axis=1)[:, None] + MATCH)
    if is_dark.any() and float(np.median(np.ptp(model, axis=1))) < _RIM_CHROMA:
        mask = _drop_rim(mask, is_dark & (chroma_of(rgb) < _RIM_CHROMA), difference)
    weak = thin & ~mask & (difference < contrast)
    sides = find_shaded_sides(weak, ~mask & (difference > contrast + CLEARLY))
    mask = mask | thin & (is_dark | axes) | weak & ~sides
    model_mask = ~mask
    is_core = grey_erosion(model_mask.astype(np.uint8), OVERLAY_WIDTH) > 0
    parts = connected_components(grey_dilation(model_mask.astype(np.uint8), 3))
    count = int(parts.max()) + 1
    has_core = np.bincount(parts[is_core], minlength=count) > _MIN_CORE * np.bincount(
        parts[model_mask], minlength=count
    )
    # Beside a dimension line its text stands alone as well.
    size = np.bincount(parts[model_mask], minlength=count)
    is_text = (size < _MAX_TEXT * mask.size) & bool((~has_core[size > 0]).sum() > _MIN_OVERLAYS)
    alone = model_mask & ~(has_core & ~is_text)[parts]
    if alone.sum() > _MAX_OVERLAY_AREA * max(1, int(model_mask.sum())):
        return mask
    return mask | alone | _find_leaning_overlays(model_mask & ~alone, alone)


def _find_leaning_overlays(model: Mask, alone: Mask) -> Mask:
    """Returns long thin things that lean on the ``model`` at one end, if such things also stand ``alone``.

    A drawing aid may touch the model. Without others beside it, it may be a post.
    """
    longest = max(model.shape)
    none: Mask = np.zeros_like(model)
    if (_long_parts(alone, longest) > 0).sum() < _MIN_OVERLAYS:
        return none
    core = grey_opening(model.astype(np.uint8), _LEANING_WIDTH)
    pieces = connected_components(core)
    # The text of a dimension is wider than its line.
    core[(np.bincount(pieces.ravel()) < _MAX_TEXT * model.size)[pieces]] = 0
    branch = model & (core == 0)
    far = branch & (grey_dilation(core, _LEANING_REACH) == 0)
    parts = connected_components(grey_dilation(far.astype(np.uint8), 5)) * far
    extent = _long_parts(far, longest, parts)
    area = np.bincount(parts.ravel(), minlength=len(extent))
    foot = np.bincount(parts[(grey_dilation(core, _LEANING_REACH + 2) > 0) & far], minlength=len(extent))
    is_leaning = (extent > 0) & (area < _LEANING_THICKNESS * extent) & (foot < _LEANING_FOOT)
    is_leaning[0] = False
    found: Mask = is_leaning[parts]
    if not found.any():
        return none
    stub: Mask = branch & (grey_dilation(found.astype(np.uint8), _LEANING_REACH + 2) > 0)
    return found | stub


def _long_parts(mask: Mask, longest: int, parts: I32 | None = None) -> NDArray[np.int64]:
    """Returns the longer side of the bounding box of each part of ``mask``, 0 if it is shorter than overlays are."""
    if parts is None:
        parts = connected_components(grey_dilation(mask.astype(np.uint8), 5)) * mask
    count = int(parts.max()) + 1
    y, x = np.nonzero(parts)
    owner = parts[y, x]
    extent = np.zeros(count, np.int64)
    for place in (y, x):
        low, high = np.full(count, max(mask.shape), np.int64), np.zeros(count, np.int64)
        np.minimum.at(low, owner, place)
        np.maximum.at(high, owner, place)
        extent = np.maximum(extent, high - low + 1)
    extent[0] = 0
    return np.where(extent > _LEANING_LENGTH * longest, extent, 0)


def _drop_rim(mask: Mask, is_dark: Mask, difference: I16) -> Mask:
    """Returns the background with the soft dark rim that models have before a dark background.

    The rim is beside parts of the model that stand out, so that dark faces stay.
    """
    clear = ~mask & (difference > _RIM_CONTRAST)
    dark = (is_dark & ~mask).astype(np.uint8)
    # Its corners belong to a face as well.
    face = grey_dilation(grey_erosion(dark, 2 * _RIM - 1), 4 * _RIM + 1) > 0
    candidate = (dark > 0) & ~face & (grey_dilation(clear.astype(np.uint8), 2 * _RIM + 1) > 0)
    grown = mask.copy()
    for _ in range(_RIM):
        beside = binary_dilation(grown) & candidate
        if not (beside & ~grown).any():
            break
        grown |= beside
    return grown


def overlay_contrast(model: F32) -> F32:
    """Returns for each row, (height, 1), how much an overlay may differ from the background at most."""
    is_dark = model.mean(axis=1) < DARK
    contrast: F32 = np.where(is_dark, _OVERLAY_CONTRAST, _OVERLAY_CONTRAST_ON_BRIGHT)[:, None]
    return contrast


def find_axes(rgb: U8, model: F32) -> Mask:
    """Returns the pixels of axes: those in pure colours, and before a dark background long thin lines in dull ones."""
    difference, chroma, usual = difference_from(rgb, model), chroma_of(rgb), np.ptp(model, axis=1)[:, None]
    red, green, blue = (rgb[..., channel].astype(np.int16) for channel in range(3))
    # Ropes and posts have the colours between red and green.
    is_warm = (red >= green) & (green > blue + (red - blue) // 4)
    # Where a line is thinner than a pixel, what the background adds does not matter.
    is_pure = chroma > usual + _MIN_PURITY * difference
    axes: Mask = (chroma > usual + _AXIS_CHROMA) & is_pure & ~is_warm
    is_dark = (model.mean(axis=1) < DARK)[:, None]
    candidate = is_dark & (chroma > usual + _DULL_CHROMA) & (difference < _DULL_CONTRAST)
    if not candidate.any():
        return axes
    solid = grey_opening(candidate.astype(np.uint8), _THIN) > 0
    parts = connected_components(grey_dilation((candidate & ~solid).astype(np.uint8), 3))
    y, x = np.nonzero(parts)
    owner, count = parts[y, x], int(parts.max()) + 1
    longest = np.zeros(count, np.int64)
    for place in (y, x):
        low, high = np.full(count, max(parts.shape), np.int64), np.zeros(count, np.int64)
        np.minimum.at(low, owner, place)
        np.maximum.at(high, owner, place)
        longest = np.maximum(longest, high - low)
    at_frame = np.zeros(count, np.bool_)
    for line in (parts[FRAME_INSET], parts[-1 - FRAME_INSET], parts[:, FRAME_INSET], parts[:, -1 - FRAME_INSET]):
        at_frame[np.unique(line)] = True
    # An axis goes on beyond the frame; what does not is an axis only if it is longer than things are.
    is_long = longest > np.where(at_frame, *_AXIS_LENGTHS) * max(parts.shape)
    is_long[0] = False
    found: Mask = axes | is_long[parts] & candidate & ~solid
    return found


def find_shaded_sides(weak: Mask, strong: Mask) -> Mask:
    """Returns the ``weak`` pixels that belong to a post, because they run along a ``strong`` side of it.

    A line of a grid touches a post only where it ends.
    """
    beside = weak & (grey_dilation(strong.astype(np.uint8), 2 * _SIDE_WIDTH + 1) > 0)
    parts = connected_components(beside)
    is_side = np.bincount(parts.ravel()) >= _MIN_SIDE_AREA
    is_side[0] = False
    found: Mask = is_side[parts]
    return found


def grid_contrast(rgb: U8, model: F32, mask: Mask) -> float:
    """Returns how much the lines of a grid in the background ``mask`` differ from the background, at most."""
    difference = difference_from(rgb, model)
    lines = difference[mask & (difference >= MATCH) & (chroma_of(rgb) < _AXIS_CHROMA)]
    if len(lines) < _MIN_GRID * mask.size:
        return _OVERLAY_CONTRAST
    return float(np.percentile(lines, _GRID_PERCENT)) + _GRID_MARGIN
