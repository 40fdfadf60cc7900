"""Telling apart by depth what touches in the picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import I32, U8, Mask
from renderiq.engines.preview.segment.labels import connected_parts

APART: Final = 10
"""Steps of depth between two faces that do not touch."""
_ON_ITS_OWN: Final = 0.35
"""The share of its width that a thing must be seen standing on, to be one of its own."""


def standing_apart(mask: Mask, depth: U8, smallest: float) -> I32:
    """The connected parts of the ``mask``, cut in two where depth steps and both sides are seen to stand.

    A roof that juts out over its wall, a balcony, or a storey that stands back is apart in depth as well: what is
    not seen down to the ground in its own columns stays with what is below it.
    """
    step = mask & steps(depth)
    whole = connected_parts(mask)
    if not step.any():
        return whole
    pieces = connected_parts(mask & ~step)
    _regrow(pieces, mask)
    rest = mask & (pieces == 0)
    pieces[rest] = connected_parts(rest)[rest] + pieces.max()
    many = int(pieces.max()) + 1
    columns = np.flatnonzero(mask.any(axis=0))
    lowest = mask.shape[0] - 1 - np.argmax(mask[::-1, columns], axis=0)
    stood_on = np.bincount(pieces[lowest, columns], minlength=many)
    breadth = np.bincount(
        (np.unique(pieces * mask.shape[1] + np.arange(mask.shape[1])) // mask.shape[1]).astype(np.int64)
    )
    size = np.bincount(pieces.ravel(), minlength=many)
    stands = (stood_on > _ON_ITS_OWN * breadth) & (size > smallest)
    stands[0] = False
    belongs = np.where(stands, np.arange(many), 0)
    above, below = _borders(pieces, many)
    while True:
        # What hangs goes with what is below it, else with what it lies beside, outwards from what stands.
        known = belongs[below] > 0
        open_ = (belongs[above] == 0) & known
        if not open_.any():
            break
        for piece, other in zip(above[open_].tolist(), below[open_].tolist(), strict=True):
            if belongs[piece] == 0:
                belongs[piece] = belongs[other]
    lost = belongs == 0
    lost[0] = False
    parts: I32 = belongs[pieces].astype(np.int32)
    stray = lost[pieces]
    parts[stray] = whole[stray] + many
    return parts


def steps(depth: U8) -> Mask:
    """Pixels on either side of a clear step of depth."""
    near = depth.astype(np.int16)
    step = np.zeros(depth.shape, np.bool_)
    far_below = np.abs(near[2:] - near[:-2]) >= APART
    far_beside = np.abs(near[:, 2:] - near[:, :-2]) >= APART
    step[1:-1] |= far_below
    step[:, 1:-1] |= far_beside
    return step


def _regrow(pieces: I32, mask: Mask) -> None:
    """Gives the pixels of the ``mask`` that are in no piece to a piece beside them, three pixels deep, in place."""
    for _ in range(3):
        for to, source in (
            (np.s_[1:], np.s_[:-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:, :-1], np.s_[:, 1:]),
        ):
            free = mask[to] & (pieces[to] == 0)
            pieces[to][free] = pieces[source][free]


def _borders(pieces: I32, many: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of pieces that touch, each both ways round; those that share the longest border first, and a border
    counts more for the upper of the two."""
    code, votes = [], []
    for here, there, down in (
        (pieces[:-1], pieces[1:], 4),
        (pieces[1:], pieces[:-1], 1),
        (pieces[:, :-1], pieces[:, 1:], 1),
        (pieces[:, 1:], pieces[:, :-1], 1),
    ):
        meet = (here != there) & (here > 0) & (there > 0)
        pair, count = np.unique(here[meet].astype(np.int64) * many + there[meet], return_counts=True)
        code.append(pair)
        votes.append(count * down)
    pair, inverse = np.unique(np.concatenate(code), return_inverse=True)
    total = np.bincount(inverse, np.concatenate(votes), len(pair))
    pair = pair[np.argsort(-total, kind="stable")]
    return pair // many, pair % many
