"""The check of a finished picture: on a small copy, which edges and areas of the capture the picture has lost."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.classify.confidence import Doubt, edge_strength
from renderiq.engines.preview.raster import U8, Mask
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_erosion, local_range

_SIDE: Final = 640
"""Pixels: the longer side of the small copy."""
_STRONG_EDGE: Final = 44
_WEAK_EDGE: Final = 7
"""Levels over two pixels of an edge that must not be lost, and of one that is still to be seen."""
_REACH: Final = 5
"""Pixels: the side of the square in which two edges meet."""
_LINE_CLOSING: Final = 5
"""Pixels: wider than an edge line in the small copy."""
_MAX_LOST_EDGES: Final = 0.12
"""Of the strong edges of the capture: those that the picture may lose."""
_MIN_EDGES: Final = 120
_MIN_AREA: Final = 0.005
"""Of the picture: an area that must be told from its surroundings."""
_LOST_CONTRAST: Final = 4
"""Levels between an area and its surroundings in the picture: less is lost."""
_SEEN_CONTRAST: Final = 16
"""The same in the capture."""


def find_faults(pixels: U8, capture: U8, model: Mask) -> tuple[Doubt, ...]:
    """Compares a picture (height, width, 3) with the ``capture`` that it shows, in which ``model`` is not background.

    Returns what is wrong; nothing if the picture passes. Edge lines may be missing, and so may everything that is not
    part of the model.
    """
    scale = _SIDE / max(capture.shape[:2])
    size = tuple(max(8, round(side * scale)) for side in (capture.shape[1], capture.shape[0]))
    before, after = (
        np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BOX, reducing_gap=2.0))
        for each in (_without_lines(capture), pixels)
    )
    inside = np.asarray(Image.fromarray(model.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX)) > 200
    inside = grey_erosion(inside.astype(np.uint8), 3) > 0
    faults = []
    edges_before, edges_after = edge_strength(before), edge_strength(after)
    strong = (edges_before > _STRONG_EDGE) & inside
    if strong.sum() > _MIN_EDGES:
        seen = grey_dilation((edges_after > _WEAK_EDGE).astype(np.uint8), _REACH) > 0
        if (strong & ~seen).sum() > _MAX_LOST_EDGES * strong.sum():
            faults.append(Doubt.MISSING_EDGES)
    if _loses_area(before, after, inside):
        faults.append(Doubt.LOST_AREAS)
    return tuple(faults)


def _without_lines(rgb: U8) -> U8:
    """Returns the picture after a closing, which removes dark lines."""
    return np.stack([grey_closing(np.ascontiguousarray(rgb[..., channel]), _LINE_CLOSING) for channel in range(3)], 2)


def _loses_area(before: U8, after: U8, inside: Mask) -> bool:
    """Returns whether a large even area of the capture has the colour of its surroundings in the picture."""
    even = (local_range(before) <= 8) & inside
    parts = connected_components(even)
    area = np.bincount(parts.ravel())
    area[0] = 0
    for part in np.flatnonzero(area > _MIN_AREA * parts.size)[:40]:
        member = parts == part
        grown = grey_dilation(member.astype(np.uint8), 9) > 0
        ring = grown & ~(grey_dilation(member.astype(np.uint8), 5) > 0)
        if ring.sum() < 30:
            continue
        contrast_before = _contrast(before, member, ring)
        if contrast_before > _SEEN_CONTRAST and _contrast(after, member, ring) < _LOST_CONTRAST:
            return True
    return False


def _contrast(rgb: U8, member: Mask, ring: Mask) -> float:
    """Returns how much the colours of ``ring`` differ from the mean of ``member``, in levels."""
    colour = rgb[member].astype(np.float32).mean(axis=0)
    return float(np.median(np.abs(rgb[ring] - colour).max(axis=1)))
