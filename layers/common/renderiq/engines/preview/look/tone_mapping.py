"""From linear light to 8-bit sRGB: exposure, vignette, saturation, tone curve and film grain."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from renderiq.engines.preview.look.styles import Look, Rgb
from renderiq.engines.preview.raster import F32, LUMA, U8, CheckCancelled, never_cancelled

_CURVE_ENTRIES: Final = 8192
"""Entries of the tone curve's lookup table, which are spaced evenly in the square root of light."""
_MAX_LIGHT: Final = 6.0
"""Light at the last entry of the table; more is clipped."""
_FILMIC_EXPOSURE: Final = 0.60
"""Factor of light before the filmic curve."""
_GRAIN_SIDE: Final = 256
"""Pixels: the film grain is a tile that repeats. A power of two."""
_GRAIN_ENTRIES: Final = 14
"""Range of the film grain in table entries, for a grain of 1."""
_S_CURVE_GAIN: Final = 0.16
_GRADE_ROWS: Final = 128
"""Rows that are graded at a time."""
_GRADE_CONTRAST: Final = 0.5
_GRADE_TINT: Final = 0.6
_GRADE_SATURATION: Final = 0.7
_GRADE_VIGNETTE: Final = 0.5
"""How much of a style's grading is applied to a photo or a finished render."""


