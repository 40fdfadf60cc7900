"""Plastered and painted walls."""

from __future__ import annotations

from typing import Final

from renderiq.engines.preview.shade.context import Channels, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.noise import sample_nearest
from renderiq.engines.preview.shade.shaders.diffuse import shade_diffuse
from renderiq.engines.preview.shade.textures import coarse_plaster, fine_grain

_COARSE_AMPLITUDE: Final = 0.07
_FINE_AMPLITUDE: Final = 0.10
_COARSE_TEXELS: Final = 0.5
"""Texels of the coarse noise per pixel of an output of 1920 pixels."""
_JOINT_DARKNESS: Final = 0.45


def shade_plaster(context: ShadingContext, fragments: Fragments) -> Channels:
    """Shades fine plaster, with a joint where the capture has an edge line between faces of one colour."""
    x, y, unit = fragments.x, fragments.y, context.unit
    coarse = sample_nearest(coarse_plaster(context.seed), x * (_COARSE_TEXELS / unit), y * (_COARSE_TEXELS / unit))
    fine = sample_nearest(fine_grain(context.seed), x / unit, y / unit)
    texture = 1 + context.freedom * (_COARSE_AMPLITUDE * (coarse - 0.5) + _FINE_AMPLITUDE * (fine - 0.5))
    texture *= 1 - _JOINT_DARKNESS * fragments.sample_frame()
    return shade_diffuse(context, fragments, texture)
