"""The five looks, as numbers. Colours are linear RGB; light is relative to a white card in the open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from renderiq.domain.renders import Style

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """Light, air and grading of one style."""

    sun: Rgb
    sky: Rgb
    zenith: Rgb
    horizon: Rgb
    cloud_light: Rgb
    cloud_dark: Rgb
    cloud_cover: float
    sun_height: float
    """Height of the sun over its distance, as seen in the picture: shadows are shorter where it is larger."""
    shadow_softness: float
    haze: float
    outdoors: bool
    interior: Rgb
    """What windows show of the room behind them."""
    exposure: float
    contrast: float
    saturation: float
    shadow_tint: Rgb
    highlight_tint: Rgb
    vignette: float
    grain: float
    glow: float = 0.0
    """Strength of the warm light low in the sky, on the sun's side."""
    ground: tuple[Rgb, Rgb] = ((0.080, 0.112, 0.036), (0.150, 0.172, 0.064))
    """Reflectance of the open ground, where it is darkest and where it is lightest."""
    leaves: Rgb = (1.0, 1.0, 1.0)
    """What the season multiplies the colour of leaves by."""
    paper: tuple[Rgb, Rgb] = ((0.92, 0.94, 0.97), (1.45, 1.45, 1.45))
    """Light that the paper behind a single object throws back, and that under it."""


LOOKS: Final[dict[Style, Look]] = {
    Style.PHOTOREALISTIC: Look(
        sun=(1.85, 1.64, 1.32),
        sky=(0.36, 0.44, 0.58),
        zenith=(0.10, 0.25, 0.60),
        horizon=(0.58, 0.74, 0.90),
        cloud_light=(1.50, 1.48, 1.44),
        cloud_dark=(0.62, 0.70, 0.82),
        cloud_cover=0.50,
        sun_height=0.95,
        shadow_softness=1.0,
        haze=0.55,
        outdoors=True,
        interior=(0.020, 0.024, 0.028),
        exposure=1.0,
        contrast=1.10,
        saturation=1.10,
        shadow_tint=(0.97, 1.0, 1.05),
        highlight_tint=(1.02, 1.0, 0.97),
        vignette=0.16,
        grain=1.0,
        glow=0.15,
        paper=((0.42, 0.44, 0.47), (0.80, 0.79, 0.77)),
    ),
    Style.DRAMATIC: Look(
        sun=(1.85, 1.16, 0.64),
        sky=(0.19, 0.23, 0.37),
        zenith=(0.045, 0.075, 0.20),
        horizon=(0.92, 0.46, 0.24),
        cloud_light=(1.45, 0.72, 0.40),
        cloud_dark=(0.12, 0.12, 0.20),
        cloud_cover=0.72,
        sun_height=0.38,
        shadow_softness=1.2,
        haze=0.42,
        outdoors=True,
        interior=(0.80, 0.44, 0.16),
        exposure=0.98,
        contrast=1.26,
        saturation=0.97,
        shadow_tint=(0.92, 0.97, 1.12),
        highlight_tint=(1.05, 1.0, 0.93),
        vignette=0.36,
        grain=1.6,
        glow=1.0,
        paper=((0.050, 0.046, 0.052), (0.40, 0.29, 0.215)),
    ),
    Style.SOFT: Look(
        sun=(0.80, 0.76, 0.69),
        sky=(0.72, 0.76, 0.80),
        zenith=(0.46, 0.62, 0.80),
        horizon=(1.0, 1.02, 1.03),
        cloud_light=(1.35, 1.34, 1.32),
        cloud_dark=(0.88, 0.93, 1.0),
        cloud_cover=0.66,
        sun_height=1.6,
        shadow_softness=4.0,
        haze=0.62,
        outdoors=True,
        interior=(0.05, 0.052, 0.052),
        exposure=1.36,
        contrast=0.94,
        saturation=0.96,
        shadow_tint=(1.01, 1.01, 1.02),
        highlight_tint=(1.01, 1.0, 0.99),
        vignette=0.06,
        grain=0.7,
        glow=0.1,
        paper=((0.80, 0.83, 0.85), (1.00, 1.00, 0.99)),
    ),
    Style.STUDIO: Look(
        sun=(1.25, 1.22, 1.17),
        sky=(0.62, 0.63, 0.65),
        zenith=(0.92, 0.94, 0.97),
        horizon=(1.45, 1.45, 1.45),
        cloud_light=(1.0, 1.0, 1.0),
        cloud_dark=(0.8, 0.8, 0.8),
        cloud_cover=0.0,
        sun_height=1.35,
        shadow_softness=3.2,
        haze=0.0,
        outdoors=False,
        interior=(0.045, 0.048, 0.052),
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
        sun_height=0.80,
        shadow_softness=1.8,
        haze=0.55,
        outdoors=True,
        interior=(0.028, 0.032, 0.032),
        exposure=1.10,
        contrast=1.04,
        saturation=0.98,
        shadow_tint=(1.0, 1.01, 1.0),
        highlight_tint=(1.02, 1.0, 0.97),
        vignette=0.10,
        grain=0.8,
        glow=0.2,
        paper=((0.58, 0.58, 0.55), (0.92, 0.89, 0.83)),
    ),
}
