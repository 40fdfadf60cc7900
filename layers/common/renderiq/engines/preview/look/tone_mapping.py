"""From linear light to the finished 8-bit picture: exposure, vignette, colour, tone, grain."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, LUMA, U8

_STEPS: Final = 8192
_BRIGHTEST: Final = 6.0


class ToneMapper:
    """Develops strips of one picture of ``size`` = (width, height)."""

    def __init__(self, look: Look, size: tuple[int, int], seed: int) -> None:
        width, height = size
        self._look = look
        self._curves = _curves(look)
        across = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
        down = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
        self._across, self._down = 2 * across * across, 2 * down * down
        rng = np.random.Generator(np.random.PCG64(seed))
        # Grain doubles as dither: without it skies band in 8 bits.
        grain = (rng.random((256, 256), dtype=np.float32) - 0.5) * (14 * look.grain)
        self._grain = np.tile(grain.astype(np.float32), (1, -(-width // 256)))[:, :width]

    def tone_map(self, light: F32, top: int) -> U8:
        """8-bit rows for ``light``, whose first row is row ``top`` of the picture."""
        rows = len(light)
        distance = self._across[None] + self._down[top : top + rows, None]
        fall = self._look.exposure * (1 - self._look.vignette * distance * np.sqrt(np.sqrt(distance)))
        fall = (fall * np.float32(1 / _BRIGHTEST)).astype(np.float32)
        grain = self._grain[np.arange(top, top + rows) & 255]
        saturation = np.float32(self._look.saturation)
        grey = (light @ LUMA) * ((1 - saturation) * fall)
        fall *= saturation
        out = np.empty(light.shape, np.uint8)
        # A band at a time: numpy is slow along an axis of three.
        for band in range(3):
            value = light[..., band] * fall
            value += grey
            np.maximum(value, 0, out=value)
            np.sqrt(value, out=value)
            value *= np.float32(_STEPS - 1)
            value += grain
            np.clip(value, 0, _STEPS - 1, out=value)
            out[..., band] = np.take(self._curves[band], value.astype(np.uint16))
        return out


def grade(pixels: U8, look: Look) -> U8:
    """A photo or a finished render keeps its light; it only leans towards the style's colours."""
    height, width = pixels.shape[:2]
    value: F32 = np.arange(256, dtype=np.float32) / np.float32(255)
    contrast = 1 + (look.contrast - 1) * 0.5
    bent = _contrast(value, contrast)
    curves = []
    for band in range(3):
        tint = 1 + ((1 - value) * (look.shadow_tint[band] - 1) + value * (look.highlight_tint[band] - 1)) * 0.6
        curves.append((np.clip(bent * tint, 0, 1) * 255).astype(np.float32))
    saturation = np.float32(1 + (look.saturation - 1) * 0.7)
    across = (2 * ((np.arange(width, dtype=np.float32) + 0.5) / width - 0.5) ** 2)[None]
    out = np.empty_like(pixels)
    for top in range(0, height, 128):
        strip = pixels[top : top + 128]
        light = np.stack([curves[band][strip[..., band]] for band in range(3)], axis=-1)
        grey = (light @ LUMA)[..., None]
        down = (2 * ((np.arange(top, top + len(strip), dtype=np.float32) + 0.5) / height - 0.5) ** 2)[:, None]
        fall = 1 - 0.5 * look.vignette * (across + down) ** 1.3
        light = (grey + (light - grey) * saturation) * fall[..., None]
        out[top : top + 128] = np.clip(light + 0.5, 0, 255).astype(np.uint8)
    return out


def enhance(pixels: U8) -> U8:
    """The extra of ``ultra``: local contrast first, then fine detail."""
    picture = Image.fromarray(pixels)
    radius = max(picture.size) / 3840
    picture = picture.filter(ImageFilter.UnsharpMask(radius=28 * radius, percent=12, threshold=0))
    picture = picture.filter(ImageFilter.UnsharpMask(radius=1.6 * radius, percent=48, threshold=1))
    return np.asarray(picture)


def _curves(look: Look) -> list[U8]:
    position = (np.arange(_STEPS, dtype=np.float32) / (_STEPS - 1)) ** 2 * _BRIGHTEST
    x = position * np.float32(0.60)
    # Narkowicz' fit of the ACES filmic curve.
    film = np.clip((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    display = np.where(film <= 0.0031308, film * 12.92, 1.055 * film ** (1 / 2.4) - 0.055).astype(np.float32)
    bent = _contrast(display, look.contrast)
    curves = []
    for band in range(3):
        tint = (1 - bent) * look.shadow_tint[band] + bent * look.highlight_tint[band]
        curves.append((np.clip(bent * tint, 0, 1) * 255 + 0.5).astype(np.uint8))
    return curves


def _contrast(value: F32, amount: float) -> F32:
    """An S-curve around middle grey that keeps black and white where they are."""
    bent: F32 = value + np.float32((amount - 1) * 0.16) * np.sin((value - np.float32(0.5)) * np.float32(2 * np.pi))
    clipped: F32 = np.clip(bent, 0, 1)
    return clipped
