"""Ridges: features too narrow to hold a flat patch, such as rims, copings, posts and frames."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import I32, U8, Mask
from renderiq.engines.preview.segment.labels import RunLengthLabels, merge_labels

I16 = NDArray[np.int16]

DARK_RIDGE: Final = 1
BRIGHT_RIDGE: Final = 2
"""Classes of pixels in the result of ``detect_ridges``; 0 is neither."""
_MIN_CONTRAST: Final = 12
"""Grey levels between a ridge and what is on either side of it."""
_SIDE_DISTANCES: Final = (2, 3, 4)
"""Pixels from the centre of a ridge to what is beside it: wider features hold flat patches."""
_MAX_VARIATION: Final = 8
"""Grey levels that a ridge may vary along two pixels."""
_MAX_COLOUR_DIFFERENCE: Final = 8
"""Levels per channel between two components that are one feature."""
_MIN_LENGTH: Final = 0.03
"""Of the capture's longer side, for a ridge that touches nothing of its colour."""


def detect_ridges(grey: U8, candidates: Mask) -> U8:
    """Classifies the pixels of ``candidates`` at the centre of a horizontal or vertical ridge, or nearly so.

    Returns ``BRIGHT_RIDGE``, ``DARK_RIDGE`` or 0 for each pixel, (height, width).
    """
    width, margin = grey.shape[1], max(_SIDE_DISTANCES)
    padded = np.pad(grey, margin, mode="edge").astype(np.int16)
    levels, stride = padded.ravel(), padded.shape[1]
    pixel = np.flatnonzero(candidates)
    in_padded = pixel + pixel // width * (2 * margin) + margin * (stride + 1)
    ridges = np.zeros(grey.shape, np.uint8)
    for across, along in ((stride, 1), (1, stride)):
        variation = np.abs(np.take(levels, in_padded + along) - np.take(levels, in_padded - along))
        is_even = variation <= _MAX_VARIATION
        centre, here = in_padded[is_even], pixel[is_even]
        level = np.take(levels, centre)
        beside = {
            distance: np.take(levels, centre + distance * across) for distance in range(-margin, margin + 1) if distance
        }
        for ridge, sign in ((BRIGHT_RIDGE, 1), (DARK_RIDGE, -1)):
            is_ridge = _is_bright_ridge(level * sign, {distance: value * sign for distance, value in beside.items()})
            ridges.ravel()[here[is_ridge]] = ridge
    return ridges


def _is_bright_ridge(level: I16, beside: dict[int, I16]) -> Mask:
    """Returns which pixels are about as bright as their neighbours and brighter than what is beyond those.

    ``beside`` has the levels at each distance across the ridge; negative distances are on the other side.
    """
    beyond = np.maximum(*(np.minimum.reduce([beside[side * step] for step in _SIDE_DISTANCES]) for side in (-1, 1)))
    contrast = level - beyond
    # Downscaling makes the centre of a ridge ring a little.
    upper_limit = level + (contrast // 6 + 2)
    is_ridge: Mask = (contrast > _MIN_CONTRAST) & (upper_limit >= beside[-1]) & (upper_limit >= beside[1])
    return is_ridge


def join_ridge_fragments(rgb: U8, components: I32, runs: RunLengthLabels, is_ridge: Mask) -> I32:
    """Returns for each component the component that it belongs to.

    Components with ``is_ridge`` join the touching components of their colour. One that touches nothing of its colour
    is kept if it is long and gets 0 otherwise. All other components belong to themselves or to one another.
    """
    colour = runs.mean_colour(rgb)
    first, second = _touching_pairs(components, is_ridge)
    is_alike = np.abs(colour[first] - colour[second]).max(axis=1) < _MAX_COLOUR_DIFFERENCE
    owner = merge_labels(first[is_alike], second[is_alike], len(colour))
    is_isolated = np.ones(len(owner), np.bool_)
    is_isolated[owner[~is_ridge]] = False
    box = runs.bounding_boxes(owner)
    length = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    owner[is_isolated[owner] & (length[owner] < _MIN_LENGTH * max(components.shape))] = 0
    return owner


def _touching_pairs(components: I32, is_ridge: Mask) -> tuple[I32, I32]:
    """Returns pairs of components with neighbouring pixels (8-connected), at least one of them a ridge."""
    pairs = []
    height, width = components.shape
    for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = components[: height - down, max(0, -across) : width - max(0, across)]
        there = components[down:, max(0, across) : width + min(0, across)]
        touching = np.flatnonzero((here != there) & (here > 0) & (there > 0))
        pairs.append(here.ravel()[touching].astype(np.int64) << 32 | there.ravel()[touching])
    pair = np.unique(np.concatenate(pairs))
    first, second = (pair >> 32).astype(np.int32), (pair & 0xFFFFFFFF).astype(np.int32)
    chosen = is_ridge[first] | is_ridge[second]
    return first[chosen], second[chosen]
