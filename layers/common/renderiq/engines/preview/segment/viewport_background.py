"""The background of a capture that is not segmented reliably: found by its pixels instead of by regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, U8, CheckCancelled, Mask, gaussian_blur, never_cancelled
from renderiq.engines.preview.segment.ground_shadows import find_ground_shadows
from renderiq.engines.preview.segment.interior import is_ceiling
from renderiq.engines.preview.segment.labels import RunLengthLabels, connected_components
from renderiq.engines.preview.segment.morphology import binary_dilation, grey_dilation, grey_erosion, local_range

I16 = NDArray[np.int16]

_MIN_SIDE: Final = 32
_SMOOTH_RANGE: Final = 6
"""Levels in 3 x 3 pixels of an empty background; gradients are gentler."""
_MATCH: Final = 7
"""Levels per channel between a background and its model."""
_LAWN_GREENNESS: Final = 1.06
"""Green over red and blue."""
_FRAME_INSET: Final = 5
"""Pixels: a screenshot often has a line of its window along the frame."""
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
_BLUENESS: Final = 24
_GRADIENT_STEPS: Final = (7, 14)
"""Levels between two pixels of a row of a blue gradient, and between two rows."""
_MIN_GRADIENT: Final = 0.03
"""Of the rows: those that show a gradient must be so many to tell how it goes on."""
_MIN_CORE: Final = 0.12
"""Of an object that stands alone: what is wider than an overlay."""
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
"""Levels, more than those of most of the known background, between a dark background and its model in a piece of it
between posts; how many is most; the part of the piece without a grid, and of all of it, that is so; and its part of the
picture."""
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
_OVERLAY_WIDTH: Final = 7
"""Pixels: wider than a line of a grid, an axis or a dimension."""
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
_DARK: Final = 110
"""Levels between a grid line and the background: on bright ones, walls have outlines as weak as those of a grid."""
_AXIS_CHROMA: Final = 50
_MIN_PURITY: Final = 0.7
"""Levels of chroma of an axis, over that of the background, and its part of the difference from the background."""
_CLEARLY: Final = 14
"""Levels more than the lines of a grid."""
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
_WEAK_CONTOUR: Final = 20
"""Levels between the background and a face whose contour noise makes ragged."""
_WEAK_CONTOUR_SIGMA: Final = 1.6
_WEAK_CONTOUR_SIGMA_ON_DARK: Final = 0.004
"""Blur of such a contour in pixels, and before a dark background, if that is more, as a part of the longer side."""
_CONTOUR_WIDTH: Final = 2
"""Pixels of the model beside the background that may be mixed with it."""
_FULL_SHARE: Final = 1.1
"""Factor of the opacity, so that shading across the model's edge does not make it transparent."""
_OUTLINE_OPACITY: Final = 0.6
_PURE: Final = 3
"""Levels per channel between two pixels of one colour."""
_MIN_SHARE: Final = 0.2
"""Less opaque pixels do not tell the colour of the model."""
_FILL_ROUNDS: Final = 3
_MODEL: Final = 0.5
_MIN_CUT: Final = 0.002
"""Opacity of the model, and the part of a picture that must show the background."""
_NEIGHBOURS: Final = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))


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
    found = (_find_seeds(rgb, components, colour, area, inset) for inset in (_FRAME_INSET, 2 * _FRAME_INSET))
    seeds = next((each for each in found if each is not None), None)
    if seeds is None:
        return None
    mask = seeds[components]
    seed = int(np.where(seeds, area, 0).argmax())
    if any(is_ceiling(each, colour[seed]) for each in (mask, components == seed)) or _is_terrain(colour[seed]):
        return None
    if _is_cut_off_below(mask, colour[seed]):
        return None
    ground = _find_ground(components, area, mask)
    model = _row_model(rgb, mask)
    limit = _MAX_UNEVENNESS_OVER_GROUND if ground else _MAX_UNEVENNESS
    if must_be_even and _unevenness(rgb, mask, model) > limit:
        return None
    check_cancelled()
    if ground:
        is_ground = components == ground
        first = int(np.flatnonzero(is_ground.any(axis=1))[0])
        model[first:] = colour[ground]
        mask |= is_ground
    contrast, axes = _overlay_contrast(model), _find_axes(rgb, model)
    if float(np.median(model)) < _DARK:
        # Thin posts are brighter than the grid behind them.
        grown = _grow(rgb, model, mask, contrast, axes)
        contrast = np.minimum(contrast, np.float32(_grid_contrast(rgb if shown is None else shown, model, grown)))
        check_cancelled()
    for _ in range(2):
        mask = _grow(rgb, model, mask, contrast, axes)
        check_cancelled()
        if not ground:
            # Not of the lines before it: pieces of it must have its colour exactly.
            model = _row_model(rgb, mask & (_difference(rgb, model) < _MATCH))
    shadow = None
    if ground:
        _close_horizon(mask, first)
        shadow, is_shadow = find_ground_shadows(rgb, colour[ground], mask, first)
        mask |= is_shadow
    mask = _smooth_weak_contour(rgb, _drop_overlays(rgb, mask, model, contrast, axes), model)
    if _lies_above(mask) and np.median(model[:, 2] - model[:, 0]) < _BLUENESS:
        # A face may have the colour of the background; under a sky that would be a hole.
        parts = connected_components(mask)
        at_frame = np.zeros(int(parts.max()) + 1, np.bool_)
        at_frame[np.unique(parts[: 2 * _FRAME_INSET + 1])] = True
        at_frame[0] = False
        mask = mask & at_frame[parts]
    if not _MIN_AREA < mask.mean() < _MAX_AREA:
        return None
    behind = np.repeat(model[:, None], width, axis=1)
    if shadow is not None:
        behind = behind * shadow[..., None]
    opacity, foreground = _unmix_contour(rgb if shown is None else shown, mask, behind)
    return ViewportBackground(opacity, foreground, shadow, _lies_above(mask))


