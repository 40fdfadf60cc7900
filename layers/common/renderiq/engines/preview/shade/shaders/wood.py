"""Wood: posts, furniture and cladding with a vertical grain, and floors of boards."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import smoothstep
from renderiq.engines.preview.shade.context import Channels, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_bilinear
from renderiq.engines.preview.shade.perspective import ground_coordinates
from renderiq.engines.preview.shade.shaders.diffuse import shade_diffuse
from renderiq.engines.preview.shade.textures import Texture

_GRAIN_AMPLITUDE: Final = 0.56
_BOARD_AMPLITUDE: Final = 0.30
_JOINT_DARKNESS: Final = 0.22
_BOARDS: Final = 9
"""Boards per camera height across the floor."""
_MAX_JOINT: Final = 0.4
"""Width of the joint between two boards, of the width of a board."""
_GRAIN_FADE: Final = (0.03, 0.30)
"""Picture heights below the horizon between which the grain of a floor fades in: further away it is finer than a
pixel."""


def shade_wood(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades wood with a vertical grain; polished floors of a room get boards that run away from the camera."""
    grain_tile = Texture.WOOD_GRAIN.tile(context.seed)
    u, v = fragments.x / context.unit, fragments.y * (0.9 / context.unit)
    floor = np.flatnonzero(context.is_polished.take(fragments.region))
    if not len(floor):
        grain = sample_bilinear(grain_tile, u, v)
        return shade_diffuse(context, fragments, 1 + context.freedom * _GRAIN_AMPLITUDE * (grain - 0.5))
    x, y = fragments.x[floor], fragments.y[floor]
    below, side, _ = ground_coordinates(x, y, context.size, context.horizon)
    board = side * _BOARDS
    row = np.floor(board)
    brightness = sample_bilinear(grain_tile, row * 37, row * 11)
    u[floor] = board * 42 + row * 91
    v[floor] = 16 / below + brightness * 977
    grain = sample_bilinear(grain_tile, u, v)
    grain[floor] = 0.5 + (grain[floor] - 0.5) * smoothstep(*_GRAIN_FADE, below)
    texture = 1 + context.freedom * _GRAIN_AMPLITUDE * (grain - 0.5)
    from_centre = np.abs(board - row - 0.5)
    joint = np.minimum(_BOARDS / context.size[1] / below, _MAX_JOINT)
    in_joint = smoothstep(0.5 - 1.5 * joint, 0.5, from_centre)
    texture[floor] *= 1 + context.freedom * (_BOARD_AMPLITUDE * (brightness - 0.5) - _JOINT_DARKNESS * in_joint)
    return shade_diffuse(context, fragments, texture)
