"""What is behind kept pixels: paper with a contact shadow, or the sky alone, because the ground is not certain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, LUMA, U8, Mask, gaussian_blur, resize_bilinear, smoothstep
from renderiq.engines.preview.segment.morphology import grey_dilation
from renderiq.engines.preview.shade.backdrop import backdrop_size
from renderiq.engines.preview.shade.sky import render_sky

_CURVE: Final = (0.05, 0.85)
"""Heights of the picture between which the wall turns into the floor."""
_FLOOR_LIGHTS: Final = (1.26, 0.90, 0.62, 0.46)
"""Light of the floor, at an exposure of 1: of white paper, and of darker ones for white models."""
_MERGING: Final = 0.11
"""Difference of the cube roots of light below which the model merges with the paper."""
_AIR: Final = 0.6
_AIR_LIGHT: Final = 0.15
"""How much of the hue of the horizon the upper end of the paper takes on, and of the light of its lower end."""
_PAPER_SHADE: Final = 0.86
_MODEL_SHADE: Final = 1.05
"""What falloff and shadow leave of the paper's light beside the model, and what the sun adds to the model's."""
_LEAST_CONTRAST: Final = 20
_LIGHTER: Final = 0.02
"""Per cent of the contour that may stand out less than what is compared, and how much more the rest must stand out
before the next darker paper."""
_INSIDE: Final = 0.95
_OUTLINE_WIDTH: Final = 9
_OUTLINE_REACH: Final = 17
"""Opacity of the model, and the sides of the squares that end within an outline and beyond it."""
_SKY_ROW: Final = 0.02
_SKY_HORIZON: Final = 0.55
"""Of a row: what is sky at least, to count; and where the horizon is at least, of the height."""
_DARK_FLOOR: Final = 0.5
_CONTACT: Final = (0.004, 0.34)
_CAST: Final = (0.022, 0.42)
"""Contact shadow and soft shadow: sigma as a part of the longer side, and strength."""
_CAST_SHIFT: Final = (0.022, 0.012)
"""Columns away from the sun and rows down, as a part of the longer side."""
_FOOT_WEIGHT: Final = (0.25, 0.95)
"""Rows of the model, from its top to its foot, between which its shadow becomes full."""
_UPPER_SHADOW: Final = 0.35
"""Strength of the shadow at the upper end of the model over that at its foot."""
_MUCH_MERGING: Final = 0.15
"""Part of the contour that hardly stands out: from there on the shadow is as strong at the upper end."""
_DRAWN_SHADOW_SIGMA: Final = 0.0016
"""Blur of a shadow that the viewport has drawn, as a part of the longer side."""
_DRAWN_SHADOW_STRENGTH: Final = 0.85


@dataclass(frozen=True, slots=True)
class PaperTone:
    """The colour of paper from the top of the picture to its foot; ``wall`` and ``floor`` (3,) are radiances.

    ``merging`` is the part of the model's contour that hardly stands out from it.
    """

    wall: F32
    floor: F32
    merging: float = 0.0

    def light(self, y: F32) -> F32:
        """Returns the linear light (..., 3) at the heights ``y``, 0 being the top of the picture and 1 its foot."""
        light: F32 = self.wall + (self.floor - self.wall) * smoothstep(*_CURVE, y)[..., None]
        return light.astype(np.float32)


def choose_paper(look: Look, outline: F32, y: F32) -> PaperTone:
    """Returns paper in a style's colours, from which the model stands out; a dark style stays dark.

    ``outline`` (count,) is the light of the model along its contour and ``y`` (count,) the height, from 0 to 1.
    """
    wall, floor = (rgb_array(each) for each in look.studio_backdrop)
    level = float(floor.mean())
    if look.outdoors:
        # A hint of the style's sky, so that a model outdoors does not stand in a grey room.
        air = rgb_array(look.zenith if level < _DARK_FLOOR else look.horizon)
        light = float(wall @ LUMA)
        wall = wall + (air / np.float32(max(float(air @ LUMA), 1e-3)) * np.float32(light) - wall) * np.float32(_AIR)
        wall = wall + (floor - wall) * np.float32(_AIR_LIGHT)
    if level < _DARK_FLOOR:
        if look.outdoors:
            air = rgb_array(look.sky)
            floor = floor + (air * np.float32(float(floor @ LUMA) / float(air @ LUMA)) - floor) * np.float32(_AIR)
        return PaperTone(wall, floor)
    best, most = PaperTone(wall, floor), -np.inf
    for number, light in enumerate(_FLOOR_LIGHTS):
        factor = np.float32(light / (level * look.exposure))
        tone = PaperTone(wall * factor, floor * factor)
        if not len(outline):
            return tone
        behind, beside = tone.light(y) @ LUMA * np.float32(_PAPER_SHADE), outline * np.float32(_MODEL_SHADE)
        difference = np.abs(np.cbrt(behind * look.exposure) - np.cbrt(beside * look.exposure))
        contrast = float(np.percentile(difference, _LEAST_CONTRAST)) - number * _LIGHTER
        if contrast > most:
            best, most = replace(tone, merging=float((difference < _MERGING).mean())), contrast
    return best


def render_paper(
    tone: PaperTone, opacity: F32, shadow: F32 | None, size: tuple[int, int], *, sun_from_left: bool
) -> F32:
    """Renders paper for an output of ``size`` = (width, height), at that size or half of it, in linear light.

    ``opacity`` (height, width) is that of the model in the capture, ``shadow`` (0..1, 1 being none) what the viewport
    has drawn on its ground; without that, the model throws a soft shadow of its own.
    """
    width, height = backdrop_size(size)
    y: F32 = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x: F32 = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None]
    spotlight = 1.06 - 0.5 * (x * x + 0.6 * (y - 0.55) ** 2)
    paper = tone.light(y) * spotlight[..., None]
    upper = _UPPER_SHADOW + (1 - _UPPER_SHADOW) * min(tone.merging / _MUCH_MERGING, 1.0)
    dark = _shadow(opacity, shadow, upper, sun_from_left=sun_from_left)
    openness = 1 - resize_bilinear(dark, (width, height)).astype(np.float32) * np.float32(1 / 255)
    paper *= openness[..., None]
    lit: F32 = paper.astype(np.float32)
    return lit


def render_open_sky(look: Look, opacity: F32, size: tuple[int, int], *, sun_from_left: bool, seed: int) -> F32:
    """Renders the sky above a model that fills the frame on three sides, for an output of ``size`` = (width, height).

    Returns linear light (height, width, 3) at that size or half of it.
    """
    width, height = backdrop_size(size)
    rows = np.flatnonzero((opacity < _INSIDE).mean(axis=1) > _SKY_ROW)
    lowest = float(rows[-1]) / len(opacity) if len(rows) else 0.0
    horizon = max(lowest, _SKY_HORIZON) * height
    sky = render_sky(look, (width, height), horizon, sun_from_left, seed)[:height]
    behind = np.empty((height, width, 3), np.float32)
    behind[: len(sky)] = sky
    behind[len(sky) :] = rgb_array(look.horizon)
    return behind


def find_outline(opacity: F32) -> Mask:
    """Returns the pixels (height, width) of the model beside its contour, without those of an outline."""
    near, edge = (
        grey_dilation((opacity < _INSIDE).astype(np.uint8), reach) > 0 for reach in (_OUTLINE_REACH, _OUTLINE_WIDTH)
    )
    beside: Mask = near & ~edge
    return beside


def _shadow(opacity: F32, drawn: F32 | None, upper: float, *, sun_from_left: bool) -> U8:
    """Returns the shadow on the paper (height, width), 255 being black.

    ``upper`` is its strength at the upper end of the model over that at its foot.
    """
    longest = max(opacity.shape)
    mask = (opacity * 255).astype(np.uint8)
    contact = gaussian_blur(mask, max(_CONTACT[0] * longest, 1)).astype(np.float32) * _CONTACT[1]
    if drawn is not None and (drawn < 1).any():
        given = ((1 - drawn) * 255 * _DRAWN_SHADOW_STRENGTH).astype(np.uint8)
        cast = gaussian_blur(given, max(_DRAWN_SHADOW_SIGMA * longest, 1)).astype(np.float32)
    else:
        right = round(_CAST_SHIFT[0] * longest) * (1 if sun_from_left else -1)
        down = round(_CAST_SHIFT[1] * longest)
        moved = np.zeros_like(mask)
        height, width = mask.shape
        moved[down:, max(0, right) : width + min(0, right)] = mask[
            : height - down, max(0, -right) : width - max(0, right)
        ]
        cast = gaussian_blur(moved, max(_CAST[0] * longest, 1)).astype(np.float32) * _CAST[1]
    rows = np.flatnonzero((opacity > 0.5).any(axis=1))
    top, bottom = (int(rows[0]), int(rows[-1])) if len(rows) else (0, 1)
    down_model: F32 = (np.arange(len(mask), dtype=np.float32) - top) / np.float32(max(bottom - top, 1))
    weight = upper + (1 - upper) * smoothstep(*_FOOT_WEIGHT, down_model)
    dark = np.maximum(contact * weight[:, None], cast * (weight[:, None] if drawn is None else 1))
    return np.clip(dark, 0, 255).astype(np.uint8)
