"""What is behind the model: sky, trees and lawn, or the paper of a studio, with the model's shadow on the ground."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, U8, CheckCancelled, UpsampledPlane, gaussian_blur, never_cancelled
from renderiq.engines.preview.shade.backdrop import backdrop_size
from renderiq.engines.preview.shade.ground import GROUND_SUN, draw_lawn, render_studio_backdrop
from renderiq.engines.preview.shade.paper import choose_paper, render_paper
from renderiq.engines.preview.shade.sky import draw_treeline, render_sky

PAPER_SHARE: Final = 0.56
"""Of the light on paper: the part that shadows do not take away."""
_CONTACT: Final = (0.006, 0.75)
"""Sigma, as a part of the longer side, and strength of the darkening around a model whose depth nobody knows."""


def render_outdoors(
    look: Look,
    size: tuple[int, int],
    horizon: float,
    sun_from_left: bool,
    seed: int,
    check_cancelled: CheckCancelled = never_cancelled,
) -> F32:
    """Renders sky, trees and lawn (height, width, 3) in linear light; ``horizon`` is a row of the backdrop."""
    width, height = backdrop_size(size)
    picture = np.empty((height, width, 3), np.float32)
    horizon = min(max(horizon, -0.5 * height), height - 1.0)
    first = max(0, int(horizon))
    sky = render_sky(look, (width // 2, height // 2), horizon / 2, sun_from_left, seed)
    check_cancelled()
    if first:
        picture[:first] = UpsampledPlane(sky, (width, 2 * len(sky))).rows(0, first)
    draw_lawn(look, picture, horizon, seed)
    check_cancelled()
    draw_treeline(look, picture, horizon, seed)
    return picture


def ambient_share(look: Look) -> F32:
    """Returns the part (3,) of the light on the lawn that shadows do not take away."""
    sun, sky = GROUND_SUN * rgb_array(look.sun), rgb_array(look.sky)
    share: F32 = (sky / (sun + sky)).astype(np.float32)
    return share


def render_studio(look: Look, size: tuple[int, int]) -> F32:
    """Renders paper without shadows (height, width, 3) in linear light."""
    width, height = backdrop_size(size)
    return render_studio_backdrop(look, (width, height), 0.42 * height)


def render_contact(look: Look, opacity: F32, size: tuple[int, int], *, sun_from_left: bool) -> F32:
    """Renders paper with a soft shadow around a model whose depth nobody knows."""
    nothing = np.zeros(0, np.float32)
    return render_paper(choose_paper(look, nothing, nothing), opacity, None, size, sun_from_left=sun_from_left)


def shade_backdrop(backdrop: F32, factor: F32) -> None:
    """Multiplies ``backdrop`` by a ``factor`` (height, width, 3) of another size, in place."""
    height, width = backdrop.shape[:2]
    for channel in range(3):
        plane = UpsampledPlane(np.ascontiguousarray(factor[..., channel]), (width, height))
        for top in range(0, height, 128):
            bottom = min(top + 128, height)
            backdrop[top:bottom, :, channel] *= plane.rows(top, bottom)


def contact_factor(opacity: F32) -> F32:
    """Returns the darkening (height, width, 3) of a lawn around a model whose depth nobody knows."""
    mask: U8 = (opacity * 255).astype(np.uint8)
    dark = gaussian_blur(mask, max(1.0, _CONTACT[0] * max(mask.shape))).astype(np.float32) * np.float32(1 / 255)
    rows = np.flatnonzero((opacity > 0).any(axis=1))
    top, bottom = (int(rows[0]), int(rows[-1])) if len(rows) else (0, 1)
    down = np.clip((np.arange(len(mask), dtype=np.float32) - top) / max(bottom - top, 1), 0, 1) ** 3
    factor = 1 - np.float32(_CONTACT[1]) * dark * down[:, None]
    return np.repeat(factor[..., None], 3, axis=2).astype(np.float32)
