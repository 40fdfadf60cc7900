"""Whether a path-traced picture shows a house of bricks where the plugin's material ids have it.

Bricks are redder than all around them. Through glass they are seen too, so what is glass is not judged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

_EDGE = 1
"""Pixels at the border of a material that are not judged: ids have hard edges, pictures have smooth ones."""
_JOINTS = 1
"""Pixels over which bricks and the joints between them are mixed."""


def overlap(picture: Path, ids: Path, brick: str, glass: str) -> float:
    """Returns which part of what is brick in the picture or in the ids is so in both: 1 is all of it.

    ``brick`` and ``glass`` are id colours, as an order has them: ``#rrggbb``; ``glass`` is empty if none is seen. Raises
    ``ValueError`` without bricks.
    """
    with Image.open(picture) as found, Image.open(ids) as known:
        small = found.convert("RGB").resize(known.size, Image.Resampling.BOX)
        shown = np.asarray(small.filter(ImageFilter.GaussianBlur(_JOINTS)), np.float64)
        wanted = np.asarray(known.convert("RGB"))
    mask = _is(wanted, brick)
    if not mask.any() or mask.all():
        raise ValueError(f"The ids have no {brick}")
    judged = ~(_grown(mask) & _grown(~mask))
    if glass:
        judged &= ~_grown(_is(wanted, glass))
    redness = (shown[..., 0] - np.maximum(shown[..., 1], shown[..., 2])) / (shown.sum(2) + 1)
    limit = (np.percentile(redness[mask & judged], 10) + np.percentile(redness[~mask & judged], 90)) / 2
    red = redness > limit
    return float((red & mask & judged).sum() / ((red | mask) & judged).sum())


def _is(pixels: Any, colour: str) -> Any:
    return (pixels == tuple(bytes.fromhex(colour[1:]))).all(2)


def _grown(mask: Any) -> Any:
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * _EDGE + 1))) > 0
