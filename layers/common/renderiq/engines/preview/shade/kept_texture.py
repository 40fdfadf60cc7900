"""Texture on the capture's own pixels: the grain of wood, lawns, and the fine grain of everything else."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.classify.materials import rgb_to_hsv
from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, LUMA, U8, Mask, gaussian_blur
from renderiq.engines.preview.segment.inpainting import inpaint
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_erosion, local_range
from renderiq.engines.preview.shade.noise import sample_bilinear, sample_rows_bilinear
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
_GRAIN_AMPLITUDE: Final = 0.05
_STAIN_AMPLITUDE: Final = 0.06
"""Of everything: so weak that no material is claimed."""
_BLADES: Final = 0.55
_TUFTS: Final = 0.30
_LAWN_LEAD: Final = 0.2
_MAX_LAWN_LEAD: Final = 110
_MAX_LAWN_LEVEL: Final = 200
"""Green over the other channels, as a part of it and at most in levels, and the highest green, of a lawn."""
_MIN_LAWN: Final = 0.02
"""Of the picture."""
_LAWN_ROWS: Final = 0.35
"""Of the height: the middle of a lawn is below."""
_LAWN_LEVEL: Final = 0.92
_LAWN_WEIGHT: Final = 0.75
"""Brightness of the grass over that of the face, and how much of the face's colour it replaces."""
_MARK_WIDTH: Final = 9
_MARK_LEVEL: Final = 70
_MARK_CONTRAST: Final = 16
"""Pixels, highest level and contrast of dark marks on a lawn."""
_EDGE_SIGMA: Final = 1.0
_UNIT: Final = 1600
"""Pixels of the capture's longer side for which a texel of the grain is one pixel."""


def face_texture(rgb: U8, opacity: F32 | None, lawn: Mask | None, seed: int) -> U8:
    """Returns the factor of each pixel's light (height, width), ``TEXTURE_ONE`` being 1.

    Large even faces in the colours of wood get a grain along their longer side, a ``lawn`` gets blades, and everything
    gets a fine mineral grain.
    """
    height, width = rgb.shape[:2]
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None]
    unit = max(height, width) / _UNIT
    factor = _plane(Texture.MINERAL_GRAIN.tile(seed), x, y, 1 / unit) * np.float32(_GRAIN_AMPLITUDE)
    factor += _plane(Texture.PLASTER_STAINS.tile(seed), x, y, 0.5 / unit) * np.float32(_STAIN_AMPLITUDE)
    wood = _wood_grain(rgb, opacity, seed)
    if wood is not None:
        factor += wood
    if lawn is not None:
        weight = gaussian_blur(lawn.astype(np.uint8) * 255, _EDGE_SIGMA).astype(np.float32) / 255
        blades = np.float32(_BLADES) * _plane(Texture.GRASS_BLADES.tile(seed), x, y * np.float32(1.5), 0.8 / unit)
        tufts = np.float32(_TUFTS) * _plane(Texture.GRASS_TUFTS.tile(seed), x, y * np.float32(2), 1 / unit)
        factor += weight * (blades + tufts)
    factor += 1
    factor *= np.float32(TEXTURE_ONE)
    texture: U8 = np.clip(factor, 0, 255).astype(np.uint8)
    return texture


def _plane(tile: F32, x: F32, y: F32, scale: float) -> F32:
    """Returns the noise of ``tile``, around 0, in the picture plane."""
    return sample_rows_bilinear(
        tile, np.broadcast_to(x * np.float32(scale), (len(y), x.shape[1])), y * np.float32(scale)
    ) - np.float32(0.5)


def find_lawn(rgb: U8, opacity: F32 | None) -> Mask | None:
    """Returns large even faces (height, width) in the lower part of the picture that are as green as a lawn."""
    height, width = rgb.shape[:2]
    red, green, blue = (rgb[..., channel].astype(np.int16) for channel in range(3))
    lead = green - np.maximum(red, blue)
    candidate = (lead > _LAWN_LEAD * green) & (lead < _MAX_LAWN_LEAD) & (green < _MAX_LAWN_LEVEL)
    if opacity is not None:
        candidate &= opacity > 0.5
    if candidate.sum() < _MIN_LAWN * candidate.size:
        return None
    faces = connected_components(candidate)
    area = np.bincount(faces.ravel())
    rows = np.bincount(faces.ravel(), np.repeat(np.arange(height), width)) / np.maximum(area, 1)
    is_lawn = (area > _MIN_LAWN * faces.size) & (rows > _LAWN_ROWS * height)
    is_lawn[0] = False
    if not is_lawn.any():
        return None
    lawn: Mask = is_lawn[faces]
    closed = grey_closing(lawn.astype(np.uint8), _MARK_WIDTH) > 0
    highest = np.maximum(np.maximum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])
    return lawn | closed & (highest < _MARK_LEVEL)


def grow_lawn(rgb: U8, lawn: Mask, look: Look) -> U8:
    """Returns ``rgb``, in which a ``lawn`` in the green of a marker has the colour of the style's ground.

    Dark marks on it, such as dimensions, are gone.
    """
    out = rgb.astype(np.float32)
    mark = lawn & (grey_closing(np.ascontiguousarray(rgb[..., 1]), _MARK_WIDTH) - rgb[..., 1] > _MARK_CONTRAST)
    mark = grey_dilation(mark.astype(np.uint8), 3) > 0
    found = inpaint(rgb, mark, mark, _MARK_WIDTH)
    out.reshape(-1, 3)[found.pixels] = found.colour
    face = out[lawn]
    level = face @ LUMA
    mean = np.mean([rgb_array(each) for each in look.ground_albedo], axis=0)
    ground = (mean / max(float(mean @ LUMA), 1e-3)) ** np.float32(1 / 2.2)
    ground /= float(ground @ LUMA)
    out[lawn] = face + (level[:, None] * ground * np.float32(_LAWN_LEVEL) - face) * np.float32(_LAWN_WEIGHT)
    return np.clip(out, 0, 255).astype(np.uint8)


def _wood_grain(rgb: U8, opacity: F32 | None, seed: int) -> F32 | None:
    """Returns the grain of wooden faces (height, width), around 0, or None if nothing is wooden."""
    height, width = rgb.shape[:2]
    red, green, blue = (rgb[..., channel] for channel in range(3))
    candidate = (red > green) & (green > blue) & (local_range(rgb) <= _SMOOTH_RANGE)
    if opacity is not None:
        candidate &= opacity > 0.95
    index = np.flatnonzero(candidate)
    if not len(index):
        return None
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
        return None
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
    wooden: F32 = (np.float32(_AMPLITUDE) * grain * weight).astype(np.float32)
    return wooden


def _long_axis(x: F32, y: F32) -> tuple[np.float32, np.float32]:
    """Returns cosine and sine of the direction in which the points spread most."""
    covariance = np.cov(np.stack([x, y]))
    _, vectors = np.linalg.eigh(covariance)
    return np.float32(vectors[0, 1]), np.float32(vectors[1, 1])
