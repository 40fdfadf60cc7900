"""Paper: a soft neutral backdrop with a contact shadow, for views whose ground is not certain."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, U8, gaussian_blur, resize_bilinear, smoothstep
from renderiq.engines.preview.segment.morphology import grey_dilation
from renderiq.engines.preview.segment.viewport_background import ViewportBackground

_MAX_SIDE: Final = 1920
"""Pixels: for larger outputs the paper has half their size, because it has no fine detail."""
_FLOOR_LIGHT: Final = (1.26, 0.62)
"""Light of the floor, at an exposure of 1, under a dark model and under a white one."""
_MODEL_LIGHT: Final = (0.5, 1.2)
"""Light of the model along its contour, between which it turns from dark to white."""
_OUTSIDE: Final = 0.05
_INSIDE: Final = 0.95
_CONTOUR_REACH: Final = 13
"""Opacity of what is background and of what is the model, and the side of the square in which they meet."""
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
_DRAWN_SHADOW_SIGMA: Final = 0.0016
"""Blur of a shadow that the viewport has drawn, as a part of the longer side."""
_DRAWN_SHADOW_STRENGTH: Final = 0.85


def render_paper(
    look: Look, background: ViewportBackground, size: tuple[int, int], *, model_light: float, sun_from_left: bool
) -> F32:
    """Renders paper for an output of ``size`` = (width, height), at that size or half of it, in linear light.

    ``model_light`` is the light of the model along its contour at an exposure of 1: behind a bright model the paper is
    darker. Without a shadow that the viewport has drawn on its ground, the model throws a soft shadow of its own.
    """
    width, height = size
    if max(size) > _MAX_SIDE:
        width, height = width // 2, height // 2
    y: F32 = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x: F32 = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None]
    wall, floor = (rgb_array(each) for each in look.studio_backdrop)
    curve = smoothstep(0.05, 0.85, y)
    spotlight = 1.06 - 0.5 * (x * x + 0.6 * (y - 0.55) ** 2)
    paper = (wall + (floor - wall) * curve[..., None]) * (spotlight * _brightness(look, model_light))[..., None]
    dark = _shadow(background.opacity, background.shadow, sun_from_left=sun_from_left)
    openness = 1 - resize_bilinear(dark, (width, height)).astype(np.float32) * np.float32(1 / 255)
    paper *= openness[..., None]
    lit: F32 = paper.astype(np.float32)
    return lit


def contour_colours(rgb: U8, opacity: F32) -> U8:
    """Returns the colours (count, 3) of the model beside its contour."""
    outside = (opacity < _OUTSIDE).astype(np.uint8)
    beside = (grey_dilation(outside, _CONTOUR_REACH) > 0) & (opacity > _INSIDE)
    return rgb[beside]


def _brightness(look: Look, model_light: float) -> np.float32:
    """Returns the factor of a style's backdrop; a dark style stays dark."""
    floor = float(rgb_array(look.studio_backdrop[1]).mean())
    if floor < _DARK_FLOOR:
        return np.float32(1)
    pale = np.clip((model_light - _MODEL_LIGHT[0]) / (_MODEL_LIGHT[1] - _MODEL_LIGHT[0]), 0, 1)
    return np.float32((_FLOOR_LIGHT[0] + (_FLOOR_LIGHT[1] - _FLOOR_LIGHT[0]) * pale) / (floor * look.exposure))


def _shadow(opacity: F32, drawn: F32 | None, *, sun_from_left: bool) -> U8:
    """Returns the shadow on the paper (height, width), 255 being black."""
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
    weight = _UPPER_SHADOW + (1 - _UPPER_SHADOW) * smoothstep(*_FOOT_WEIGHT, down_model)
    dark = np.maximum(contact * weight[:, None], cast * (weight[:, None] if drawn is None else 1))
    return np.clip(dark, 0, 255).astype(np.uint8)