def _is_smooth(rgb: U8) -> Mask:
    """Returns the pixels without an edge. A blue gradient is smooth if it is even along its rows."""
    smooth: Mask = local_range(rgb) <= _SMOOTH_RANGE
    red, blue = rgb[..., 0], rgb[..., 2]
    is_blue = blue > np.minimum(red, 255 - _BLUENESS) + _BLUENESS
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
    limit = np.where(colour[touching].mean(axis=1) < _DARK, _SEED_MATCH_ON_DARK, _SEED_MATCH)
    is_alike = np.abs(colour[touching][:, None] - colour[touching]).max(axis=2) < limit[:, None]
    total = is_alike @ votes[touching]
    best = int(total.argmax())
    red, _, blue = colour[touching[best]]
    is_blue = blue > red + _BLUENESS
    if is_blue:
        # What stands before a gradient cuts it into pieces, the means of which depend on how far down they reach.
        for other in np.flatnonzero(~is_alike[best] & (votes[touching] > _MIN_GRADIENT * len(border))):
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
    return bool(np.median(np.abs(means[0] - means[1]).max(axis=1)) < _MATCH)


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
    sides = (lower[:, _FRAME_INSET], lower[:, -1 - _FRAME_INSET], mask[-1 - _FRAME_INSET])
    return bool(np.concatenate(sides).mean() < _MAX_LOWER_CONTACT)


def _close_horizon(mask: Mask, row: int) -> None:
    """Adds the anti-aliased rows between sky and ground to the background, in place."""
    top, bottom = max(0, row - 4), min(len(mask) - 1, row + 4)
    mask[top:bottom] |= mask[top] & mask[bottom]


def _difference(rgb: U8, model: F32) -> I16:
    """Returns the largest difference of any channel from the row model; numpy is slow along an axis of three."""
    level = np.round(model).astype(np.int16)
    largest: I16 = np.abs(rgb[..., 0] - level[:, :1])
    for channel in (1, 2):
        np.maximum(largest, np.abs(rgb[..., channel] - level[:, channel : channel + 1]), out=largest)
    return largest


def _unevenness(rgb: U8, mask: Mask, model: F32) -> float:
    """Returns the mean difference, in levels, between a background and its model, without that of a grid before it."""
    difference = _difference(rgb, model)[mask]
    return float(np.minimum(difference, _MATCH)[difference <= np.percentile(difference, _EVEN_PERCENT)].mean())


def _highest(rgb: U8) -> U8:
    return np.maximum(np.maximum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])


def _chroma(rgb: U8) -> U8:
    """Returns the highest channel minus the lowest."""
    return _highest(rgb) - np.minimum(np.minimum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])


