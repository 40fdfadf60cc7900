"""Plastered and painted walls."""

from __future__ import annotations

from typing import Final

from renderiq.engines.preview.shade.context import Channels, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_nearest
from renderiq.engines.preview.shade.shaders.diffuse import shade_diffuse
from renderiq.engines.preview.shade.textures import Texture

_STAIN_AMPLITUDE: Final = 0.07
_GRAIN_AMPLITUDE: Final = 0.10
_STAIN_TEXELS: Final = 0.5
"""Texels of the stains per pixel of an output of 1920 pixels."""
_JOINT_DARKNESS: Final = 0.45


def shade_plaster(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades fine plaster, with a joint where the capture has an edge line between faces of one colour."""
    x, y, unit = fragments.x, fragments.y, context.unit
    stain = sample_nearest(
        Texture.PLASTER_STAINS.tile(context.seed), x * (_STAIN_TEXELS / unit), y * (_STAIN_TEXELS / unit)
    )
    grain = sample_nearest(Texture.MINERAL_GRAIN.tile(context.seed), x / unit, y / unit)
    texture = 1 + context.freedom * (_STAIN_AMPLITUDE * (stain - 0.5) + _GRAIN_AMPLITUDE * (grain - 0.5))
    texture *= 1 - _JOINT_DARKNESS * fragments.sample_frame()
    return shade_diffuse(context, fragments, texture)
