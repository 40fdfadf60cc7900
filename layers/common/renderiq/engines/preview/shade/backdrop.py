"""The backdrop of a render: sky and shadowed ground, or a studio's paper, in linear light."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.raster import F32, CheckCancelled, UpsampledPlane, never_cancelled, resize_bilinear
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.ground import GROUND_SUN, draw_lawn, render_studio_backdrop
from renderiq.engines.preview.shade.shadow_maps import ShadowMaps
from renderiq.engines.preview.shade.sky import draw_treeline, render_sky

_MAX_SIDE: Final = 1920
"""Pixels: for larger outputs the backdrop has half their size, because it has little fine detail."""
_STUDIO_AMBIENT: Final = 0.45
"""Of the light on a studio's floor: the part that shadows do not take away."""
_OCCLUSION_STRENGTH: Final = 0.7


def backdrop_size(size: tuple[int, int]) -> tuple[int, int]:
    """Returns (width, height) of the backdrop of an output of ``size``: the same, or half of it if that is large."""
    return (size[0] // 2, size[1] // 2) if max(size) > _MAX_SIDE else size


def render_backdrop(
    scene: Scene,
    look: Look,
    size: tuple[int, int],
    sun_from_left: bool,
    shadows: ShadowMaps,
    seed: int,
    check_cancelled: CheckCancelled = never_cancelled,
) -> F32:
    """Renders what is behind the model and under it, for an output of ``size`` = (width, height).

    Returns (height, width, 3) at the output size or half of it. ``check_cancelled`` is called between sky, ground and
    trees.
    """
    width, height = backdrop_size(size)
    if not scene.has_background:
        return np.broadcast_to(rgb_array(look.horizon), (height, width, 3)).copy()
    horizon = scene.horizon * height / scene.size[1]
    first = max(0, int(horizon))
    if look.outdoors:
        picture = np.empty((height, width, 3), np.float32)
        # Clouds have no detail that is lost at half the resolution.
        sky = render_sky(look, (width // 2, height // 2), horizon / 2, sun_from_left, seed)
        check_cancelled()
        if first:
            picture[:first] = UpsampledPlane(sky, (width, 2 * len(sky))).rows(0, first)
        draw_lawn(look, picture, horizon, seed)
        check_cancelled()
        draw_treeline(look, picture, horizon, seed)
        sun, ambient = GROUND_SUN * rgb_array(look.sun), rgb_array(look.sky)
        ambient_share = ambient / (sun + ambient)
    else:
        picture = render_studio_backdrop(look, (width, height), horizon)
        ambient_share = np.full(3, _STUDIO_AMBIENT, np.float32)
    check_cancelled()
    shadow, occlusion = (
        resize_bilinear(shadow_map, (width, height))[first:].astype(np.float32) * np.float32(1 / 255)
        for shadow_map in (shadows.ground, shadows.ambient_occlusion)
    )
    openness = 1 - np.float32(_OCCLUSION_STRENGTH) * occlusion
    for channel in range(3):
        picture[first:, :, channel] *= (1 - shadow * (1 - ambient_share[channel])) * openness
    return picture
