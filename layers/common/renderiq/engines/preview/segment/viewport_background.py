"""The background of a capture that is not segmented reliably: found by its pixels instead of by regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, CheckCancelled, Mask, never_cancelled
from renderiq.engines.preview.segment.backdrop_model import (
    BLUENESS,
    CLEARLY,
    DARK,
    FRAME_INSET,
    I16,
    MATCH,
    MIN_GRADIENT,
    OVERLAY_WIDTH,
    difference_from,
    row_model,
)
from renderiq.engines.preview.segment.background_overlays import (
    drop_overlays,
    find_axes,
    find_shaded_sides,
    grid_contrast,
    overlay_contrast,
)
from renderiq.engines.preview.segment.contour_opacity import unmix_contour
from renderiq.engines.preview.segment.ground_shadows import find_ground_shadows
from renderiq.engines.preview.segment.interior import is_ceiling
from renderiq.engines.preview.segment.labels import RunLengthLabels, connected_components
from renderiq.engines.preview.segment.morphology import grey_closing, local_range
from renderiq.engines.preview.segment.weak_contour import smooth_weak_contour

_MIN_SIDE: Final = 32
_SMOOTH_RANGE: Final = 6
"""Levels in 3 x 3 pixels of an empty background; gradients are gentler."""
_LAWN_GREENNESS: Final = 1.06
"""Green over red and blue."""
_SEED_MATCH: Final = 8
_SEED_MATCH_ON_DARK: Final = 14
"""Levels per channel between the pieces of background along the frame."""
_MIN_CONTACT: Final = 0.28
_MIN_BLUE_CONTACT: Final = 0.3
"""Of the top and the upper sides of the frame: all pieces of a background, and the largest one of a blue background,
because panes are blue as well."""
_MIN_SIDE_CONTACT: Final = 0.1
"""Of the upper third of each side of the frame."""
_CEILING_LEVELS: Final = (120, 235)
_CEILING_CHROMA: Final = 10
"""Levels and highest chroma of a ceiling that could be a background."""
_MAX_UNEVENNESS: Final = 1.5
"""Mean difference in levels between an even background and its model; a photographed sky is less even."""
_EVEN_PERCENT: Final = 90
"""Of the background: what is not a grid before it."""
_MAX_UNEVENNESS_OVER_GROUND: Final = 2.6
"""The same above a ground that the viewport draws."""
_GRADIENT_STEPS: Final = (7, 14)
"""Levels between two pixels of a row of a blue gradient, and between two rows."""
_MIN_FRAME_PIECE: Final = 0.002
"""Of the picture, for a piece of background that touches the frame elsewhere."""
_MIN_BLUE_PIECE: Final = 0.0012
"""Of the picture, for a piece of a blue gradient between posts."""
_MIN_AREA: Final = 0.03
_MAX_AREA: Final = 0.985
"""Of the picture."""
_EXACT: Final = 2
_NOISE_PERCENT: Final = 70
_EXACT_SHARE: Final = 0.6
_MIN_EMPTY: Final = 0.3
_MIN_EXACT_PIECE: Final = 0.0003
"""Levels, more than those of most of the known background, between a dark or blue background and its model in a piece
of it between posts; how many is most; the part of the piece without a grid, and of all of it, that is so; and its part
of the picture."""
_MAX_LOWER_CONTACT: Final = 0.03
"""Of the lower half of the frame: what may be seen between posts of a model that has only sky behind it."""
_WHITE: Final = 225
_MAX_ALIKE: Final = 0.12
"""Level of a white background, and the part of the picture that has its colour without being joined to it, in a drawing
of lines on white faces."""
_SOFT_REACH: Final = 4
_SOFT_CONTRAST: Final = 18
_MAX_SOFT: Final = 0.2
"""Pixels beyond the border of a piece of background, levels from the background there that tell of a face that is
shaded smoothly, and the part of the border that may be beside such a face."""
_GROUND_MIN_HORIZON: Final = 0.08
_HORIZON_BIN: Final = 4
_HORIZON_STEPS: Final = (2, 3, 4, 5, 7, 9)
"""Rows below the sky at which the ground may begin, because the horizon rings in a compressed picture."""
_WIDE_HORIZON: Final = 0.35
"""Of the width: where the ground of a viewport meets its sky in one straight line."""
_MATCH_ON_DARK: Final = 9
_UNEVEN_WIDTH: Final = 4
"""Pixels of the background beside the model's contour that are not even, and levels between a dark background and its
model there."""
_MODEL: Final = 0.5
_MIN_CUT: Final = 0.002
"""Opacity of the model, and the part of a picture that must show the background."""


@dataclass(frozen=True, slots=True)
class ViewportBackground:
    """The background of a capture at working resolution, all images (height, width).

    ``opacity`` (0..1) is how much of each pixel shows the model. ``foreground`` (height, width, 3) is the capture with
    the background taken out of the mixed pixels along the model's contour. ``shadow`` (0..1, 1 without shadow) are
    the shadows that the viewport has drawn on its ground. ``lies_above`` says that the model fills the frame on three
    sides, so that there is only sky behind it.
    """

    opacity: F32
    foreground: U8
    shadow: F32 | None
    lies_above: bool

    def cut(self, part: tuple[slice, slice]) -> ViewportBackground | None:
        """Returns the background of a ``part``, rows and columns, of the capture; None if there is hardly any."""
        opacity = self.opacity[part]
        if (opacity < _MODEL).mean() < _MIN_CUT:
            return None
        shadow = None if self.shadow is None else np.ascontiguousarray(self.shadow[part])
        foreground = np.ascontiguousarray(self.foreground[part])
        return ViewportBackground(np.ascontiguousarray(opacity), foreground, shadow, self.lies_above)


def find_viewport_background(
    rgb: U8,
    check_cancelled: CheckCancelled = never_cancelled,
    *,
    must_be_even: bool = False,
    shown: U8 | None = None,
) -> ViewportBackground | None:
    """Finds the background that touches the upper border of the frame, and the ground plane below it.

    ``foreground`` of the result has the colours of ``shown``, by default those of ``rgb``. Returns None if there is
    no background, as in a room or, with ``must_be_even``, in a photo.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < _MIN_SIDE:
        return None
    components = connected_components(_is_smooth(rgb))
    runs = RunLengthLabels(components)
    area = runs.area()
    area[0] = 0
    colour = runs.mean_colour(rgb)
    # A line along the frame rings in a compressed picture.
    found = (_find_seeds(rgb, components, colour, area, inset) for inset in (FRAME_INSET, 2 * FRAME_INSET))
    seeds = next((each for each in found if each is not None), None)
    if seeds is None:
        return None
    mask = seeds[components]
    seed = int(np.where(seeds, area, 0).argmax())
    if is_ceiling(mask, colour[seed]) or _is_terrain(colour[seed]):
        return None
    # The grid of a dark viewport cuts its background into pieces, and a piece may be as narrow as a ceiling.
    if colour[seed].mean() > DARK and is_ceiling(components == seed, colour[seed]):
        return None
    if _is_cut_off_below(mask, colour[seed]):
        return None
    ground = _find_ground(components, area, mask)
    model = row_model(rgb, mask)
    limit = _MAX_UNEVENNESS_OVER_GROUND if ground else _MAX_UNEVENNESS
    if must_be_even and _unevenness(rgb, mask, model) > limit:
        return None
    check_cancelled()
    if ground:
        is_ground = components == ground
        first = int(np.flatnonzero(is_ground.any(axis=1))[0])
        model[first:] = colour[ground]
        mask |= is_ground
    contrast, axes = overlay_contrast(model), find_axes(rgb, model)
    if float(np.median(model)) < DARK:
        # Thin posts are brighter than the grid behind them.
        grown = _grow(rgb, model, mask, contrast, axes)
        contrast = np.minimum(contrast, np.float32(grid_contrast(rgb if shown is None else shown, model, grown)))
        check_cancelled()
    for _ in range(2):
        mask = _grow(rgb, model, mask, contrast, axes)
        check_cancelled()
        if not ground:
            # Not of the lines before it: pieces of it must have its colour exactly.
            model = row_model(rgb, mask & (difference_from(rgb, model) < MATCH))
    shadow = None
    if ground:
        _close_horizon(mask, first)
        shadow, is_shadow = find_ground_shadows(rgb, colour[ground], mask, first)
        mask |= is_shadow
    mask = drop_overlays(rgb, mask, model, contrast, axes)
    if _lies_above(mask) and np.median(model[:, 2] - model[:, 0]) < BLUENESS:
        # A face may have the colour of the background; under a sky that would be a hole.
        parts = connected_components(mask)
        at_frame = np.zeros(int(parts.max()) + 1, np.bool_)
        at_frame[np.unique(parts[: 2 * FRAME_INSET + 1])] = True
        at_frame[0] = False
        mask = mask & at_frame[parts]
    weak = smooth_weak_contour(rgb, mask, model, check_cancelled)
    mask = weak.mask
    if not _MIN_AREA < mask.mean() < _MAX_AREA:
        return None
    behind = np.repeat(model[:, None], width, axis=1)
    if shadow is not None:
        behind = behind * shadow[..., None]
    opacity, foreground = unmix_contour(rgb if shown is None else shown, mask, behind)
    weak.draw(opacity, foreground)
    return ViewportBackground(opacity, foreground, shadow, _lies_above(mask))


