"""Whether a path-traced picture shows the model where the plugin's material ids have it.

Each material is found again by its colour: the wall of bricks is redder than all around it, and nothing else is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

_EDGE = 3
"""Pixels at the border of a material that are not judged: ids have hard edges, pictures have smooth ones."""


def overlap(picture: Path, ids: Path, colour: str) -> float:
    """Returns which part of the red of a picture and of the pixels of an id colour is both: 1 is all of it.

    ``colour`` is as an order has it: ``#rrggbb``. Raises ``ValueError`` if no id has it.
    """
    with Image.open(picture) as found, Image.open(ids) as known:
        size = known.size
        shown = np.asarray(found.convert("RGB").resize(size, Image.Resampling.BOX), np.float64)
        wanted = np.asarray(known.convert("RGB"))
    mask = (wanted == tuple(bytes.fromhex(colour[1:]))).all(2)
    if not mask.any() or mask.all():
        raise ValueError(f"The ids have no {colour}")
    redness = (shown[..., 0] - shown[..., 2]) / (shown.sum(2) + 1.0)
    limit = (np.median(redness[mask]) + np.median(redness[~mask])) / 2
    red = _without_specks(redness > limit)
    inner, outer = _grown(~mask), _grown(mask)
    judged = ~(inner & outer)
    return float((red & mask & judged).sum() / ((red | mask) & judged).sum())


def _grown(mask: np.ndarray) -> np.ndarray:
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * _EDGE + 1))) > 0


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """Takes single bricks and joints for what is around them."""
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MedianFilter(9))) > 0
