"""Paint: the colour of each region without the viewport's light, and the detail on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.deferred.geometry import Geometry
from renderiq.engines.preview.look.styles import Rgb
from renderiq.engines.preview.raster import (
    F32,
    I32,
    LUMA,
    U8,
    CheckCancelled,
    Mask,
    gaussian_blur,
    percentile,
    srgb_to_linear,
)
from renderiq.engines.preview.segment.backdrop_model import highest_channel
from renderiq.engines.preview.segment.coverage import expand_labels
from renderiq.engines.preview.segment.morphology import grey_closing, grey_erosion, grey_opening, local_range

_MIN_INNER: Final = 12
"""Pixels of a region, away from its border, that tell its colour."""
_LARGE: Final = 2000
_SPREAD: Final = 7
"""Inner pixels of a large region, of which every seventh tells its colour."""
_LEVEL_BINS: Final = 32
_BRIGHT_SHARE: Final = 0.7
_LINE_LEVEL: Final = 0.45
_ROBUST: Final = 0.22
"""Of the mean level: pixels that differ more from it do not tell the colour of a region."""
_TEXTURED_RANGE: Final = 9
_TEXTURED_SHARE: Final = 0.16
_UNEVEN_RANGE: Final = 2
_UNEVEN_SHARE: Final = 0.30
"""Levels between neighbours, and the part of a region with so much of it, that make a texture; the second pair is for
planes."""
_PAINT_SHARE: Final = 85
"""Per cent of a paint's area that its lightest regions are above."""
_SAME_PAINT: Final = 0.030
"""Difference of chromaticity between regions of one paint."""
_CHROMA_BINS: Final = 28
_DARKER_PAINT: Final = 0.42
"""Level of a region over that of the lightest one of its chromaticity, below which it has a paint of its own."""
_TARGET_LEVEL: Final = 0.58
_MAX_GAIN: Final = 2.2
_MAX_GAIN_ON_BRIGHT: Final = 1.25
"""Linear level that the lightest large paint of a dark viewport is raised to, and the limits of that."""
_SEEN_BACKGROUND: Final = 0.03
_BRIGHT_LEVEL: Final = 150
"""Part of the picture and level of a background that is bright."""
_MAX_ALBEDO: Final = 0.74
_MAX_DETAIL: Final = 5.0
_MIN_DETAIL: Final = 0.01
_LINE_SIDE: Final = 7
"""Pixels, in a capture of 1280 pixels: wider than a drawn line."""
_LINE_STRENGTH: Final = 0.62
"""Exponent of what is left of drawn lines within a face."""
_SHADE_SIGMA: Final = 0.012
"""Of the longer side: shading of curved faces is wider than that."""
_STRONG_PAINT: Final = (0.60, 1.0)
_DULLED: Final = 0.40
"""Saturation in linear light at which paint is toned down, and how much of it is taken."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours in linear light.

    ``albedo`` (regions, 3) is that of each region, and ``detail`` (height, width, 3) its factor. ``is_textured``
    (regions,) says which regions the capture has drawn with a texture. ``shade`` (regions,) is the brightness that the
    viewport has given to a region, over that of its paint, ``base`` (regions, 3) the colour of the paint in the
    capture, and ``shown`` (regions, 3) that of the region itself in sRGB, 0..255.
    """

    albedo: F32
    detail: F32
    is_textured: Mask
    shade: F32
    base: F32
    shown: F32


def read_paint(capture: U8, geometry: Geometry, check_cancelled: CheckCancelled) -> Paint:
    """Separates the paint of the regions of ``capture`` (height, width, 3) from the viewport's light on them."""
    region = geometry.region
    count = int(region.max()) + 1
    unit = max(1.0, max(region.shape) / 1280)
    inner = _inner(region, 2 if unit < 1.6 else 3, count)
    colour = _robust_colours(capture, region, inner, count)
    textured = _textured(capture, region, inner, geometry.is_flat, count)
    check_cancelled()
    linear = srgb_to_linear(colour)
    paint = _paints(linear, region, geometry, count)
    luminance = np.maximum(linear @ LUMA, 1e-4)
    shade = np.clip(luminance / np.maximum(paint @ LUMA, 1e-4), 0.05, 1.5).astype(np.float32)
    detail = _detail(capture, linear, geometry, textured, inner, unit)
    check_cancelled()
    max_gain = _MAX_GAIN_ON_BRIGHT if _is_bright(capture, geometry.background) else _MAX_GAIN
    return Paint(_toned(paint, region, max_gain), detail, textured, shade, paint, colour)


def with_one_paint(paint: Paint, colour: Rgb, kept: Mask) -> Paint:
    """Returns the paint of a model that has this albedo everywhere but in the regions ``kept`` (regions,)."""
    albedo = np.where(kept[:, None], paint.albedo, np.array(colour, np.float32)).astype(np.float32)
    return replace(paint, albedo=albedo, detail=np.ones_like(paint.detail))


