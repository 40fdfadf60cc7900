"""The noise textures of all surfaces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from renderiq.engines.preview.raster import F32
from renderiq.engines.preview.shade.noise import fractal_noise


@dataclass(frozen=True, slots=True)
class NoiseParameters:
    """Parameters of ``fractal_noise``; ``seed_offset`` is added to the seed of the picture."""

    seed_offset: int
    size: int
    slope: float
    coarsest: float
    stretch: float = 1.0


class Texture(Enum):
    """A tile of noise for each kind of detail."""

    CLOUDS = NoiseParameters(1, 1024, 1.75, coarsest=3)
    CLOUD_DETAIL = NoiseParameters(2, 512, 1.25, coarsest=6)
    TREELINE = NoiseParameters(3, 1024, 1.0, coarsest=4)
    REFLECTED_TREELINE = NoiseParameters(3, 512, 1.6, coarsest=4)
    TREELINE_LEAVES = NoiseParameters(4, 512, 0.5, coarsest=8)
    GROUND_STAINS = NoiseParameters(5, 512, 1.3, coarsest=2)
    GRASS_TUFTS = NoiseParameters(6, 512, 0.9, coarsest=10)
    GRASS_BLADES = NoiseParameters(7, 512, 0.15, coarsest=48)
    RIPPLES = NoiseParameters(7, 512, 0.9, coarsest=10)
    PLASTER_STAINS = NoiseParameters(8, 512, 1.2, coarsest=2)
    MINERAL_GRAIN = NoiseParameters(9, 512, 0.3, coarsest=50)
    ROOF_TILES = NoiseParameters(10, 512, 0.25, coarsest=60)
    WOOD_GRAIN = NoiseParameters(11, 512, 0.7, coarsest=16, stretch=12)
    LEAF_CLUMPS = NoiseParameters(12, 512, 1.3, coarsest=14)
    LEAVES = NoiseParameters(13, 512, 0.4, coarsest=50)
    TWIGS = NoiseParameters(31, 512, 0.9, coarsest=14)

    def tile(self, seed: int) -> F32:
        """Returns the tile (size, size) in 0..1 for a picture's seed."""
        noise = self.value
        return fractal_noise(seed + noise.seed_offset, noise.size, noise.slope, noise.stretch, noise.coarsest)