def _row_model(rgb: U8, mask: Mask) -> F32:
    """Returns the mean colour (height, 3) of each row of the background; rows without any get that of the nearest."""
    count = mask.sum(axis=1)
    rows = np.flatnonzero(count > 2)
    mean = np.stack(
        [(rgb[..., channel] * mask).sum(axis=1, dtype=np.int64)[rows] / count[rows] for channel in range(3)], axis=1
    )
    every = np.arange(len(mask))
    model: F32 = np.stack([np.interp(every, rows, mean[:, channel]) for channel in range(3)], axis=1).astype(np.float32)
    if np.median(mean[:, 2] - mean[:, 0]) > _BLUENESS and len(rows) > _MIN_GRADIENT * len(mask):
        # Hosts draw linear gradients, which go on behind the model.
        slope, start = np.polyfit(rows, mean, 1, w=np.sqrt(count[rows]))
        # Rows of which hardly anything is seen tell little: compression mixes them with what is beside them.
        is_sure = count[rows] > np.median(count[rows]) / 4
        if np.abs(start + slope * rows[:, None] - mean)[is_sure].max() < _MATCH / 2:
            hidden = (every < rows[0]) | (every > rows[-1])
            model[hidden] = np.clip(start + slope * every[hidden, None], 0, 255)
    return model


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
    reaches_both_sides = (components[:, _FRAME_INSET] == ground).any() and (
        components[:, -1 - _FRAME_INSET] == ground
    ).any()
    if not reaches_both_sides and len(rows) < _WIDE_HORIZON * width:
        return 0
    return ground if (np.abs(rows - middle) < 3).mean() > 0.8 and middle < 0.8 * height else 0


def _grow(rgb: U8, model: F32, mask: Mask, contrast: F32, axes: Mask) -> Mask:
    """Returns all pixels of the colour of the background that thin overlays, at most, separate from ``mask``.

    ``contrast`` (height, 1) is how much an overlay may differ from the background; ``axes`` may differ more.
    """
    difference = _difference(rgb, model)
    alike = (difference < _MATCH) & (local_range(rgb) <= 2 * _SMOOTH_RANGE)
    closed = grey_erosion(grey_dilation((alike | mask).astype(np.uint8), _OVERLAY_WIDTH), _OVERLAY_WIDTH) > 0
    weak, strong = closed & ~alike & (difference < contrast), (difference > contrast + _CLEARLY) & ~axes
    is_overlay = closed & (alike | axes) | weak & ~_find_shaded_sides(weak, strong)
    joined = connected_components(mask | alike | is_overlay)
    reached = np.zeros(int(joined.max()) + 1, np.bool_)
    reached[np.unique(joined[mask])] = True
    # What stands in front may cut off a corner of the background, unless faces have its colour.
    sides = np.concatenate([joined[:, _FRAME_INSET], joined[:, -1 - _FRAME_INSET], joined[-1 - _FRAME_INSET]])
    at_frame = np.unique(sides)
    if not _has_faces_alike(alike, mask, model):
        reached[at_frame[np.bincount(joined.ravel())[at_frame] > _MIN_FRAME_PIECE * mask.size]] = True
    if np.median(model[:, 2] - model[:, 0]) > _BLUENESS:
        # A blue gradient is not the colour of a face, so that pieces between posts and dimensions are background too.
        area = np.bincount(joined.ravel())
        pieces = np.unique(joined[alike])
        reached[pieces[area[pieces] > _MIN_BLUE_PIECE * mask.size]] = True
    elif float(np.median(model)) < _DARK:
        # Nor is the grey of a dark viewport, if a piece has it exactly.
        area = np.bincount(joined.ravel())
        # Compression leaves some noise in the known background as well.
        limit = _EXACT + round(float(np.percentile(difference[mask & alike], _NOISE_PERCENT)))
        exact = np.bincount(joined[alike & (difference <= limit)], minlength=len(area))
        empty = np.bincount(joined[alike], minlength=len(area))
        is_piece = (area > _MIN_EXACT_PIECE * mask.size) & (exact > _EXACT_SHARE * empty) & (exact > _MIN_EMPTY * area)
        reached |= is_piece & ~_has_soft_border(joined, difference, limit)
    reached[0] = False
    grown: Mask = reached[joined] & (alike | mask | is_overlay)
    # Beside the model's contour the background is not even.
    # On dark viewports models have a soft rim, and grid lines end before it.
    fits = difference < np.where(model.mean(axis=1) < _DARK, _MATCH_ON_DARK, _MATCH)[:, None]
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


