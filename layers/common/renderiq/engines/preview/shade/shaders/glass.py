"""Window panes and their frames."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, smoothstep
from renderiq.engines.preview.shade.context import Channels, LightMap, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_bilinear, sample_nearest
from renderiq.engines.preview.shade.shaders.diffuse import irradiance_at
from renderiq.engines.preview.shade.textures import Texture

_FRAME_ALBEDO: Final = (np.float32(0.040), np.float32(0.042), np.float32(0.045))
_TREE_ALBEDO: Final = (np.float32(0.030), np.float32(0.042), np.float32(0.026))
_TREE_COVERAGE: Final = 0.85
_TREE_LIGHT: Final = (0.4, 1.5)
"""Light on reflected trees: the part of the sun in it, and its gain."""
_PANE_TRANSMITTANCE: Final = 1.1
"""Of the sky and the trees that are visible from within a room through a pane."""
_REFLECTANCE: Final = 0.34
_REFLECTANCE_TOP: Final = 0.22
_REFLECTANCE_SUN: Final = 0.10
"""Reflectance of a pane from outside: at its foot in the shade, and what it has more at its top and in the sun."""
_SHADOW_STRENGTH: Final = 0.45
_OCCLUSION_STRENGTH: Final = 0.5
"""How much shadow and ambient occlusion reduce the reflection."""


def shade_glass(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades panes with the reflection of a sky and of trees, and with the room behind them; then their frames.

    From within a room a pane shows sky and trees. The base colour of glass is not used.
    """
    look = context.look
    box = context.box[fragments.region]
    # 0 at the top of the pane and 1 at its foot.
    down = np.clip((fragments.y - box[:, 1]) / np.maximum(box[:, 3] - box[:, 1], 1), 0, 1)
    u = fragments.x / context.unit
    skyline_tile = Texture.REFLECTED_TREELINE.tile(context.seed)
    skyline = sample_bilinear(skyline_tile, u * 0.55, np.zeros_like(u) + 77)
    trees = _TREE_COVERAGE * smoothstep(-0.07, 0.13, down - (0.88 - 0.45 * skyline))
    elevation = np.float32(0.10) + np.float32(0.5) * (1 - down)
    if context.is_interior:
        reflectance = np.full(len(u), np.float32(_PANE_TRANSMITTANCE))
        room = np.zeros(len(u), np.float32)
    else:
        reflectance, room = _outdoor_pane(context, fragments, down, u)
    frame = fragments.sample_frame()
    framed = np.flatnonzero(frame)
    irradiance = irradiance_at(context, fragments, framed)
    tree_sun, tree_gain = (np.float32(each) for each in _TREE_LIGHT)
    channels = []
    for channel, (horizon, zenith, interior) in enumerate(
        zip(look.horizon, look.zenith, look.interior_light, strict=True)
    ):
        sky = np.float32(horizon) + np.float32(zenith - horizon) * elevation
        tree_light = context.sky[channel] + context.sun[channel] * tree_sun
        tree = _TREE_ALBEDO[channel] * tree_light * tree_gain
        pane = np.float32(interior) * room + (sky + (tree - sky) * trees) * reflectance
        pane[framed] += (_FRAME_ALBEDO[channel] * irradiance[channel] - pane[framed]) * frame[framed]
        channels.append(pane)
    return channels


def _outdoor_pane(context: ShadingContext, fragments: Fragments, down: F32, u: F32) -> tuple[F32, F32]:
    """Returns the reflectance of panes and the relative light of the rooms behind them, with curtains."""
    incidence = context.sun_incidence.take(fragments.region)
    reflectance = _REFLECTANCE + _REFLECTANCE_TOP * (1 - down) + _REFLECTANCE_SUN * incidence
    reflectance *= (1 - _SHADOW_STRENGTH * fragments.sample(LightMap.FACADE_SHADOW)) * (
        1 - _OCCLUSION_STRENGTH * fragments.sample(LightMap.OCCLUSION)
    )
    # One row of the tile makes vertical folds; each window begins at another place in it.
    folds = u * 1.1 + (fragments.region * 91).astype(np.float32)
    curtain = sample_nearest(Texture.PLASTER_STAINS.tile(context.seed), folds, np.zeros_like(folds))
    room: F32 = np.clip(1.35 - 0.9 * down, 0.3, 2) * (0.45 + 1.1 * curtain)
    return reflectance, room
