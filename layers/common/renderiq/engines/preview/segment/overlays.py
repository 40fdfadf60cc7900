"""Overlays that a host draws on a model: axes, selection outlines, cursors, dotted dimensions. They are taken out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import I32, U8, Mask
from renderiq.engines.preview.segment.inpainting import find_halo, inpaint
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_opening

_MIN_SIDE: Final = 64
_WIDEST: Final = 7
"""Pixels: wider than an overlay."""
_ROUNDS: Final = 6
_HUE_CONTRAST: Final = 24
"""Levels, in the difference of two channels, between a coloured line and both sides of it."""
_CHROMA_CONTRAST: Final = 14
"""Levels by which a line is more colourful than what is beside it."""
_MIN_SATURATION: Final = 0.5
_MIN_CHROMA: Final = 56
_WEAK_SATURATION: Final = 0.16
_WEAK_CHROMA: Final = 16
_MIN_PURE: Final = 0.25
"""The same where a line is thinner than a pixel, and the part of a line that has a pure colour."""
_MIN_LENGTH: Final = 0.06
"""Of the longer side of the picture: an axis, an outline of a selection, an edge of a section box."""
_MAX_THICKNESS: Final = 4.5
"""Pixels of a coloured line or outline, over the sum of its width and its height."""
_DARK_LEVEL: Final = 90
_DARK_CONTRAST: Final = 30
_DOT: Final = 0.008
_MIN_DOT: Final = 5
_MIN_DOTS: Final = 6
_MAX_DOT_GAP: Final = 0.02
"""Of the longer side, or in pixels: a dot or a dash; how many make a row, and the mean distance between them."""
_SPECK: Final = 0.05
"""Of the longer side: ticks and arrows on a row of dots."""
_MAX_SPECKS: Final = 0.012
"""Of the picture: more specks are a hatching, or detail."""
_SPECK_CONTRAST: Final = 14
"""Levels between the two sides of a speck."""
_CURSOR: Final = (0.012, 0.11)
"""Of the longer side: the ring of red and white dashes that Blender draws."""
_RED: Final = (150, 110)
"""The least level of red and the highest of the other channels, of the red dashes."""
_WHITE: Final = 195
_CURSOR_SHARE: Final = 0.2
"""Of the ring: at least so much is red, and so much white."""


def remove_overlays(rgb: U8, opacity_known: Mask | None = None) -> U8:
    """Returns ``rgb`` (height, width, 3) without the overlays that are on the model.

    ``opacity_known`` (height, width) has the pixels that surely show the model; only they grow into an overlay.
    """
    if min(rgb.shape[:2]) < _MIN_SIDE:
        return rgb
    coloured = _coloured_lines(rgb) | _cursors(rgb)
    out = _take_out(rgb, coloured, opacity_known, None)
    return _take_out(out, _specks(out), opacity_known, _SPECK_CONTRAST)


def _take_out(rgb: U8, overlay: Mask, model: Mask | None, max_contrast: int | None) -> U8:
    """Inpaints ``overlay``; with ``max_contrast`` only where both sides of it are alike."""
    if not overlay.any():
        return rgb
    covered = overlay | find_halo(rgb, overlay)
    found = inpaint(rgb, covered, covered if model is None else covered | ~model, _ROUNDS)
    kept = np.ones(len(found.pixels), np.bool_) if max_contrast is None else found.contrast < max_contrast
    out = rgb.copy()
    out.reshape(-1, 3)[found.pixels[kept]] = (found.colour[kept] + 0.5).astype(np.uint8)
    return out


def _coloured_lines(rgb: U8) -> Mask:
    """Returns long thin lines in the pure colours in which hosts draw axes, sections and selections."""
    red, green, blue = (rgb[..., channel].astype(np.int16) for channel in range(3))
    highest = np.maximum(np.maximum(red, green), blue)
    chroma = highest - np.minimum(np.minimum(red, green), blue)
    is_coloured = (chroma > _WEAK_CHROMA) & (chroma > _WEAK_SATURATION * highest)
    is_pure = (chroma > _MIN_CHROMA) & (chroma > _MIN_SATURATION * highest)
    # Wood, brick and brass lie between red and green; lines in their colours may be things.
    is_warm = (red >= green) & (green > blue + (red - blue) // 4)
    is_pure &= ~is_warm
    if not is_pure.any():
        return is_pure
    thin = np.zeros(is_pure.shape, np.bool_)
    for difference in (red - green, blue - (red + green) // 2):
        level = ((difference + 256) // 2).astype(np.uint8)
        opened = grey_opening(level, _WIDEST)
        thin |= level - opened > _HUE_CONTRAST // 2
        thin |= grey_closing(level, _WIDEST) - level > _HUE_CONTRAST // 2
    thin &= is_coloured & ~is_warm
    chroma_level = chroma.astype(np.uint8)
    thin &= chroma_level - grey_opening(chroma_level, _WIDEST) > _CHROMA_CONTRAST
    # Dashes of one line are one part.
    parts = connected_components(grey_dilation(thin.astype(np.uint8), 5)) * thin
    width, height = _extents(parts)
    area = np.bincount(parts.ravel(), minlength=len(width))
    is_line = np.maximum(width, height) > _MIN_LENGTH * max(thin.shape)
    is_line &= area < _MAX_THICKNESS * (width + height)
    is_line &= np.bincount(parts[is_pure], minlength=len(area)) > _MIN_PURE * area
    is_line[0] = False
    found: Mask = is_line[parts]
    return found


def _cursors(rgb: U8) -> Mask:
    """Returns rings of red and white dashes."""
    red, green, blue = (rgb[..., channel] for channel in range(3))
    is_red = (red > _RED[0]) & (green < _RED[1]) & (blue < _RED[1])
    is_white = np.minimum(np.minimum(red, green), blue) > _WHITE
    grey = np.ascontiguousarray(green)
    thin_white = is_white & (grey - grey_opening(grey, _WIDEST) > _DARK_CONTRAST)
    red_level = np.ascontiguousarray(np.clip(red.astype(np.int16) - green, 0, 255).astype(np.uint8))
    thin_red = is_red & (red_level - grey_opening(red_level, _WIDEST) > _DARK_CONTRAST)
    ring = thin_red | thin_white
    if not thin_red.any() or not thin_white.any():
        return np.zeros_like(ring)
    parts = connected_components(grey_dilation(ring.astype(np.uint8), 5)) * ring
    count = int(parts.max()) + 1
    area = np.maximum(np.bincount(parts.ravel(), minlength=count), 1)
    shares = [np.bincount(parts[mask], minlength=count) / area for mask in (thin_red, thin_white)]
    width, height = _extents(parts)
    side = np.maximum(width, height)
    low, high = (each * max(rgb.shape[:2]) for each in _CURSOR)
    is_ring = (side > low) & (side < high) & (np.minimum(width, height) > 0.7 * side)
    is_ring &= (shares[0] > _CURSOR_SHARE) & (shares[1] > _CURSOR_SHARE) & (area > 1.2 * side)
    is_ring[0] = False
    # The dashes have dark rims.
    return np.asarray(grey_dilation(is_ring[parts].astype(np.uint8), 3) > 0)


def _specks(rgb: U8) -> Mask:
    """Returns the dots, the dashes and the ticks of dotted lines."""
    longest = max(rgb.shape[:2])
    grey = np.ascontiguousarray(rgb[..., 1])
    highest = np.maximum(np.maximum(rgb[..., 0], grey), rgb[..., 2])
    dark = (highest < _DARK_LEVEL) & (grey_closing(grey, _WIDEST) - grey > _DARK_CONTRAST)
    parts = _eight_connected(dark)
    area, extent = _measure(parts)
    is_dot = (extent <= max(_DOT * longest, _MIN_DOT)) & (area > 0)
    is_dot[0] = False
    none: Mask = np.zeros_like(dark)
    if not is_dot.any() or area[is_dot].sum() > _MAX_SPECKS * grey.size:
        return none
    dots = is_dot[parts]
    reach = 2 * round(_DOT * longest / 2 + 2) + 1
    rows = connected_components(grey_dilation(dots.astype(np.uint8), reach))
    _, first = np.unique(parts * dots, return_index=True)
    owner = rows.ravel()[first[1:]]
    count = np.bincount(owner, minlength=int(rows.max()) + 1)
    _, row_extent = _measure(rows)
    is_row = (count >= _MIN_DOTS) & (row_extent > _MIN_LENGTH * longest) & (row_extent < _MAX_DOT_GAP * longest * count)
    is_row[0] = False
    in_row = is_row[rows]
    # Ticks and arrows stand on a row of dots.
    touching = np.zeros(len(area), np.bool_)
    touching[np.unique(parts[in_row])] = True
    is_speck = touching & (extent < _SPECK * longest)
    is_speck[0] = False
    found: Mask = is_speck[parts]
    return found


def _eight_connected(mask: Mask) -> I32:
    """Labels the parts of ``mask`` whose pixels touch, also at their corners, from 1."""
    widened = mask.astype(np.uint8)
    joined = np.maximum(widened, 0)
    # A pixel at the corner between two diagonal neighbours joins them.
    joined[:, 1:] |= widened[:, :-1]
    joined[1:] |= joined[:-1].copy()
    return connected_components(joined) * mask


def _measure(parts: I32) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the area of each part, and the longer side of its bounding box."""
    width, height = _extents(parts)
    return np.bincount(parts.ravel(), minlength=len(width)), np.maximum(width, height)


def _extents(parts: I32) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the width and the height of the bounding box of each part."""
    count = int(parts.max()) + 1
    y, x = np.nonzero(parts)
    owner = parts[y, x]
    sides = []
    for place in (x, y):
        low, high = np.full(count, 1 << 30, np.int64), np.zeros(count, np.int64)
        np.minimum.at(low, owner, place)
        np.maximum.at(high, owner, place)
        sides.append(np.maximum(high - low + 1, 0))
    return sides[0], sides[1]
