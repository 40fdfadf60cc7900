"""Edges that the capture shows and the new light would hide, such as those between two faces in equal light."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.classify.confidence import edge_strength
from renderiq.engines.preview.deferred.geometry import Geometry
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.look.tone_mapping import ToneMapper
from renderiq.engines.preview.raster import F32, U8, CheckCancelled, gaussian_blur, smoothstep
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_erosion

_SEEN: Final = 6
"""Levels over two pixels of an edge of the capture that must stay."""
_WEAK: Final = 38
_KEPT: Final = 0.9
"""Levels over two pixels, and part of the capture's own: an edge of the picture that is weaker is made stronger."""
_REACH: Final = 3
"""Pixels: the side of the square in which both edges must be."""
_SIGMA: Final = 3.0
"""Pixels, in a capture of 1280 pixels: contrast over this distance is taken from the capture."""
_LINE_SIDE: Final = 7
"""Pixels, in a capture of 1280 pixels: wider than a drawn line."""
_LINE: Final = 0.86
"""Level over that beside it of a drawn line."""
_RANGE: Final = (0.45, 1.5)
_LINE_DARKNESS: Final = 1.0
"""Exponent of the levels of drawn lines, so that they become soft seams."""
_STRETCH_SIGMA: Final = 4.0
_LOST: Final = (0.04, 0.30)
"""Radius in pixels of a stretch of an edge, and the part of it that is lost, between which all of it is restored."""
_ROUNDS: Final = 3
_FEW: Final = 0.002
"""Of the edges: fewer lost ones do not matter."""


def find_seams(radiance: F32, capture: U8, geometry: Geometry, look: Look, check_cancelled: CheckCancelled) -> F32:
    """Returns the factor (height, width) of ``radiance`` that keeps the edges of the capture which would be lost.

    It is the capture's own contrast. Stretches of an edge are restored as a whole, so that no line is dotted.
    """
    factor = np.ones(radiance.shape[:2], np.float32)
    height, width = radiance.shape[:2]
    inside = grey_erosion((~geometry.background).astype(np.uint8), 3) > 0
    strength = edge_strength(capture)
    wanted = (strength >= _SEEN) & inside
    needed = np.minimum(strength.astype(np.float32) * np.float32(_KEPT), _WEAK)
    if not wanted.any():
        return factor
    unit = max(1.0, max(height, width) / 1280)
    contrast = _contrast(capture, unit)
    mapper = ToneMapper(look, (width, height), 0)
    edges = gaussian_blur(wanted.astype(np.uint8) * 255, _STRETCH_SIGMA * unit).astype(np.float32)
    for _ in range(_ROUNDS):
        check_cancelled()
        picture = mapper.tone_map(radiance * factor[..., None], 0)
        missing = wanted & (grey_dilation(edge_strength(picture), _REACH) < needed)
        if missing.sum() < _FEW * wanted.sum():
            break
        lost = gaussian_blur(missing.astype(np.uint8) * 255, _STRETCH_SIGMA * unit).astype(np.float32)
        weight = smoothstep(*_LOST, (lost / np.maximum(edges, np.float32(1))).astype(np.float32))
        weight *= grey_dilation(wanted.astype(np.uint8), 2 * round(2 * unit) + 1)
        weight[geometry.background] = 0
        factor *= contrast**weight
    return factor


def _contrast(capture: U8, unit: float) -> F32:
    """Returns the brightness of each pixel over that of its surroundings; drawn lines get no bright seam."""
    grey = np.asarray(Image.fromarray(capture).convert("L"))
    level = np.maximum(grey, 6).astype(np.float32)
    around = np.maximum(gaussian_blur(grey, _SIGMA * unit), 6).astype(np.float32)
    contrast = np.clip(level / around, *_RANGE) ** np.float32(1.5)
    line = level / np.maximum(grey_closing(grey, 2 * round(_LINE_SIDE * unit / 2) + 1), 6)
    near_line = grey_dilation((line < _LINE).astype(np.uint8), 2 * round(2 * unit) + 1) > 0
    found: F32 = np.where(near_line, np.clip(line, *_RANGE) ** np.float32(_LINE_DARKNESS), contrast)
    return found.astype(np.float32)