class ToneMapper:
    """Maps bands of rows of one picture from linear light to 8-bit sRGB."""

    def __init__(self, look: Look, size: tuple[int, int], seed: int) -> None:
        """``size`` is the picture's (width, height); ``seed`` is that of the film grain."""
        width, height = size
        self._look = look
        self._curves = _tone_curves(look)
        x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
        y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
        self._distance_x, self._distance_y = 2 * x * x, 2 * y * y
        rng = np.random.Generator(np.random.PCG64(seed))
        # The grain is also the dither that keeps smooth skies from banding in 8 bits.
        grain = (rng.random((_GRAIN_SIDE, _GRAIN_SIDE), dtype=np.float32) - 0.5) * (_GRAIN_ENTRIES * look.grain)
        self._grain = np.tile(grain.astype(np.float32), (1, -(-width // _GRAIN_SIDE)))[:, :width]

    def tone_map(self, light: F32, top: int) -> U8:
        """Returns 8-bit sRGB for a band of linear ``light`` (rows, width, 3), the first row of which is row ``top``."""
        rows = len(light)
        distance = self._distance_x[None] + self._distance_y[top : top + rows, None]
        gain = self._look.exposure * (1 - self._look.vignette * distance * np.sqrt(np.sqrt(distance)))
        gain = (gain * np.float32(1 / _MAX_LIGHT)).astype(np.float32)
        grain = self._grain[np.arange(top, top + rows) & (_GRAIN_SIDE - 1)]
        saturation = np.float32(self._look.saturation)
        grey = (light @ LUMA) * ((1 - saturation) * gain)
        gain *= saturation
        out = np.empty(light.shape, np.uint8)
        # One channel at a time, because numpy is slow along an axis of three.
        for channel in range(3):
            value = light[..., channel] * gain
            value += grey
            np.maximum(value, 0, out=value)
            np.sqrt(value, out=value)
            value *= np.float32(_CURVE_ENTRIES - 1)
            value += grain
            np.clip(value, 0, _CURVE_ENTRIES - 1, out=value)
            out[..., channel] = np.take(self._curves[channel], value.astype(np.uint16))
        return out


def light_of_level(level: F32) -> F32:
    """Returns the light that the filmic curve maps to a linear ``level`` in 0..1, at an exposure of 1."""
    square = 2.51 - 2.43 * level
    linear = 0.03 - 0.59 * level
    light: F32 = (np.sqrt(linear * linear + 0.56 * square * level) - linear) / (2 * square * _FILMIC_EXPOSURE)
    return light.astype(np.float32)


def grade_photo(pixels: U8, look: Look, check_cancelled: CheckCancelled = never_cancelled) -> U8:
    """Returns a photo or a finished render (height, width, 3) with a part of the style's colour grading.

    Its light is not changed. ``check_cancelled`` is called before each band of rows.
    """
    height, width = pixels.shape[:2]
    value: F32 = np.arange(256, dtype=np.float32) / np.float32(255)
    level = _s_curve(value, 1 + (look.contrast - 1) * _GRADE_CONTRAST)
    curves = []
    for shadow_tint, highlight_tint in zip(look.shadow_tint, look.highlight_tint, strict=True):
        tint = 1 + ((1 - value) * (shadow_tint - 1) + value * (highlight_tint - 1)) * _GRADE_TINT
        curves.append((np.clip(level * tint, 0, 1) * 255).astype(np.float32))
    saturation = np.float32(1 + (look.saturation - 1) * _GRADE_SATURATION)
    distance_x = (2 * ((np.arange(width, dtype=np.float32) + 0.5) / width - 0.5) ** 2)[None]
    out = np.empty_like(pixels)
    for top in range(0, height, _GRADE_ROWS):
        check_cancelled()
        band = pixels[top : top + _GRADE_ROWS]
        colour = np.stack([curves[channel][band[..., channel]] for channel in range(3)], axis=-1)
        grey = (colour @ LUMA)[..., None]
        y = (np.arange(top, top + len(band), dtype=np.float32) + 0.5) / height - 0.5
        distance_y = (2 * y**2)[:, None]
        vignette = 1 - _GRADE_VIGNETTE * look.vignette * (distance_x + distance_y) ** 1.3
        colour = (grey + (colour - grey) * saturation) * vignette[..., None]
        out[top : top + _GRADE_ROWS] = np.clip(colour + 0.5, 0, 255).astype(np.uint8)
    return out


def paint_in_one_colour(pixels: U8, colour: Rgb) -> U8:
    """Returns the picture (height, width, 3) in shades of one ``colour``."""
    linear = np.array(colour, np.float32)
    tint = (linear / linear.max()) ** np.float32(1 / 2.4)
    out = np.empty_like(pixels)
    for top in range(0, len(pixels), _GRADE_ROWS):
        level = pixels[top : top + _GRADE_ROWS].astype(np.float32) @ LUMA
        out[top : top + _GRADE_ROWS] = np.clip(level[..., None] * tint + 0.5, 0, 255).astype(np.uint8)
    return out


def sharpen(pixels: U8, check_cancelled: CheckCancelled = never_cancelled) -> U8:
    """Returns the picture with more local contrast and finer detail, for the quality ``ultra``."""
    picture = Image.fromarray(pixels)
    scale = max(picture.size) / 3840
    picture = picture.filter(ImageFilter.UnsharpMask(radius=28 * scale, percent=12, threshold=0))
    check_cancelled()
    picture = picture.filter(ImageFilter.UnsharpMask(radius=1.6 * scale, percent=48, threshold=1))
    return np.asarray(picture)


def _tone_curves(look: Look) -> list[U8]:
    """Returns a lookup table from light to 8-bit sRGB for each channel."""
    light = (np.arange(_CURVE_ENTRIES, dtype=np.float32) / (_CURVE_ENTRIES - 1)) ** 2 * _MAX_LIGHT
    x = light * np.float32(_FILMIC_EXPOSURE)
    # Krzysztof Narkowicz's fit of the ACES filmic tone mapping curve.
    filmic = np.clip((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    srgb = np.where(filmic <= 0.0031308, filmic * 12.92, 1.055 * filmic ** (1 / 2.4) - 0.055).astype(np.float32)
    level = _s_curve(srgb, look.contrast)
    curves = []
    for shadow_tint, highlight_tint in zip(look.shadow_tint, look.highlight_tint, strict=True):
        tint = (1 - level) * shadow_tint + level * highlight_tint
        curves.append((np.clip(level * tint, 0, 1) * 255 + 0.5).astype(np.uint8))
    return curves


def _s_curve(value: F32, contrast: float) -> F32:
    """Applies an S-curve to 0..1, which leaves black, middle grey and white unchanged; ``contrast`` 1 is no change."""
    amplitude = np.float32((contrast - 1) * _S_CURVE_GAIN)
    bent: F32 = value + amplitude * np.sin((value - np.float32(0.5)) * np.float32(2 * np.pi))
    clipped: F32 = np.clip(bent, 0, 1)
    return clipped
