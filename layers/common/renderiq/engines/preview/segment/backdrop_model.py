"""The colours of an empty viewport, row by row, and how the pixels of a capture differ from them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, U8, Mask

I16 = NDArray[np.int16]

MATCH: Final = 7
"""Levels per channel between a background and its model."""
FRAME_INSET: Final = 5
"""Pixels: a screenshot often has a line of its window along the frame."""
BLUENESS: Final = 24
"""Levels of blue over red in a blue background."""
MIN_GRADIENT: Final = 0.03
"""Of the rows: those that show a gradient must be so many to tell how it goes on."""
OVERLAY_WIDTH: Final = 7
"""Pixels: wider than a line of a grid, an axis or a dimension."""
DARK: Final = 110
"""Level below which a background is dark: on bright ones, walls have outlines as weak as the lines of a grid."""
CLEARLY: Final = 14
"""Levels more than the lines of a grid."""


def difference_from(rgb: U8, model: F32) -> I16:
    """Returns the largest difference of any channel from the row model; numpy is slow along an axis of three."""
    level = np.round(model).astype(np.int16)
    largest: I16 = np.abs(rgb[..., 0] - level[:, :1])
    for channel in (1, 2):
        np.maximum(largest, np.abs(rgb[..., channel] - level[:, channel : channel + 1]), out=largest)
    return largest


def highest_channel(rgb: U8) -> U8:
    """Returns the highest channel of each pixel."""
    return np.maximum(np.maximum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])


def chroma_of(rgb: U8) -> U8:
    """Returns the highest channel minus the lowest."""
    return highest_channel(rgb) - np.minimum(np.minimum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])


def row_model(rgb: U8, mask: Mask) -> F32:
    """Returns the mean colour (height, 3) of each row of the background; rows without any get that of the nearest."""
    count = mask.sum(axis=1)
    rows = np.flatnonzero(count > 2)
    mean = np.stack(
        [(rgb[..., channel] * mask).sum(axis=1, dtype=np.int64)[rows] / count[rows] for channel in range(3)], axis=1
    )
    every = np.arange(len(mask))
    model: F32 = np.stack([np.interp(every, rows, mean[:, channel]) for channel in range(3)], axis=1).astype(np.float32)
    if np.median(mean[:, 2] - mean[:, 0]) > BLUENESS and len(rows) > MIN_GRADIENT * len(mask):
        # Hosts draw linear gradients, which go on behind the model.
        slope, start = np.polyfit(rows, mean, 1, w=np.sqrt(count[rows]))
        # Rows of which hardly anything is seen tell little: compression mixes them with what is beside them.
        is_sure = count[rows] > np.median(count[rows]) / 4
        if np.abs(start + slope * rows[:, None] - mean)[is_sure].max() < MATCH / 2:
            hidden = (every < rows[0]) | (every > rows[-1])
            model[hidden] = np.clip(start + slope * every[hidden, None], 0, 255)
    return model