def _inner(region: I32, reach: int, count: int) -> Mask:
    """Returns the pixels away from borders; in regions that have hardly any of them, those nearest to such."""
    same = np.ones(region.shape, np.bool_)
    same[:, 1:] &= region[:, 1:] == region[:, :-1]
    same[:, :-1] &= region[:, 1:] == region[:, :-1]
    same[1:] &= region[1:] == region[:-1]
    same[:-1] &= region[1:] == region[:-1]
    masks = [same]
    for _ in range(reach - 1):
        masks.append(grey_erosion(masks[-1].astype(np.uint8), 3) > 0)
    inner = masks[-1].copy()
    enough = np.bincount(region[inner], minlength=count) >= _MIN_INNER
    for mask in [*masks[-2::-1], np.ones(region.shape, np.bool_)]:
        if enough.all():
            break
        missing = ~enough[region]
        inner |= mask & missing
        enough |= np.bincount(region[mask & missing], minlength=count) >= _MIN_INNER
    return inner


def _robust_colours(capture: U8, region: I32, inner: Mask, count: int) -> F32:
    """Returns the mean colour (regions, 3) in sRGB, without lines and other outliers."""
    is_large = np.bincount(region[inner], minlength=count) > _LARGE
    # Not in whole rows or columns, which may be those of a pattern.
    spread = (3 * np.arange(region.shape[0])[:, None] + np.arange(region.shape[1])) % _SPREAD == 0
    index = np.flatnonzero(inner & (spread | ~is_large.take(region)))
    label = region.ravel()[index]
    pixels = capture.reshape(-1, 3).take(index, axis=0).astype(np.float32)
    level = pixels @ LUMA
    # The start is the most frequent level: the mean of a wall with windows is neither of them.
    bins = (level * np.float32(_LEVEL_BINS / 256)).astype(np.int64)
    frequent = np.bincount(label * _LEVEL_BINS + bins, minlength=count * _LEVEL_BINS).reshape(count, _LEVEL_BINS)
    # Where most pixels are drawn lines, the face is brighter than the most frequent level.
    bright = (np.cumsum(frequent, axis=1) < _BRIGHT_SHARE * frequent.sum(axis=1)[:, None]).sum(axis=1)
    mode = frequent.argmax(axis=1)
    mode = np.where(mode + 0.5 < _LINE_LEVEL * bright, bright, mode)
    start = (mode + np.float32(0.5)) * np.float32(256 / _LEVEL_BINS)
    weight = (np.abs(level - start[label]) < 256 / _LEVEL_BINS).astype(np.float32) + np.float32(1e-3)
    mean = np.zeros((count, 3), np.float32)
    for _ in range(3):
        total = np.maximum(np.bincount(label, weight, count), 1e-3)
        mean = np.stack([np.bincount(label, weight * pixels[:, c], count) / total for c in range(3)], 1)
        centre = mean @ LUMA
        weight = (np.abs(level - centre[label]) < _ROBUST * centre[label] + 6).astype(np.float32) + np.float32(1e-3)
    found: F32 = mean.astype(np.float32)
    return found


def _textured(capture: U8, region: I32, inner: Mask, is_flat: Mask, count: int) -> Mask:
    change = local_range(capture)
    label = region[inner]
    total = np.maximum(np.bincount(label, minlength=count), 1)
    # Curved faces are shaded; a plane in one colour is even but for lines.
    strong, weak = (
        np.bincount(label, (change[inner] > limit).astype(np.float32), count) / total
        for limit in (_TEXTURED_RANGE, _UNEVEN_RANGE)
    )
    textured: Mask = ((strong > _TEXTURED_SHARE) | (is_flat & (weak > _UNEVEN_SHARE))) & (
        np.bincount(label, minlength=count) > 8 * _MIN_INNER
    )
    textured[0] = False
    return textured


def _paints(linear: F32, region: I32, geometry: Geometry, count: int) -> F32:
    """Returns for each region the colour (regions, 3) that its paint has where the viewport lights it most."""
    area = np.bincount(region.ravel(), minlength=count).astype(np.float64)
    luminance = np.maximum(linear @ LUMA, 1e-5)
    chroma = linear / np.maximum(linear.sum(axis=1, keepdims=True), 1e-5)
    bins = np.round(chroma[:, :2] * _CHROMA_BINS).astype(np.int64)
    key = bins[:, 0] * 100 + bins[:, 1]
    is_known = geometry.id_of_region is not None
    if geometry.id_of_region is not None:
        key = geometry.id_of_region.astype(np.int64)
    paint = linear.copy()
    for each in np.unique(key[1:]):
        member = np.flatnonzero(key == each)
        member = member[member > 0]
        order = member[np.argsort(luminance[member])]
        share = np.cumsum(area[order])
        light = order[min(int(np.searchsorted(share, share[-1] * _PAINT_SHARE / 100)), len(order) - 1)]
        alike = np.abs(chroma[member] - chroma[light]).max(axis=1) < _SAME_PAINT
        if is_known:
            # One material: a darker face is turned away from the viewport's light.
            alike &= luminance[member] > 0.06 * luminance[light]
        else:
            alike &= luminance[member] > _DARKER_PAINT * luminance[light]
        paint[member[alike]] = linear[light]
    return paint