def _drop_overlays(rgb: U8, mask: Mask, model: F32, contrast: F32, axes: Mask) -> Mask:
    """Returns the background with the thin overlays before it, such as grids, axes, dimensions and section boxes.

    Those are thin things that stand alone, and thin things beside the model that are as weak as a grid, coloured as an
    axis, or darker than a dark background.
    """
    shown = (~mask).astype(np.uint8)
    thin = (shown > 0) & (grey_dilation(grey_erosion(shown, _THIN), _THIN) == 0)
    difference = _difference(rgb, model)
    is_dark = (model.mean(axis=1) < _DARK)[:, None] & (_highest(rgb) < model.max(axis=1)[:, None] + _MATCH)
    if is_dark.any() and float(np.median(np.ptp(model, axis=1))) < _RIM_CHROMA:
        mask = _drop_rim(mask, is_dark & (_chroma(rgb) < _RIM_CHROMA), difference)
    weak = thin & ~mask & (difference < contrast)
    sides = _find_shaded_sides(weak, ~mask & (difference > contrast + _CLEARLY))
    mask = mask | thin & (is_dark | axes) | weak & ~sides
    model_mask = ~mask
    is_core = grey_erosion(model_mask.astype(np.uint8), _OVERLAY_WIDTH) > 0
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
    core = grey_dilation(grey_erosion(model.astype(np.uint8), _LEANING_WIDTH), _LEANING_WIDTH)
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


def _smooth_weak_contour(rgb: U8, mask: Mask, model: F32) -> Mask:
    """Returns the background with a smooth contour beside faces that are hardly brighter or darker than it is."""
    is_dark = float(np.median(model)) < _DARK
    sigma = _WEAK_CONTOUR_SIGMA
    if is_dark:
        sigma = max(sigma, _WEAK_CONTOUR_SIGMA_ON_DARK * max(mask.shape))
    smooth = gaussian_blur(mask.astype(np.uint8) * 255, sigma) > 127
    is_weak = _difference(rgb, model) < _WEAK_CONTOUR
    return np.where(is_weak, smooth, mask)


def _overlay_contrast(model: F32) -> F32:
    """Returns for each row, (height, 1), how much an overlay may differ from the background at most."""
    is_dark = model.mean(axis=1) < _DARK
    contrast: F32 = np.where(is_dark, _OVERLAY_CONTRAST, _OVERLAY_CONTRAST_ON_BRIGHT)[:, None]
    return contrast


