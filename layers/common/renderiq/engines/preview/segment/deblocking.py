"""Removal of JPEG artefacts from captures, also from PNG files of pictures that were JPEG files once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.raster import U8, CheckCancelled, Mask, never_cancelled
from renderiq.engines.preview.segment.morphology import grey_dilation, local_range, median_3x3

_BLOCK: Final = 8
"""Pixels: the side of a block of JPEG, and how far ringing reaches from an edge."""
_MAX_STEP: Final = 12
"""Levels: larger steps between two pixels are edges of the picture and not of a block."""
_MIN_GRID_STRENGTH: Final = 1.12
"""Mean step between blocks over the usual mean step, of a picture with a block grid."""
_FLAT_RANGE: Final = 3
_RINGING_RANGE: Final = 13
"""Levels in 3 x 3 pixels: of a flat pixel, and at most of one with ringing."""
_MIN_RINGING: Final = 0.2
_MIN_RINGING_ON_GRID: Final = 0.05
"""Of the pixels beside edges: those with ringing in a compressed picture, and in one with a block grid."""
_MAX_UNTOUCHED: Final = 0.48
"""Of the pixels beside edges: those that are exactly as their neighbours, in a compressed picture without such a
grid."""
_SMOOTHED_RANGE: Final = 24
"""Levels in 3 x 3 pixels up to which what remains of the ringing is smoothed."""
_RINGING: Final = 14
"""Levels of luma by which ringing differs from the flat colour beside it."""
_CHROMA_BLEEDING: Final = 26
"""The same of chroma, which JPEG stores at half the resolution."""
_NEIGHBOURS: Final = ((0, -1), (-1, 0), (0, 1), (1, 0))


@dataclass(frozen=True, slots=True)
class Noise:
    """``is_noisy``: there is noise of a few levels beside edges. ``is_compressed``: it is the ringing of JPEG.

    Noise that is no ringing is a texture, or the weak grid of a dark viewport.
    """

    is_noisy: bool
    is_compressed: bool


def find_noise(rgb: U8) -> Noise:
    """Judges a picture (height, width, 3) by what is beside its edges, and by blocks of 8 x 8 pixels.

    If there is a grid of blocks, less ringing is enough.
    """
    levels = local_range(rgb)
    ringing, near_edge = _find_ringing(levels)
    total = max(1, int(near_edge.sum()))
    share = float(ringing.sum() / total)
    if share > _MIN_RINGING and (near_edge & (levels == 0)).sum() < _MAX_UNTOUCHED * total:
        return Noise(is_noisy=True, is_compressed=True)
    if share <= _MIN_RINGING_ON_GRID:
        return Noise(is_noisy=False, is_compressed=False)
    grey = rgb[..., 1].astype(np.int16)
    has_grid = all(_grid_strength(np.abs(np.diff(grey, axis=axis)), axis) > _MIN_GRID_STRENGTH for axis in (0, 1))
    return Noise(is_noisy=has_grid or share > _MIN_RINGING, is_compressed=has_grid)


def is_compressed(rgb: U8) -> bool:
    """Returns whether a picture (height, width, 3) has the ringing of JPEG compression around its edges."""
    return find_noise(rgb).is_compressed


def _find_ringing(levels: U8) -> tuple[Mask, Mask]:
    """Returns the pixels that may be ringing, and all pixels beside edges, from the ``local_range`` of a picture."""
    edge = (levels > _RINGING_RANGE).astype(np.uint8)
    near_edge = (grey_dilation(edge, 2 * _BLOCK - 1) > 0) & (edge == 0)
    return near_edge & (levels > _FLAT_RANGE + 1), near_edge


def remove_compression_artefacts(
    rgb: U8, check_cancelled: CheckCancelled = never_cancelled, noise: Noise | None = None
) -> U8:
    """Returns ``rgb`` (height, width, 3), in which ringing has the colour of the flat area that it surrounds.

    Flat colours grow from pixel to pixel into the ringing beside them and stop at edges, which are not changed. A
    picture that was not compressed is returned as it is. ``noise`` is what is known about the picture.
    """
    if min(rgb.shape[:2]) < 2 * _BLOCK or not (noise or find_noise(rgb)).is_compressed:
        return rgb
    height, width = rgb.shape[:2]
    stride = width + 2
    levels = local_range(rgb)
    # Gradients and textures far from edges are not ringing.
    beside_edge = grey_dilation((levels > _RINGING_RANGE).astype(np.uint8), 2 * _BLOCK + 1) > 0
    padded = np.pad(rgb, ((1, 1), (1, 1), (0, 0)), mode="edge").reshape(-1, 3).astype(np.int16)
    known: Mask = np.pad(levels <= _FLAT_RANGE, 1).ravel()
    inside = np.pad(np.ones((height, width), np.bool_), 1).ravel()
    remaining = np.flatnonzero(inside & ~known & np.pad(beside_edge, 1).ravel())
    for _ in range(_BLOCK):
        check_cancelled()
        grown, colours = [], []
        open_pixels = remaining
        for down, across in _NEIGHBOURS:
            beside = open_pixels + (down * stride + across)
            has_colour = known[beside]
            here, there = open_pixels[has_colour], beside[has_colour]
            difference = padded[here] - padded[there]
            luma = (2 * difference[:, 0] + 5 * difference[:, 1] + difference[:, 2]) >> 3
            is_ringing = (np.abs(luma) <= _RINGING) & (
                np.abs(difference - luma[:, None]).max(axis=1) <= _CHROMA_BLEEDING
            )
            grown.append(here[is_ringing])
            colours.append(padded[there[is_ringing]])
            taken = np.zeros(len(open_pixels), np.bool_)
            taken[np.flatnonzero(has_colour)[is_ringing]] = True
            open_pixels = open_pixels[~taken]
        remaining = open_pixels
        changed = np.concatenate(grown)
        if not len(changed):
            break
        padded[changed] = np.concatenate(colours)
        known[changed] = True
    clean: U8 = padded.reshape(height + 2, stride, 3)[1:-1, 1:-1].astype(np.uint8)
    remains = beside_edge & (levels > _FLAT_RANGE) & (local_range(clean) <= _SMOOTHED_RANGE)
    return np.where(remains[..., None], median_3x3(clean), clean)


def _grid_strength(step: np.ndarray, axis: int) -> float:
    """Returns the largest mean step of the eight phases over their median, from the steps along ``axis``."""
    small = np.where(step < _MAX_STEP, step, 0).mean(axis=1 - axis)
    phases = [float(small[phase::_BLOCK].mean()) for phase in range(_BLOCK)]
    return max(phases) / max(float(np.median(phases)), 1e-3)