def _is_bright(capture: U8, background: Mask) -> bool:
    """Returns whether the model stands before a bright background, where dark paint is dark on purpose."""
    if background.mean() <= _SEEN_BACKGROUND:
        return False
    return percentile(highest_channel(capture)[background], 50) > _BRIGHT_LEVEL


def _toned(paint: F32, region: I32, max_gain: float) -> F32:
    """Returns paint as bright as real materials are, whatever the theme of the viewport."""
    area = np.bincount(region.ravel(), minlength=len(paint))
    large = area > 0.004 * region.size
    large[0] = False
    albedo = paint.copy()
    if large.any():
        brightest = float(paint[large].max())
        albedo *= np.float32(np.clip(_TARGET_LEVEL / max(brightest, 1e-3), 1, max_gain))
    highest, lowest = albedo.max(axis=1), albedo.min(axis=1)
    saturation = (highest - lowest) / np.maximum(highest, 1e-4)
    amount = np.clip((saturation - _STRONG_PAINT[0]) / (_STRONG_PAINT[1] - _STRONG_PAINT[0]), 0, 1) * _DULLED
    grey = (albedo @ LUMA)[:, None]
    albedo += (grey - albedo) * amount[:, None]
    scale = np.minimum(1, _MAX_ALBEDO / np.maximum(albedo.max(axis=1), 1e-4))
    toned: F32 = (albedo * scale[:, None]).astype(np.float32)
    return toned


def _detail(capture: U8, linear: F32, geometry: Geometry, textured: Mask, inner: Mask, unit: float) -> F32:
    """Returns what the capture shows on its regions beyond their colour, as a factor (height, width, 3).

    Textures and painted details stay. The viewport's shading goes, and within one material its drawn shadows. Pixels
    along borders, which are mixed or show an edge line, get the detail of the nearest pixel within.
    """
    region = geometry.region
    table = srgb_to_linear(np.arange(256, dtype=np.uint8))
    detail = table.take(capture) / np.maximum(linear, 2e-3).take(region, axis=0)
    np.clip(detail, _MIN_DETAIL, _MAX_DETAIL, out=detail)
    grey = np.asarray(Image.fromarray(capture).convert("L"))
    side = 2 * round(_LINE_SIDE * unit / 2) + 1
    without_dark = grey_closing(grey, side)
    # Between the dashes of a dark line nothing is bright.
    opened = grey_opening(without_dark, side).astype(np.float32)
    closed = without_dark.astype(np.float32)
    level = np.maximum(grey.astype(np.float32), 3)
    line = np.minimum(level / np.maximum(closed, 3), 1) * np.maximum(level / np.maximum(opened, 12), 1)
    line = np.clip(line, 0.25, 1.6) ** np.float32(2.2 * _LINE_STRENGTH)
    total = np.maximum(detail[..., 0] + detail[..., 1] + detail[..., 2], np.float32(1e-4))
    is_painted = np.zeros(region.shape, np.bool_)
    for channel in range(3):
        is_painted |= np.abs(detail[..., channel] / total - np.float32(1 / 3)) > np.float32(0.045)
    keeps = textured[region] | is_painted | geometry.thin
    if geometry.id_of_region is None and geometry.is_flat.any():
        # Without ids a step of brightness on a plane may be another paint as well as a shadow.
        keeps |= geometry.is_flat[region]
    curved = ~geometry.is_flat[region] & textured[region]
    if curved.any():
        tone = detail @ LUMA
        sigma = max(2.0, _SHADE_SIGMA * max(region.shape))
        soft = gaussian_blur(np.clip(tone * 100, 0, 255).astype(np.uint8), sigma).astype(np.float32) / 100
        factor = np.where(curved, 1 / np.maximum(soft, 0.2), 1)
        detail *= factor[..., None]
    plain = np.flatnonzero(~keeps)
    detail.reshape(-1, 3)[plain] = line.ravel()[plain, None]
    if geometry.thin.any():
        # The guides show only some pixels of a gap that the capture draws as a line; seams are found later, as wholes.
        rows, columns = np.nonzero(geometry.thin)
        bright = np.stack(
            [grey_closing(np.ascontiguousarray(capture[..., c]), side)[rows, columns] for c in range(3)], axis=1
        )
        ratio = table[bright] / np.maximum(linear, 2e-3)[region[rows, columns]]
        detail[rows, columns] = np.clip(ratio, _MIN_DETAIL, _MAX_DETAIL)
    inner = inner | geometry.thin
    outer = ~inner
    if outer.any() and inner.any():
        _, place, source = expand_labels(np.where(inner, region, -1).astype(np.int32))
        flat, label = detail.reshape(-1, 3), region.ravel()
        fits = label[place] == label[source]
        flat[place[fits]] = flat[source[fits]]
        flat[place[~fits]] = 1
    detail.reshape(-1, 3)[np.flatnonzero(region == 0)] = 1
    found: F32 = detail.astype(np.float32, copy=False)
    return found
