"""Tiled roofs."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import smoothstep
from renderiq.engines.preview.shade.context import Channels, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_nearest
from renderiq.engines.preview.shade.shaders.diffuse import shade_diffuse
from renderiq.engines.preview.shade.textures import Texture

_TILE_AMPLITUDE: Final = 0.30
_GRAIN_AMPLITUDE: Final = 0.16
_TILE_TEXELS: Final = 0.16
"""Texels of the noise that varies the tiles, per pixel of an output of 1920 pixels."""


def shade_roof(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades courses of tiles that differ from one another in brightness."""
    x, y, unit = fragments.x, fragments.y, context.unit
    course = context.tile_courses.course_at(fragments.region, x, y)
    row = np.floor(course)
    phase = course - row
    # Each course is darkest below the overlap of the upper one and brightest at its lower end.
    relief = 0.90 + 0.18 * smoothstep(0.0, 0.28, phase) - 0.10 * smoothstep(0.7, 1.0, phase)
    relief = 1 + (relief - 1) * context.tile_courses.strength[fragments.region]
    tile = sample_nearest(Texture.ROOF_TILES.tile(context.seed), x * (_TILE_TEXELS / unit) + row * 37, row * 11)
    grain = sample_nearest(Texture.MINERAL_GRAIN.tile(context.seed), x / unit, y / unit)
    variation = _TILE_AMPLITUDE * (tile - 0.5) + _GRAIN_AMPLITUDE * (grain - 0.5)
    return shade_diffuse(context, fragments, relief * (1 + context.freedom * variation))
