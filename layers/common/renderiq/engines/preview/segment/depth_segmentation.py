"""Segmentation by depth: separates things that touch in the picture but not in space."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import I32, U8, Mask
from renderiq.engines.preview.segment.labels import connected_components

DEPTH_EDGE: Final = 10
"""Levels of an 8-bit depth picture between two faces that do not touch."""
_MIN_GROUND_CONTACT: Final = 0.35
"""The part of its width down to which an object must be visible to count as standing by itself."""
_REGROW_PIXELS: Final = 3
_VERTICAL_WEIGHT: Final = 4
"""How much more a border counts for the upper of two pieces than for the lower one or for pieces side by side."""


def split_by_depth(mask: Mask, depth: U8, min_area: float) -> I32:
    """Labels the connected components of ``mask``, split at depth edges if both sides visibly stand on the ground.

    A roof that projects over its wall, a balcony or a set-back storey also has a depth edge, but a piece that is not
    visible down to the ground in its own columns stays with the piece below it. ``min_area`` is in pixels. The labels
    start from 1 and may have gaps; 0 is outside ``mask``.
    """
    edge = mask & find_depth_edges(depth)
    components = connected_components(mask)
    if not edge.any():
        return components
    pieces = connected_components(mask & ~edge)
    _regrow(pieces, mask)
    rest = mask & (pieces == 0)
    pieces[rest] = connected_components(rest)[rest] + pieces.max()
    count = int(pieces.max()) + 1
    columns = np.flatnonzero(mask.any(axis=0))
    lowest = mask.shape[0] - 1 - np.argmax(mask[::-1, columns], axis=0)
    contact = np.bincount(pieces[lowest, columns], minlength=count)
    width = np.bincount(
        (np.unique(pieces * mask.shape[1] + np.arange(mask.shape[1])) // mask.shape[1]).astype(np.int64)
    )
    area = np.bincount(pieces.ravel(), minlength=count)
    stands = (contact > _MIN_GROUND_CONTACT * width) & (area > min_area)
    stands[0] = False
    owner = np.where(stands, np.arange(count), 0)
    piece, neighbour = _adjacent_pairs(pieces, count)
    # A piece that does not stand joins the one below or beside it, starting next to the pieces that stand.
    while True:
        can_join = (owner[piece] == 0) & (owner[neighbour] > 0)
        if not can_join.any():
            break
        for each, other in zip(piece[can_join].tolist(), neighbour[can_join].tolist(), strict=True):
            if owner[each] == 0:
                owner[each] = owner[other]
    is_unowned = owner == 0
    is_unowned[0] = False
    labels: I32 = owner[pieces].astype(np.int32)
    unowned = is_unowned[pieces]
    labels[unowned] = components[unowned] + count
    return labels


def find_depth_edges(depth: U8) -> Mask:
    """Returns the pixels on either side of a depth edge, (height, width)."""
    level = depth.astype(np.int16)
    edge = np.zeros(depth.shape, np.bool_)
    edge[1:-1] |= np.abs(level[2:] - level[:-2]) >= DEPTH_EDGE
    edge[:, 1:-1] |= np.abs(level[:, 2:] - level[:, :-2]) >= DEPTH_EDGE
    return edge


def _regrow(pieces: I32, mask: Mask) -> None:
    """Extends the pieces by a few pixels into the rest of ``mask``, in place."""
    for _ in range(_REGROW_PIXELS):
        for target, source in (
            (np.s_[1:], np.s_[:-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:, :-1], np.s_[:, 1:]),
        ):
            free = mask[target] & (pieces[target] == 0)
            pieces[target][free] = pieces[source][free]


def _adjacent_pairs(pieces: I32, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns pairs of touching pieces in both orders, those with the longest weighted border first."""
    codes, votes = [], []
    for here, there, weight in (
        (pieces[:-1], pieces[1:], _VERTICAL_WEIGHT),
        (pieces[1:], pieces[:-1], 1),
        (pieces[:, :-1], pieces[:, 1:], 1),
        (pieces[:, 1:], pieces[:, :-1], 1),
    ):
        touching = (here != there) & (here > 0) & (there > 0)
        pair, length = np.unique(here[touching].astype(np.int64) * count + there[touching], return_counts=True)
        codes.append(pair)
        votes.append(length * weight)
    pair, inverse = np.unique(np.concatenate(codes), return_inverse=True)
    total = np.bincount(inverse, np.concatenate(votes), len(pair))
    pair = pair[np.argsort(-total, kind="stable")]
    return pair // count, pair % count