def _is_smooth(rgb: U8) -> Mask:
    """Returns the pixels without an edge. A blue gradient is smooth if it is even along its rows."""
    smooth: Mask = local_range(rgb) <= _SMOOTH_RANGE
    red, blue = rgb[..., 0], rgb[..., 2]
    is_blue = blue > np.minimum(red, 255 - BLUENESS) + BLUENESS
    if not is_blue.any():
        return smooth
    along, across = np.zeros(red.shape, np.uint8), np.zeros(red.shape, np.uint8)
    for channel in range(3):
        level = rgb[..., channel]
        for steps, axis in ((along, 1), (across, 0)):
            low, high = (np.s_[:, :-1], np.s_[:, 1:]) if axis else (np.s_[:-1], np.s_[1:])
            step = np.maximum(level[low], level[high]) - np.minimum(level[low], level[high])
            np.maximum(steps[high], step, out=steps[high])
    return smooth | is_blue & (along <= _GRADIENT_STEPS[0]) & (across <= _GRADIENT_STEPS[1])


def _find_seeds(rgb: U8, components: I32, colour: F32, area: I32, inset: int) -> Mask | None:
    """Returns which components touch the top and the upper sides of the frame in their most frequent colour.

    The frame is ``inset`` pixels within the picture. Returns None if no colour is frequent enough for a background.
    """
    height = len(components)
    third = height // 3
    inset = min(inset, third)
    border = np.concatenate([components[inset], components[:third, inset], components[:third, -1 - inset]])
    votes = np.bincount(border, minlength=len(area))
    votes[0] = 0
    touching = np.flatnonzero(votes)
    if not len(touching):
        return None
    # Grids are drawn on dark backgrounds that change from cell to cell.
    limit = np.where(colour[touching].mean(axis=1) < DARK, _SEED_MATCH_ON_DARK, _SEED_MATCH)
    is_alike = np.abs(colour[touching][:, None] - colour[touching]).max(axis=2) < limit[:, None]
    total = is_alike @ votes[touching]
    best = int(total.argmax())
    red, _, blue = colour[touching[best]]
    is_blue = blue > red + BLUENESS
    if is_blue:
        # What stands before a gradient cuts it into pieces, the means of which depend on how far down they reach.
        for other in np.flatnonzero(~is_alike[best] & (votes[touching] > MIN_GRADIENT * len(border))):
            pieces = (components == touching[each] for each in (best, other))
            is_alike[best, other] = _continues_gradient(rgb, *pieces)
    contact = votes[touching[is_alike[best]]]
    if contact.sum() < _MIN_CONTACT * len(border) or (is_blue and contact.max() < _MIN_BLUE_CONTACT * len(border)):
        return None
    sides = (components[:third, inset], components[:third, -1 - inset])
    if any(np.isin(side, touching[is_alike[best]]).mean() < _MIN_SIDE_CONTACT for side in sides):
        # A ceiling, or what fills a corner of the picture.
        return None
    seeds = np.zeros(len(area), np.bool_)
    seeds[touching[is_alike[best]]] = True
    return seeds


