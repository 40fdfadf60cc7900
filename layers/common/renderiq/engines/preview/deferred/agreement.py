"""Agreement: whether a guide's borders are where the capture has edges, so that one of another view is found."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.confidence import edge_strength
from renderiq.engines.preview.raster import F32, U8, Mask
from renderiq.engines.preview.segment.morphology import grey_dilation

_SHIFTS: Final = (5, 9, 17, 33)
"""Pixels by which the borders are moved for comparison."""
_DIRECTIONS: Final = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1))
_CAP: Final = 40
"""Levels: a stronger edge counts no more."""
_MIN_BORDER: Final = 60
_MAX_SAMPLES: Final = 16_000
"""Pixels of border that allow a judgement, and how many are enough for one."""
_MIN_EDGE: Final = 5
"""Levels of an edge that a border may lie on."""
_ADVANTAGE: Final = 1.3
"""Strength of the edges under the border, over that under the moved border in the mean."""
_BEST_MOVED: Final = 0.95
"""The same for the best of the moved borders: where a picture repeats itself, it may be as good."""
_MIN_HITS: Final = 0.40


def measure_agreement(capture: U8, border: Mask) -> float:
    """Returns how well a guide's ``border`` (height, width) follows the edges of ``capture`` (height, width, 3), 0..1.

    0 means that the guide shows something else: its border, moved to some other place, follows the edges as well.
    """
    strength = np.minimum(grey_dilation(edge_strength(capture), 3), _CAP)
    rows, columns = np.nonzero(border)
    if len(rows) < _MIN_BORDER:
        return 0.0
    step = max(1, len(rows) // _MAX_SAMPLES)
    rows, columns = rows[::step], columns[::step]
    here = _strength_at(strength, rows, columns)
    own, hits = float(here.mean()), float((here >= _MIN_EDGE).mean())
    moved = [
        float(_strength_at(strength, rows + down * distance, columns + across * distance).mean())
        for distance in _SHIFTS
        for down, across in _DIRECTIONS
    ]
    if own < _BEST_MOVED * max(moved) or own < _ADVANTAGE * float(np.mean(moved)) or hits < _MIN_HITS:
        return 0.0
    return hits


def _strength_at(strength: U8, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> F32:
    height, width = strength.shape
    found: F32 = strength[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)].astype(np.float32)
    return found
