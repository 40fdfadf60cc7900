"""Faces that were shaded smoothly: one region each, and their shading kept."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.labels import Runs, united
from renderiq.engines.preview.segment.regions import BACKGROUND

_SPREAD: Final = 5
_STEP: Final = 9
"""Shades from one pixel to the next: what is less is no edge."""
_SAME_HUE: Final = 0.1


def shades_of(grey: U8, pending: I32, nearest: I32) -> F32:
    """Brightness of all pixels, ``pending`` ones counting as the ``nearest`` ones that are flat."""
    value = grey.ravel().astype(np.float32)
    value[pending] = value[nearest]
    return value.reshape(grey.shape)


def find_smooth(shades: F32, runs: Runs) -> Mask:
    """Which regions run through many shades."""
    count = np.maximum(runs.area(), 1)
    mean = runs.total(shades) / count
    spread = np.sqrt(np.maximum(runs.total(shades * shades) / count - mean * mean, 0))
    smooth: Mask = (spread > _SPREAD) & (count > 0.001 * shades.size)
    smooth[BACKGROUND] = False
    return smooth


def continued(rgb: U8, label: I32, paint: F32, smooth: Mask) -> I32:
    """New numbers for regions: those of one hue that a ``smooth`` one runs into without an edge between them become
    one with it, the darkest part of a round face, say. ``paint`` has the colours of the regions."""
    one, two, step = [], [], []
    colour = rgb.astype(np.int16)
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        edge = (label[here] != label[there]) & (label[here] != BACKGROUND) & (label[there] != BACKGROUND)
        one.append(label[here][edge])
        two.append(label[there][edge])
        step.append(np.abs(colour[here][edge] - colour[there][edge]).max(axis=1))
    first, second = np.concatenate(one), np.concatenate(two)
    pair, which = np.unique(
        np.minimum(first, second).astype(np.int64) << 32 | np.maximum(first, second), return_inverse=True
    )
    mean = np.bincount(which, np.concatenate(step), len(pair)) / np.maximum(np.bincount(which, minlength=len(pair)), 1)
    low, high = (pair >> 32).astype(np.int32), (pair & 0xFFFFFFFF).astype(np.int32)
    hue = paint / np.maximum(paint.sum(axis=1, keepdims=True), 1)
    even = (mean < _STEP) & (smooth[low] | smooth[high]) & (np.abs(hue[low] - hue[high]).max(axis=1) < _SAME_HUE)
    numbers: I32 = np.unique(united(low[even], high[even], len(smooth)), return_inverse=True)[1].astype(np.int32)
    return numbers


def levels(shades: F32, runs: Runs, smooth: Mask) -> U8 | None:
    """Each pixel's brightness over its region's mean, 128 being equal; none if no region is ``smooth``."""
    if not smooth.any():
        return None
    mean = runs.total(shades) / np.maximum(runs.area(), 1)
    gain = np.where(smooth, 128 / np.maximum(mean, 1), 0).astype(np.float32)
    level: U8 = np.where(runs.painted(smooth), np.minimum(shades * runs.painted(gain), 255), 128).astype(np.uint8)
    return level