def _continues_gradient(rgb: U8, piece: Mask, other: Mask) -> bool:
    """Returns whether two pieces have the same colours in the rows that both have."""
    rows = np.flatnonzero(piece.any(axis=1) & other.any(axis=1))
    if not len(rows):
        return False
    means = []
    for mask in (piece[rows], other[rows]):
        means.append(np.stack([(rgb[rows, :, c] * mask).sum(axis=1) / mask.sum(axis=1) for c in range(3)], axis=1))
    return bool(np.median(np.abs(means[0] - means[1]).max(axis=1)) < MATCH)


def _is_terrain(colour: F32) -> bool:
    """Returns whether a ``colour`` (3,) is that of a lawn, seen from above, rather than of an empty viewport."""
    red, green, blue = (float(channel) for channel in colour)
    return green > _LAWN_GREENNESS * max(red, blue)


def _is_cut_off_below(mask: Mask, colour: F32) -> bool:
    """Returns whether a plain grey ``mask`` lies above everything else, as a ceiling does.

    Hosts have white, bluish and dark backgrounds; a model before one of them rarely fills the frame on three sides.
    """
    dark, bright = _CEILING_LEVELS
    return bool(np.ptp(colour) <= _CEILING_CHROMA and dark < colour.mean() < bright) and _lies_above(mask)


