"""Regions of one plane: few levels of depth part a plane into bands, which become one region again."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, Mask
from renderiq.engines.preview.segment.labels import label_pairs, merge_labels, relabel_sequential

_PARALLEL: Final = 0.9995
"""Cosine of the angle between the normals of two parts of one plane; the facets of a curved roof have less."""
_MAX_STEP: Final = 2.5
"""Mean step along the border between two such parts, in levels of depth."""


def merge_coplanar(
    region: I32, is_flat: Mask, normals: F32, inverse: F32, step_of_level: F32, id_of_region: I32 | None
) -> I32:
    """Returns the regions (height, width) with those that are parts of one plane, and of one material, as one.

    ``is_flat`` (regions,) says which regions are planes, ``normals`` (regions, 3) their unit normals, and
    ``id_of_region`` (regions,) their material ids, if these are known. ``step_of_level`` (height, width) is how far the
    ``inverse`` distance changes with one level of depth.
    """
    first, second, steps = [], [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        one, two = region[here], region[there]
        is_border = (one != two) & is_flat.take(one) & is_flat.take(two) & (one > 0) & (two > 0)
        first.append(one[is_border])
        second.append(two[is_border])
        step = np.abs(inverse[here][is_border] - inverse[there][is_border])
        of_level = np.maximum(step_of_level[here], step_of_level[there])[is_border]
        steps.append(step / np.maximum(of_level, np.float32(1e-9)))
    low, high, index = label_pairs(np.concatenate(first), np.concatenate(second))
    if not len(low):
        return region
    is_one = np.bincount(index, np.concatenate(steps)) < _MAX_STEP * np.bincount(index)
    # Not pixel by pixel: a region has a few pixels of its neighbours, where these are specks.
    is_one &= np.einsum("ij,ij->i", normals[low], normals[high]) > _PARALLEL
    if id_of_region is not None:
        is_one &= id_of_region[low] == id_of_region[high]
    if not is_one.any():
        return region
    return relabel_sequential(merge_labels(low[is_one], high[is_one], len(is_flat)).take(region))
