"""Inpainting: the surroundings of thin things grow into the pixels that they cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, U8, Mask, gaussian_blur
from renderiq.engines.preview.segment.morphology import grey_dilation

_CONTRAST_SIGMA: Final = 6.0
"""Pixels along a line of which the contrast is the mean."""
_HALO_CONTRAST: Final = 7
"""Levels between an anti-aliased pixel beside a line and the next pixel away from it."""
_NEIGHBOURS: Final = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))


@dataclass(frozen=True, slots=True)
class Inpainting:
    """The pixels that were reached, as flat indices, and the ``colour`` (count, 3) of each.

    ``contrast`` is the difference, in levels, between what meets around each of them.
    """

    pixels: NDArray[np.intp]
    colour: F32
    contrast: F32


def inpaint(rgb: U8, covered: Mask, unknown: Mask, rounds: int) -> Inpainting:
    """Grows what is not ``unknown`` by ``rounds`` pixels into the ``covered`` pixels, all of which are unknown."""
    width = rgb.shape[1]
    stride = width + 2
    known = np.pad(~unknown, 1, constant_values=False).ravel()
    remaining = np.flatnonzero(np.pad(covered, 1).ravel())
    colours = np.pad(rgb, ((1, 1), (1, 1), (0, 0))).reshape(-1, 3).astype(np.float32)
    lowest, highest = colours.copy(), colours.copy()
    done: list[NDArray[np.intp]] = [remaining[:0]]
    for _ in range(rounds):
        total = np.zeros((len(remaining), 3), np.float32)
        count = np.zeros(len(remaining), np.float32)
        low = np.full((len(remaining), 3), 255, np.float32)
        high = np.zeros((len(remaining), 3), np.float32)
        for down, across in _NEIGHBOURS:
            beside = remaining + (down * stride + across)
            weight = known[beside]
            count += weight
            there = np.flatnonzero(weight)
            source = beside[there]
            total[there] += colours[source]
            low[there] = np.minimum(low[there], lowest[source])
            high[there] = np.maximum(high[there], highest[source])
        found = count > 0
        here = remaining[found]
        colours[here] = total[found] / count[found][:, None]
        lowest[here], highest[here] = low[found], high[found]
        known[here] = True
        done.append(here)
        remaining = remaining[~found]
        if not len(remaining):
            break
    reached = np.concatenate(done)
    y, x = np.divmod(reached, stride)
    contrast = _contrast_along(reached, (highest[reached] - lowest[reached]).max(axis=1, initial=0), len(known), stride)
    return Inpainting((y - 1) * width + x - 1, colours[reached], contrast)


def _contrast_along(reached: NDArray[np.intp], spread: F32, size: int, stride: int) -> F32:
    """Returns the mean contrast along each line, so that it is judged as a whole and not in dashes.

    What meets around a line meets in its middle; its other pixels have seen one side only.
    """
    levels, member = np.zeros((size // stride, stride), np.uint8), np.zeros((size // stride, stride), np.uint8)
    levels.ravel()[reached] = np.clip(spread, 0, 255).astype(np.uint8)
    member.ravel()[reached] = 255
    widened = grey_dilation(levels, 5) * (member > 0)
    share = gaussian_blur(member, _CONTRAST_SIGMA).ravel()[reached].astype(np.float32)
    mean = gaussian_blur(widened, _CONTRAST_SIGMA).ravel()[reached].astype(np.float32)
    contrast: F32 = (mean * np.float32(255) / np.maximum(share, np.float32(1))).astype(np.float32)
    return contrast


def find_halo(rgb: U8, core: Mask) -> Mask:
    """Returns the anti-aliased pixels beside thin things: those that differ from the next pixel away from them."""
    width = core.shape[1]
    halo = np.zeros_like(core)
    inner = np.flatnonzero(np.pad(core[2:-2, 2:-2], 2))
    flat = rgb.reshape(-1, 3)
    is_core = core.ravel()
    for step in (-width, width, -1, 1):
        beside = inner + step
        beside = beside[~is_core[beside]]
        # Not uint8, in which differences wrap around.
        difference = flat[beside].astype(np.int16) - flat[beside + step]
        halo.ravel()[beside[np.abs(difference).max(axis=1) > _HALO_CONTRAST]] = True
    return halo