def _lies_above(mask: Mask) -> bool:
    """Returns whether the background touches only the upper part of the frame."""
    lower = mask[len(mask) // 2 :]
    sides = (lower[:, FRAME_INSET], lower[:, -1 - FRAME_INSET], mask[-1 - FRAME_INSET])
    return bool(np.concatenate(sides).mean() < _MAX_LOWER_CONTACT)


def _close_horizon(mask: Mask, row: int) -> None:
    """Adds the anti-aliased rows between sky and ground to the background, in place."""
    top, bottom = max(0, row - 4), min(len(mask) - 1, row + 4)
    mask[top:bottom] |= mask[top] & mask[bottom]


def _unevenness(rgb: U8, mask: Mask, model: F32) -> float:
    """Returns the mean difference, in levels, between a background and its model, without that of a grid before it."""
    difference = difference_from(rgb, model)[mask]
    return float(np.minimum(difference, MATCH)[difference <= np.percentile(difference, _EVEN_PERCENT)].mean())


def _find_ground(components: I32, area: I32, is_sky: Mask) -> int:
    """Returns the component that meets the sky along one straight horizontal line, or 0."""
    height, width = components.shape
    if is_sky[-1].any():
        return 0
    last = height - 1 - np.argmax(is_sky[::-1], axis=0)
    columns = np.flatnonzero(is_sky.any(axis=0))
    # Where something stands on the horizon, the sky ends higher up.
    usual = int(np.bincount(last[columns] // _HORIZON_BIN).argmax())
    columns = columns[np.abs(last[columns] // _HORIZON_BIN - usual) <= 1]
    below = np.zeros(len(columns), np.int32)
    for step in _HORIZON_STEPS:
        row = np.minimum(last[columns] + step, height - 1)
        found = np.where(is_sky[row, columns], 0, components[row, columns])
        below = np.where(below == 0, found, below)
    votes = np.bincount(below, minlength=len(area))
    votes[0] = 0
    ground = int(votes.argmax())
    rows = last[columns[below == ground]]
    if len(rows) < _GROUND_MIN_HORIZON * width:
        return 0
    middle = np.median(rows)
    reaches_both_sides = (components[:, FRAME_INSET] == ground).any() and (
        components[:, -1 - FRAME_INSET] == ground
    ).any()
    if not reaches_both_sides and len(rows) < _WIDE_HORIZON * width:
        return 0
    return ground if (np.abs(rows - middle) < 3).mean() > 0.8 and middle < 0.8 * height else 0


def _grow(rgb: U8, model: F32, mask: Mask, contrast: F32, axes: Mask) -> Mask:
    """Returns all pixels of the colour of the background that thin overlays, at most, separate from ``mask``.

    ``contrast`` (height, 1) is how much an overlay may differ from the background; ``axes`` may differ more.
    """
    difference = difference_from(rgb, model)
    alike = (difference < MATCH) & (local_range(rgb) <= 2 * _SMOOTH_RANGE)
    closed = grey_closing((alike | mask).astype(np.uint8), OVERLAY_WIDTH) > 0
    weak, strong = closed & ~alike & (difference < contrast), (difference > contrast + CLEARLY) & ~axes
    is_overlay = closed & (alike | axes) | weak & ~find_shaded_sides(weak, strong)
    joined = connected_components(mask | alike | is_overlay)
    reached = np.zeros(int(joined.max()) + 1, np.bool_)
    reached[np.unique(joined[mask])] = True
    # What stands in front may cut off a corner of the background, unless faces have its colour.
    sides = np.concatenate([joined[:, FRAME_INSET], joined[:, -1 - FRAME_INSET], joined[-1 - FRAME_INSET]])
    at_frame = np.unique(sides)
    area = np.bincount(joined.ravel())
    if not _has_faces_alike(alike, mask, model):
        reached[at_frame[area[at_frame] > _MIN_FRAME_PIECE * mask.size]] = True
    is_blue = np.median(model[:, 2] - model[:, 0]) > BLUENESS
    if is_blue or float(np.median(model)) < DARK:
        # Neither a blue gradient nor the grey of a dark viewport is the colour of a face, if a piece has it exactly.
        # Compression leaves some noise in the known background as well.
        limit = _EXACT + round(float(np.percentile(difference[mask & alike], _NOISE_PERCENT)))
        exact = np.bincount(joined[alike & (difference <= limit)], minlength=len(area))
        empty = np.bincount(joined[alike], minlength=len(area))
        is_piece = (area > _MIN_EXACT_PIECE * mask.size) & (exact > _EXACT_SHARE * empty) & (exact > _MIN_EMPTY * area)
        if is_blue:
            is_piece |= (empty > 0) & (area > _MIN_BLUE_PIECE * mask.size)
        else:
            is_piece &= ~_has_soft_border(joined, difference, limit)
        reached |= is_piece
    reached[0] = False
    grown: Mask = reached[joined] & (alike | mask | is_overlay)
    # Beside the model's contour the background is not even.
    # On dark viewports models have a soft rim, and grid lines end before it.
    fits = difference < np.where(model.mean(axis=1) < DARK, _MATCH_ON_DARK, MATCH)[:, None]
    for _ in range(_UNEVEN_WIDTH):
        # Step by step, because a face of the same colour may begin behind a thin line.
        beside = grown.copy()
        beside[1:] |= grown[:-1]
        beside[:-1] |= grown[1:]
        beside[:, 1:] |= grown[:, :-1]
        beside[:, :-1] |= grown[:, 1:]
        grown |= beside & fits
    return grown


def _has_faces_alike(alike: Mask, mask: Mask, model: F32) -> bool:
    """Returns whether much of the model has the colour of a bright background ``mask``, as in a line drawing."""
    return bool(float(np.median(model)) > _WHITE and (alike & ~mask).mean() > _MAX_ALIKE)


def _has_soft_border(joined: I32, difference: I16, exact: int) -> Mask:
    """Returns which parts of ``joined`` fade into what is beside them: shaded faces do, openings do not.

    What differs by at most ``exact`` levels is background.
    """
    count = int(joined.max()) + 1
    border, soft = np.zeros(count, np.int64), np.zeros(count, np.int64)
    step = _SOFT_REACH
    for parts, beside in ((joined, difference), (joined.T, difference.T)):
        for owners, levels in ((parts, beside), (parts[::-1], beside[::-1])):
            here = owners[:-step]
            is_border = here != owners[1 : 1 - step]
            # Beyond a thin post or a line of the grid there may be background again.
            strongest = np.maximum.reduce([levels[k : k - step or None] for k in range(1, step + 1)])
            is_soft = (strongest < _SOFT_CONTRAST) & (levels[step:] > exact)
            border += np.bincount(here[is_border], minlength=count)
            soft += np.bincount(here[is_border & is_soft], minlength=count)
    fades: Mask = soft > _MAX_SOFT * border
    return fades


def background_from_alpha(rgb: U8, alpha: U8) -> ViewportBackground:
    """Returns the background of a transparent capture ``rgb`` (height, width, 3), which was composited on white."""
    opacity = alpha.astype(np.float32) / np.float32(255)
    share = np.maximum(opacity, 0.1)[..., None]
    foreground = np.clip(255 + (rgb.astype(np.float32) - 255) / share, 0, 255)
    return ViewportBackground(opacity, (foreground + 0.5).astype(np.uint8), None, lies_above=False)
