"""Fine detail: where the capture has more edges than regions can follow, its own pixels are shown in the new light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.classify.confidence import edge_strength
from renderiq.engines.preview.deferred.geometry import Geometry
from renderiq.engines.preview.deferred.paint import Paint
from renderiq.engines.preview.raster import F32, LUMA, U8, gaussian_blur, smoothstep, srgb_to_linear
from renderiq.engines.preview.segment.morphology import grey_dilation, grey_erosion

_EDGE: Final = 12
"""Levels over two pixels of an edge."""
_SIGMA: Final = 4.0
_DENSE: Final = (0.20, 0.40)
"""Radius in pixels of a capture of 1280 pixels, and the part of it with edges between which an area becomes dense."""
_LIGHT_SIGMA: Final = 3.0
_LIGHT_STEPS: Final = 64
"""Levels per unit of light in the image that is blurred."""
_THIN_REACH: Final = 5
_DIFFERENT: Final = (5, 16)
"""Levels by which a pixel differs from its region, between which it becomes detail."""
_MIN_SHADE: Final = 0.3
_LIFT: Final = 0.85
"""Exponent of the levels of the capture, so that drawn lines do not stay black."""


@dataclass(frozen=True, slots=True)
class FineDetail:
    """Linear ``light`` (height, width, 3) of the capture's own pixels, and its ``weight`` (height, width), 0..1."""

    light: F32
    weight: F32


def find_fine_detail(irradiance: list[F32], capture: U8, geometry: Geometry, paint: Paint) -> FineDetail:
    """Returns the fine detail of ``capture`` (height, width, 3) in the light ``irradiance``, (height, width) each."""
    unit = max(1.0, max(geometry.region.shape) / 1280)
    edges = (edge_strength(capture) >= _EDGE).astype(np.uint8) * 255
    density = gaussian_blur(edges, _SIGMA * unit).astype(np.float32) * np.float32(1 / 255)
    weight = smoothstep(*_DENSE, density)
    # Brick courses and the like are dense as well, but their regions hold them already.
    weight[paint.is_textured.take(geometry.region)] = 0
    near_thin = grey_dilation(geometry.thin.astype(np.uint8) * 255, _THIN_REACH)
    weight = np.maximum(weight, gaussian_blur(near_thin, 1.0 * unit).astype(np.float32) * np.float32(1 / 255))
    # Beside fine things, a pixel in the colour of its region is no detail; it would make a halo.
    differs = np.zeros(weight.shape, np.float32)
    for channel in range(3):
        np.maximum(differs, np.abs(capture[..., channel] - paint.shown[:, channel].take(geometry.region)), out=differs)
    weight *= smoothstep(*_DIFFERENT, differs)
    inside = grey_erosion((~geometry.background).astype(np.uint8), 3) > 0
    weight[~inside] = 0
    colour = (srgb_to_linear(np.arange(256, dtype=np.uint8)) ** np.float32(_LIFT)).take(capture)
    light = np.empty(capture.shape, np.float32)
    scale = (
        np.float32(np.median((paint.albedo @ LUMA)[1:] / np.maximum(paint.base @ LUMA, 1e-4)[1:]))
        if len(paint.albedo) > 1
        else np.float32(1)
    )
    shade = np.maximum(paint.shade, np.float32(_MIN_SHADE)).take(geometry.region)
    for channel in range(3):
        falling = (np.clip(irradiance[channel], 0, 3.9) * _LIGHT_STEPS).astype(np.uint8)
        soft = gaussian_blur(falling, _LIGHT_SIGMA * unit).astype(np.float32) * np.float32(1 / _LIGHT_STEPS)
        light[..., channel] = colour[..., channel] * soft * scale / shade
    return FineDetail(np.minimum(light, 3.0), weight)
