"""Texture on the capture's own pixels: the grain of faces that are wooden beyond doubt."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import rgb_to_hsv
from renderiq.engines.preview.raster import F32, U8, gaussian_blur
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_erosion, local_range
from renderiq.engines.preview.shade.noise import sample_bilinear
from renderiq.engines.preview.shade.textures import Texture

TEXTURE_ONE: Final = 128
"""The level of a texture that changes nothing."""
_WOOD_HUES: Final = (24.0, 42.0)
_WOOD_SATURATION: Final = (0.27, 0.72)
_WOOD_VALUE: Final = (0.22, 0.92)
_MIN_AREA: Final = 0.0012
"""Of the picture."""
_MAX_FACES: Final = 60
_SMOOTH_RANGE: Final = 8
"""Levels in 3 x 3 pixels: a face with a texture of its own is left alone."""
_AMPLITUDE: Final = 0.42
_EDGE_SIGMA: Final = 1.0
_UNIT: Final = 1600
"""Pixels of the capture's longer side for which a texel of the grain is one pixel."""


def wood_texture(rgb: U8, opacity: F32 | None, seed: int) -> U8:
    """Returns the factor of each pixel's light (height, width), ``TEXTURE_ONE`` being 1.

    Large even faces in the colours of wood get a grain along their longer side; nothing else has a texture.
    """
    height, width = rgb.shape[:2]
    texture = np.full((height, width), TEXTURE_ONE, np.uint8)
    red, green, blue = (rgb[..., channel] for channel in range(3))
    candidate = (red > green) & (green > blue) & (local_range(rgb) <= _SMOOTH_RANGE)
    if opacity is not None:
        candidate &= opacity > 0.95
    index = np.flatnonzero(candidate)
    if not len(index):
        return texture
    hue, saturation, value = rgb_to_hsv(rgb.reshape(-1, 3)[index].astype(np.float32))
    is_wood = (hue > _WOOD_HUES[0]) & (hue < _WOOD_HUES[1]) & (value > _WOOD_VALUE[0]) & (value < _WOOD_VALUE[1])
    is_wood &= (saturation > _WOOD_SATURATION[0]) & (saturation < _WOOD_SATURATION[1])
    wood = np.zeros(height * width, np.bool_)
    wood[index[is_wood]] = True
    faces = connected_components(wood.reshape(height, width))
    area = np.bincount(faces.ravel())
    area[0] = 0
    large = np.argsort(-area, kind="stable")[:_MAX_FACES]
    large = large[area[large] > _MIN_AREA * faces.size]
    if not len(large):
        return texture
    tile = Texture.WOOD_GRAIN.tile(seed)
    unit = max(height, width) / _UNIT
    grain = np.zeros((height, width), np.float32)
    order = np.argsort(faces.ravel(), kind="stable")
    begin = np.searchsorted(faces.ravel()[order], np.arange(len(area) + 1))
    for face in large:
        member = order[begin[face] : begin[face + 1]]
        y, x = (each.astype(np.float32) for each in np.divmod(member, width))
        cosine, sine = _long_axis(x, y)
        along, across = x * cosine + y * sine, y * cosine - x * sine
        shift = np.float32(int(face) * 37 % 512)
        grain.ravel()[member] = sample_bilinear(tile, across / unit + shift, along / unit) - 0.5
    shown = np.isin(faces, large).astype(np.uint8) * 255
    weight = gaussian_blur(grey_erosion(shown, 3), _EDGE_SIGMA).astype(np.float32) / 255
    factor: U8 = np.clip(TEXTURE_ONE * (1 + _AMPLITUDE * grain * weight), 0, 255).astype(np.uint8)
    return factor


def _long_axis(x: F32, y: F32) -> tuple[np.float32, np.float32]:
    """Returns cosine and sine of the direction in which the points spread most."""
    covariance = np.cov(np.stack([x, y]))
    _, vectors = np.linalg.eigh(covariance)
    return np.float32(vectors[0, 1]), np.float32(vectors[1, 1])
