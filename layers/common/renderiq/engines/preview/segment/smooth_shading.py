"""Smoothly shaded faces: each becomes one region, and its shading is kept."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.labels import RunLengthLabels, label_pairs, merge_labels
from renderiq.engines.preview.segment.regions import BACKGROUND

_MIN_DEVIATION: Final = 5
"""Standard deviation in grey levels of a smoothly shaded region."""
_MIN_AREA: Final = 0.001
"""Of the picture."""
_MAX_STEP: Final = 9
"""Mean difference in levels across the border of two regions without an edge between them."""
_MAX_HUE_DIFFERENCE: Final = 0.1
"""Of the chromaticity coordinates of two regions of one hue."""
SHADING_MEAN: Final = 128
"""The shading of a pixel that is as bright as the mean of its region."""


def fill_from_flat_pixels(grey: U8, mixed: I32, nearest: I32) -> F32:
    """Returns the grey levels (height, width) with each ``mixed`` pixel replaced by the ``nearest`` flat one."""
    value = grey.ravel().astype(np.float32)
    value[mixed] = value[nearest]
    return value.reshape(grey.shape)


def find_smooth_regions(levels: F32, runs: RunLengthLabels) -> Mask:
    """Returns for each region whether it is shaded smoothly, from the grey ``levels`` (height, width)."""
    area = np.maximum(runs.area(), 1)
    _, deviation = runs.mean_and_deviation(levels, area)
    is_smooth: Mask = (deviation > _MIN_DEVIATION) & (area > _MIN_AREA * levels.size)
    is_smooth[BACKGROUND] = False
    return is_smooth


def merge_smooth_neighbours(rgb: U8, label: I32, colour: F32, is_smooth: Mask) -> I32:
    """Returns new labels, without gaps, for the regions with the old ones.

    Regions of one hue without an edge between them are merged if one of them ``is_smooth``: the dark part of a round
    face belongs to the face. ``colour`` (regions, 3) has the colours of the regions.
    """
    first, second, step = [], [], []
    levels = rgb.astype(np.int16)
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        border = (label[here] != label[there]) & (label[here] != BACKGROUND) & (label[there] != BACKGROUND)
        first.append(label[here][border])
        second.append(label[there][border])
        step.append(np.abs(levels[here][border] - levels[there][border]).max(axis=1))
    low, high, index = label_pairs(np.concatenate(first), np.concatenate(second))
    length = np.maximum(np.bincount(index, minlength=len(low)), 1)
    mean_step = np.bincount(index, np.concatenate(step), len(low)) / length
    chromaticity = colour / np.maximum(colour.sum(axis=1, keepdims=True), 1)
    same_hue = np.abs(chromaticity[low] - chromaticity[high]).max(axis=1) < _MAX_HUE_DIFFERENCE
    continues = (mean_step < _MAX_STEP) & (is_smooth[low] | is_smooth[high]) & same_hue
    root = merge_labels(low[continues], high[continues], len(is_smooth))
    merged: I32 = np.unique(root, return_inverse=True)[1].astype(np.int32)
    return merged


def relative_shading(levels: F32, runs: RunLengthLabels, is_smooth: Mask) -> U8 | None:
    """Returns each pixel's grey level over the mean of its region, scaled so that ``SHADING_MEAN`` is the mean.

    Regions that are not smooth have ``SHADING_MEAN`` throughout. Returns None if no region is smooth.
    """
    if not is_smooth.any():
        return None
    mean = runs.sum(levels) / np.maximum(runs.area(), 1)
    gain = np.where(is_smooth, SHADING_MEAN / np.maximum(mean, 1), 0).astype(np.float32)
    shading: U8 = np.where(
        runs.map_values(is_smooth), np.minimum(levels * runs.map_values(gain), 255), SHADING_MEAN
    ).astype(np.uint8)
    return shading
