"""Regions of one plane: few levels of depth part a plane into bands, which become one region again."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, Mask
from renderiq.engines.preview.segment.labels import merge_labels, relabel_sequential

_PARALLEL: Final = 0.9995
"""Mean cosine between the normals along a border of two parts of one plane; the facets of a curved roof have less."""
_MAX_STEP: Final = 2.5
"""Mean step along such a border, in levels of depth."""


def merge_coplanar(region: I32, is_flat: Mask, normals: F32, inverse: F32, level: F32, ids: I32 | None) -> I32:
    """Returns the regions (height, width) with those that are parts of one plane, and of one material, as one.

    ``is_flat`` (regions,) says which regions are planes, ``level`` (height, width) is how far the ``inverse`` distance
    changes with one level of depth, ``ids`` are the materials if they are known.
    """
    pairs, cosines, steps = [], [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        one, two = region[here], region[there]
        is_border = (one != two) & is_flat.take(one) & is_flat.take(two) & (one > 0) & (two > 0)
        if ids is not None:
            is_border &= ids[here] == ids[there]
        low, high = np.minimum(one, two)[is_border], np.maximum(one, two)[is_border]
        pairs.append(low.astype(np.int64) << 32 | high)
        cosines.append(np.einsum("ij,ij->i", normals[here][is_border], normals[there][is_border]))
        step = np.abs(inverse[here][is_border] - inverse[there][is_border])
        steps.append(step / np.maximum(np.maximum(level[here], level[there])[is_border], np.float32(1e-9)))
    pair, index = np.unique(np.concatenate(pairs), return_inverse=True)
    if not len(pair):
        return region

    def mean(values: list[NDArray[np.floating]]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.bincount(index, np.concatenate(values)) / np.bincount(index)
        return found

    is_one = (mean(cosines) > _PARALLEL) & (mean(steps) < _MAX_STEP)
    if not is_one.any():
        return region
    first, second = (pair[is_one] >> 32).astype(np.int32), (pair[is_one] & 0xFFFFFFFF).astype(np.int32)
    root = merge_labels(first, second, len(is_flat))
    return relabel_sequential(root.take(region))