def _find_axes(rgb: U8, model: F32) -> Mask:
    """Returns the pixels of axes: those in pure colours, and before a dark background long thin lines in dull ones."""
    difference, chroma, usual = _difference(rgb, model), _chroma(rgb), np.ptp(model, axis=1)[:, None]
    red, green, blue = (rgb[..., channel].astype(np.int16) for channel in range(3))
    # Ropes and posts have the colours between red and green.
    is_warm = (red >= green) & (green > blue + (red - blue) // 4)
    # Where a line is thinner than a pixel, what the background adds does not matter.
    is_pure = chroma > usual + _MIN_PURITY * difference
    axes: Mask = (chroma > usual + _AXIS_CHROMA) & is_pure & ~is_warm
    is_dark = (model.mean(axis=1) < _DARK)[:, None]
    candidate = is_dark & (chroma > usual + _DULL_CHROMA) & (difference < _DULL_CONTRAST)
    if not candidate.any():
        return axes
    solid = grey_dilation(grey_erosion(candidate.astype(np.uint8), _THIN), _THIN) > 0
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
    for line in (parts[_FRAME_INSET], parts[-1 - _FRAME_INSET], parts[:, _FRAME_INSET], parts[:, -1 - _FRAME_INSET]):
        at_frame[np.unique(line)] = True
    # An axis goes on beyond the frame; what does not is an axis only if it is longer than things are.
    is_long = longest > np.where(at_frame, *_AXIS_LENGTHS) * max(parts.shape)
    is_long[0] = False
    found: Mask = axes | is_long[parts] & candidate & ~solid
    return found


def _find_shaded_sides(weak: Mask, strong: Mask) -> Mask:
    """Returns the ``weak`` pixels that belong to a post, because they run along a ``strong`` side of it.

    A line of a grid touches a post only where it ends.
    """
    beside = weak & (grey_dilation(strong.astype(np.uint8), 2 * _SIDE_WIDTH + 1) > 0)
    parts = connected_components(beside)
    is_side = np.bincount(parts.ravel()) >= _MIN_SIDE_AREA
    is_side[0] = False
    found: Mask = is_side[parts]
    return found


def _grid_contrast(rgb: U8, model: F32, mask: Mask) -> float:
    """Returns how much the lines of a grid in the background ``mask`` differ from the background, at most."""
    difference = _difference(rgb, model)
    lines = difference[mask & (difference >= _MATCH) & (_chroma(rgb) < _AXIS_CHROMA)]
    if len(lines) < _MIN_GRID * mask.size:
        return _OVERLAY_CONTRAST
    return float(np.percentile(lines, _GRID_PERCENT)) + _GRID_MARGIN


def _unmix_contour(rgb: U8, mask: Mask, behind: F32) -> tuple[F32, U8]:
    """Returns the opacity of the model and its colour without the background, along its contour."""
    opacity = (~mask).astype(np.float32)
    band = grey_dilation(mask.astype(np.uint8), 2 * _CONTOUR_WIDTH + 1) > 0
    rows, columns = np.nonzero(band)
    difference = np.zeros(mask.shape, np.uint8)
    contrast = np.abs(rgb[rows, columns] - behind[rows, columns]).max(axis=1)
    difference[rows, columns] = np.minimum(contrast, 255)
    inner = grey_dilation(mask.astype(np.uint8), 2 * _CONTOUR_WIDTH + 3) > 0
    difference[inner & ~band] = np.abs(rgb[inner & ~band] - behind[inner & ~band]).max(axis=1)
    difference[mask] = 0
    strongest = grey_dilation(difference, 2 * _CONTOUR_WIDTH + 1)
    contour = band & ~mask & (strongest > 3 * _MATCH)
    opacity[contour] = np.clip(difference[contour] / strongest[contour].astype(np.float32) * _FULL_SHARE, 0, 1)
    # A face within an outline may have the colour of the background.
    outline = contour & (grey_dilation(mask.astype(np.uint8), 3) > 0)
    within = contour & ~outline
    opacity[within & (grey_dilation((outline & (opacity > _OUTLINE_OPACITY)).astype(np.uint8), 3) > 0)] = 1
    opacity[_find_pure(rgb, mask, contour & (difference > 2 * _MATCH))] = 1
    foreground = rgb.astype(np.float32)
    mixed = contour & (opacity > _MIN_SHARE) & (opacity < 1)
    alpha = opacity[mixed][:, None]
    foreground[mixed] = np.clip((foreground[mixed] - (1 - alpha) * behind[mixed]) / alpha, 0, 255)
    # Interpolation during enlargement must find colours of the model outside of its contour as well.
    known = ~mask & (opacity > _MIN_SHARE)
    for _ in range(_FILL_ROUNDS):
        reach = grey_dilation(known.astype(np.uint8), 3) > 0
        y, x = np.nonzero(reach & ~known)
        total = np.zeros((len(y), 3), np.float32)
        count = np.zeros(len(y), np.float32)
        for down, across in _NEIGHBOURS:
            near_y, near_x = np.clip(y + down, 0, len(mask) - 1), np.clip(x + across, 0, mask.shape[1] - 1)
            weight = known[near_y, near_x].astype(np.float32)
            count += weight
            total += foreground[near_y, near_x] * weight[:, None]
        found = count > 0
        foreground[y[found], x[found]] = total[found] / count[found][:, None]
        known[y[found], x[found]] = True
    return opacity, (foreground + 0.5).astype(np.uint8)


def _find_pure(rgb: U8, mask: Mask, contour: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Returns rows and columns of pixels of the ``contour`` that have the colour of one further from the background.

    Mixed pixels never have it: the further one shows less of the background. So this is the narrow side of a post.
    """
    depth = mask.astype(np.uint8)
    for step in range(_CONTOUR_WIDTH):
        depth += grey_dilation(mask.astype(np.uint8), 2 * step + 3)
    height, width = mask.shape
    y, x = np.nonzero(contour)
    colour, level = rgb[y, x].astype(np.int16), depth[y, x]
    pure = np.zeros(len(y), np.bool_)
    for down, across in _NEIGHBOURS[:4]:
        near = np.clip(y + down, 0, height - 1), np.clip(x + across, 0, width - 1)
        alike = np.abs(colour - rgb[near]).max(axis=1) <= _PURE
        # The pair may be the whole width of a side.
        pure |= alike & (depth[near] != level) & ~mask[near]
    return y[pure], x[pure]


def background_from_alpha(rgb: U8, alpha: U8) -> ViewportBackground:
    """Returns the background of a transparent capture ``rgb`` (height, width, 3), which was composited on white."""
    opacity = alpha.astype(np.float32) / np.float32(255)
    share = np.maximum(opacity, 0.1)[..., None]
    foreground = np.clip(255 + (rgb.astype(np.float32) - 255) / share, 0, 255)
    return ViewportBackground(opacity, (foreground + 0.5).astype(np.uint8), None, lies_above=False)
