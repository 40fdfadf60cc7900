"""The five style presets: light, atmosphere and colour grading.

Colours are linear RGB. Light is relative to that of a white surface outdoors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.domain.renders import Style
from renderiq.engines.preview.raster import F32

Rgb = tuple[float, float, float]
"""Red, green and blue in linear light."""


@dataclass(frozen=True, slots=True)
class Look:
    """Light, atmosphere and colour grading of one style."""

    sun: Rgb
    """Irradiance from the sun."""
    sky: Rgb
    """Ambient irradiance from the sky."""
    zenith: Rgb
    """Radiance of the sky overhead; in a studio, of the backdrop behind the model."""
    horizon: Rgb
    """Radiance of the sky at the horizon; in a studio, of the backdrop under the model."""
    cloud_light: Rgb
    cloud_dark: Rgb
    """Radiance of the sunlit and of the shaded side of clouds."""
    cloud_cover: float
    """0 is a clear sky, 1 an overcast one."""
    sun_slope: float
    """Height of the sun over its distance, in the picture plane: larger values make shorter shadows."""
    shadow_softness: float
    """Blur of cast shadows, 1 being that of a clear day."""
    haze: float
    """Aerial perspective: how much distant things take on the colour of the horizon."""
    outdoors: bool
    """Whether there is a sky; otherwise there is a studio backdrop."""
    interior_light: Rgb
    """Radiance of the rooms behind windows, and colour of the lamps in a room."""
    exposure: float
    contrast: float
    saturation: float
    """Factors of the tone mapping; 1 changes nothing."""
    shadow_tint: Rgb
    highlight_tint: Rgb
    """Split toning: factors for dark and for bright levels."""
    vignette: float
    """How much darker the corners of the picture are."""
    grain: float
    """Amplitude of film grain, about one level of 8 bits for 1."""
    horizon_glow: float = 0.0
    """Strength of the warm light low in the sky on the side of the sun."""
    ground_albedo: tuple[Rgb, Rgb] = ((0.080, 0.112, 0.036), (0.150, 0.172, 0.064))
    """Albedo of the open ground, the darkest and the lightest."""
    leaf_tint: Rgb = (1.0, 1.0, 1.0)
    """Factors of the season for the albedo of leaves."""
    studio_backdrop: tuple[Rgb, Rgb] = ((0.92, 0.94, 0.97), (1.45, 1.45, 1.45))
    """Radiance of the backdrop behind and under a single object."""


def rgb_array(colour: Rgb) -> F32:
    """Returns a colour as an array (3,)."""
    return np.array(colour, np.float32)


LOOKS: Final[dict[Style, Look]] = {
    Style.PHOTOREALISTIC: Look(
        sun=(1.85, 1.64, 1.32),
        sky=(0.36, 0.44, 0.58),
        zenith=(0.10, 0.25, 0.60),
        horizon=(0.58, 0.74, 0.90),
        cloud_light=(1.50, 1.48, 1.44),
        cloud_dark=(0.62, 0.70, 0.82),
        cloud_cover=0.50,
        sun_slope=0.95,
        shadow_softness=1.0,
        haze=0.55,
        outdoors=True,
        interior_light=(0.020, 0.024, 0.028),
        exposure=1.0,
        contrast=1.10,
        saturation=1.10,
        shadow_tint=(0.97, 1.0, 1.05),
        highlight_tint=(1.02, 1.0, 0.97),
        vignette=0.16,
        grain=1.0,
        horizon_glow=0.15,
        studio_backdrop=((0.42, 0.44, 0.47), (0.80, 0.79, 0.77)),
    ),
    Style.DRAMATIC: Look(
        sun=(1.85, 1.16, 0.64),
        sky=(0.19, 0.23, 0.37),
        zenith=(0.045, 0.075, 0.20),
        horizon=(0.92, 0.46, 0.24),
        cloud_light=(1.45, 0.72, 0.40),
        cloud_dark=(0.12, 0.12, 0.20),
        cloud_cover=0.72,
        sun_slope=0.38,
        shadow_softness=1.2,
        haze=0.42,
        outdoors=True,
        interior_light=(0.80, 0.44, 0.16),
        exposure=0.98,
        contrast=1.26,
        saturation=0.97,
        shadow_tint=(0.92, 0.97, 1.12),
        highlight_tint=(1.05, 1.0, 0.93),
        vignette=0.36,
        grain=1.6,
        horizon_glow=1.0,
        studio_backdrop=((0.050, 0.046, 0.052), (0.40, 0.29, 0.215)),
    ),
    Style.SOFT: Look(
        sun=(0.80, 0.76, 0.69),
        sky=(0.72, 0.76, 0.80),
        zenith=(0.46, 0.62, 0.80),
        horizon=(1.0, 1.02, 1.03),
        cloud_light=(1.35, 1.34, 1.32),
        cloud_dark=(0.88, 0.93, 1.0),
        cloud_cover=0.66,
        sun_slope=1.6,
        shadow_softness=4.0,
        haze=0.62,
        outdoors=True,
        interior_light=(0.05, 0.052, 0.052),
        exposure=1.36,
        contrast=0.94,
        saturation=0.96,
        shadow_tint=(1.01, 1.01, 1.02),
        highlight_tint=(1.01, 1.0, 0.99),
        vignette=0.06,
        grain=0.7,
        horizon_glow=0.1,
        studio_backdrop=((0.80, 0.83, 0.85), (1.00, 1.00, 0.99)),
    ),
    Style.STUDIO: Look(
        sun=(1.25, 1.22, 1.17),
        sky=(0.62, 0.63, 0.65),
        zenith=(0.92, 0.94, 0.97),
        horizon=(1.45, 1.45, 1.45),
        cloud_light=(1.0, 1.0, 1.0),
        cloud_dark=(0.8, 0.8, 0.8),
        cloud_cover=0.0,
        sun_slope=1.35,
        shadow_softness=3.2,
        haze=0.0,
        outdoors=False,
        interior_light=(0.045, 0.048, 0.052),
        exposure=1.0,
        contrast=1.04,
        saturation=0.94,
        shadow_tint=(0.99, 1.0, 1.01),
        highlight_tint=(1.0, 1.0, 1.0),
        vignette=0.14,
        grain=0.6,
    ),
    Style.NATURAL: Look(
        sun=(1.22, 1.12, 0.95),
        sky=(0.52, 0.58, 0.66),
        zenith=(0.20, 0.37, 0.64),
        horizon=(0.74, 0.82, 0.87),
        cloud_light=(1.45, 1.43, 1.39),
        cloud_dark=(0.70, 0.76, 0.83),
        cloud_cover=0.60,
        sun_slope=0.80,
        shadow_softness=1.8,
        haze=0.55,
        outdoors=True,
        interior_light=(0.028, 0.032, 0.032),
        exposure=1.10,
        contrast=1.04,
        saturation=0.98,
        shadow_tint=(1.0, 1.01, 1.0),
        highlight_tint=(1.02, 1.0, 0.97),
        vignette=0.10,
        grain=0.8,
        horizon_glow=0.2,
        studio_backdrop=((0.58, 0.58, 0.55), (0.92, 0.89, 0.83)),
    ),
}
"""The look of each style."""
