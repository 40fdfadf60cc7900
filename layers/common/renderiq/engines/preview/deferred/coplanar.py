"""Regions of one plane: few levels of depth part a plane into bands, which become one region again."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, Mask
from renderiq.engines.preview.segment.labels import label_pairs, merge_labels, relabel_sequential

_PARALLEL: Final = 0.9995
"""Mean cosine between the normals along a border of two parts of one plane; the facets of a curved roof have less."""
_MAX_STEP: Final = 2.5
"""Mean step along such a border, in levels of depth."""


def merge_coplanar(region: I32, is_flat: Mask, normals: F32, inverse: F32, step_of_level: F32, ids: I32 | None) -> I32:
    """Returns the regions (height, width) with those that are parts of one plane, and of one material, as one.

    ``is_flat`` (regions,) says which regions are planes, ``step_of_level`` (height, width) is how far the ``inverse``
    distance changes with one level of depth, ``ids`` are the materials if they are known.
    """
    first, second, cosines, steps = [], [], [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        one, two = region[here], region[there]
        is_border = (one != two) & is_flat.take(one) & is_flat.take(two) & (one > 0) & (two > 0)
        if ids is not None:
            is_border &= ids[here] == ids[there]
        first.append(one[is_border])
        second.append(two[is_border])
        cosines.append(np.einsum("ij,ij->i", normals[here][is_border], normals[there][is_border]))
        step = np.abs(inverse[here][is_border] - inverse[there][is_border])
        of_level = np.maximum(step_of_level[here], step_of_level[there])[is_border]
        steps.append(step / np.maximum(of_level, np.float32(1e-9)))
    low, high, index = label_pairs(np.concatenate(first), np.concatenate(second))
    if not len(low):
        return region

    def mean(values: list[NDArray[np.floating]]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.bincount(index, np.concatenate(values)) / np.bincount(index)
        return found

    is_one = (mean(cosines) > _PARALLEL) & (mean(steps) < _MAX_STEP)
    if not is_one.any():
        return region
    return relabel_sequential(merge_labels(low[is_one], high[is_one], len(is_flat)).take(region))
