"""A shader for each material.

A shader is a function of the context and of fragments of its material, and returns their linear light.
"""

from __future__ import annotations

from typing import Final, Protocol

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.shade.context import Channels, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments
from renderiq.engines.preview.shade.shaders.foliage import shade_foliage
from renderiq.engines.preview.shade.shaders.glass import shade_glass
from renderiq.engines.preview.shade.shaders.paving import shade_paving
from renderiq.engines.preview.shade.shaders.plaster import shade_plaster
from renderiq.engines.preview.shade.shaders.roof import shade_roof
from renderiq.engines.preview.shade.shaders.water import shade_water
from renderiq.engines.preview.shade.shaders.wood import shade_wood


class Shader(Protocol):
    """Returns the linear light of fragments, one array (count,) per channel, which the caller may change."""

    def __call__(self, context: ShadingContext, fragments: Fragments, /) -> Channels:
        """Shades fragments that are all of the shader's material."""
        ...


SHADERS: Final[dict[Material, Shader]] = {
    Material.PLASTER: shade_plaster,
    Material.GLASS: shade_glass,
    Material.ROOF: shade_roof,
    Material.WOOD: shade_wood,
    Material.FOLIAGE: shade_foliage,
    Material.PAVING: shade_paving,
    Material.WATER: shade_water,
}
"""All materials but the background, which is the backdrop."""
