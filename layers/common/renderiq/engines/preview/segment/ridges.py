"""What is too narrow to hold a flat patch: rims, copings, posts, frames. Pieces of one strip become one part again."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import I32, U8, Mask
from renderiq.engines.preview.segment.labels import Runs, united

Shades = NDArray[np.int16]

_CONTRAST: Final = 12
"""Shades that a strip stands out from what is on either side of it."""
_REACH: Final = (2, 3, 4)
"""Pixels from a strip's spine to what is beside it: strips that are wider hold flat patches."""
_EVEN: Final = 8
"""Shades that a strip may vary from one pixel to the next but one."""
_ALIKE: Final = 8
_LENGTH: Final = 0.03
"""Least length of a strip that joins nothing, as a part of the capture's longer side."""


DARK: Final = 1
BRIGHT: Final = 2


def spines(grey: U8, where: Mask) -> U8:
    """The middle of strips, level or upright or nearly so: ``BRIGHT`` or ``DARK`` beside both sides, 0 elsewhere and
    outside of ``where``."""
    width, wing = grey.shape[1], max(_REACH)
    padded = np.pad(grey, wing, mode="edge").astype(np.int16)
    shades, stride = padded.ravel(), padded.shape[1]
    place = np.flatnonzero(where)
    at = place + place // width * (2 * wing) + wing * (stride + 1)
    found = np.zeros(grey.shape, np.uint8)
    for across, along in ((stride, 1), (1, stride)):
        even = np.abs(np.take(shades, at + along) - np.take(shades, at - along)) <= _EVEN
        spot, here = at[even], place[even]
        shade = np.take(shades, spot)
        near = {by: np.take(shades, spot + by * across) for by in range(-wing, wing + 1) if by}
        for kind, way in ((BRIGHT, 1), (DARK, -1)):
            found.ravel()[here[_stands_out(shade * way, {by: value * way for by, value in near.items()})]] = kind
    return found


def _stands_out(shade: Shades, near: dict[int, Shades]) -> Mask:
    """Which are hardly darker than the pixels on either side and brighter than what is beyond; ``near`` has the shades
    so many pixels to one side or, below zero, to the other."""
    beyond = np.maximum(*(np.minimum.reduce([near[way * step] for step in _REACH]) for way in (-1, 1)))
    contrast = shade - beyond
    # Where a capture was scaled down, the middle of a strip rings.
    least = shade + (contrast // 6 + 2)
    out: Mask = (contrast > _CONTRAST) & (least >= near[-1]) & (least >= near[1])
    return out


def joined(rgb: U8, parts: I32, runs: Runs, strip: Mask) -> I32:
    """For each part the one that it belongs to, parts that are no ``strip`` to themselves or one another: a strip
    joins what it touches and has the colour of; one that touches nothing alike stands if it is long, or else has 0."""
    mean = runs.mean(rgb)
    one, two = _touching(parts, strip)
    alike = np.abs(mean[one] - mean[two]).max(axis=1) < _ALIKE
    owner = united(one[alike], two[alike], len(mean))
    alone = np.ones(len(owner), np.bool_)
    alone[owner[~strip]] = False
    box = runs.boxes(owner, len(owner))
    length = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    owner[alone[owner] & (length[owner] < _LENGTH * max(parts.shape))] = 0
    return owner


def _touching(parts: I32, strip: Mask) -> tuple[I32, I32]:
    """Pairs of different parts, at least one of them a ``strip``, that have neighbouring pixels."""
    pairs = []
    height, width = parts.shape
    for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = parts[: height - down, max(0, -across) : width - max(0, across)]
        there = parts[down:, max(0, across) : width + min(0, across)]
        meet = np.flatnonzero((here != there) & (here > 0) & (there > 0))
        pairs.append(here.ravel()[meet].astype(np.int64) << 32 | there.ravel()[meet])
    both = np.unique(np.concatenate(pairs))
    one, two = (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32)
    met = strip[one] | strip[two]
    return one[met], two[met]
