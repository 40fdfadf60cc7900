"""Changes a style's look for the time of day, the weather, the season and the ground that a prompt names."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from renderiq.engines.preview.look.prompt_parser import PromptSetting
from renderiq.engines.preview.look.styles import Look, Rgb

_GROUND_ALBEDO: Final[dict[str, tuple[Rgb, Rgb]]] = {
    "grass": ((0.080, 0.112, 0.036), (0.150, 0.172, 0.064)),
    "snow": ((0.60, 0.63, 0.68), (0.80, 0.81, 0.83)),
    "sand": ((0.36, 0.27, 0.16), (0.52, 0.41, 0.26)),
    "gravel": ((0.17, 0.16, 0.145), (0.31, 0.295, 0.27)),
    "concrete": ((0.25, 0.25, 0.245), (0.32, 0.32, 0.31)),
    "soil": ((0.085, 0.055, 0.034), (0.15, 0.105, 0.068)),
}
"""The darkest and the lightest albedo of each ground."""
_SEASONS: Final[dict[str, tuple[tuple[Rgb, Rgb], Rgb]]] = {
    "spring": (((0.085, 0.135, 0.034), (0.150, 0.205, 0.060)), (1.05, 1.20, 0.85)),
    "summer": (_GROUND_ALBEDO["grass"], (1.0, 1.0, 1.0)),
    "autumn": (((0.115, 0.100, 0.036), (0.185, 0.150, 0.060)), (2.9, 1.05, 0.45)),
    "winter": (_GROUND_ALBEDO["snow"], (1.25, 1.05, 1.15)),
}
"""For each season the albedo of the ground and the tint of leaves."""
_OVERCAST_SOFTNESS: Final = 4.0
"""Least softness of shadows without direct sun."""


def apply_setting(look: Look, setting: PromptSetting) -> Look:
    """Returns ``look`` changed by ``setting``. A studio has no sky, so that only season and ground change it."""
    if look.outdoors:
        look = _apply_time(look, setting.time)
        look = _apply_weather(look, setting.weather)
    if setting.season:
        ground_albedo, leaf_tint = _SEASONS[setting.season]
        look = replace(look, ground_albedo=ground_albedo, leaf_tint=leaf_tint)
    if setting.ground:
        look = replace(look, ground_albedo=_GROUND_ALBEDO[setting.ground])
    return look


def with_studio_backdrop(look: Look) -> Look:
    """Returns ``look`` with a studio backdrop in the style's colours instead of sky and ground."""
    if not look.outdoors:
        return look
    return replace(look, outdoors=False, zenith=look.studio_backdrop[0], horizon=look.studio_backdrop[1])


def _apply_time(look: Look, time: str) -> Look:
    match time:
        case "dawn":
            return replace(
                look,
                sun=_multiply(look.sun, (0.80, 0.62, 0.58)),
                zenith=(0.12, 0.20, 0.42),
                horizon=(0.95, 0.66, 0.56),
                cloud_light=(1.40, 0.95, 0.82),
                sun_slope=0.42,
                horizon_glow=0.7,
            )
        case "noon":
            return replace(look, sun_slope=2.2, sun=_multiply(look.sun, (1.05, 1.09, 1.16)), horizon_glow=0.0)
        case "golden":
            return replace(
                look,
                sun=_multiply(look.sun, (1.0, 0.72, 0.48)),
                sky=_multiply(look.sky, (0.66, 0.62, 0.72)),
                zenith=(0.07, 0.13, 0.32),
                horizon=(0.98, 0.58, 0.30),
                cloud_light=(1.45, 0.84, 0.50),
                cloud_dark=(0.26, 0.22, 0.28),
                sun_slope=0.40,
                horizon_glow=1.0,
            )
        case "dusk":
            return replace(
                look,
                sun=(0.20, 0.16, 0.22),
                sky=(0.26, 0.32, 0.50),
                zenith=(0.035, 0.07, 0.19),
                horizon=(0.42, 0.36, 0.44),
                cloud_light=(0.50, 0.36, 0.40),
                cloud_dark=(0.10, 0.12, 0.20),
                interior_light=(1.05, 0.62, 0.25),
                sun_slope=0.5,
                horizon_glow=0.35,
            )
        case "night":
            return replace(
                look,
                sun=(0.060, 0.072, 0.105),
                sky=(0.045, 0.060, 0.105),
                zenith=(0.006, 0.010, 0.030),
                horizon=(0.035, 0.048, 0.085),
                cloud_light=(0.07, 0.08, 0.11),
                cloud_dark=(0.015, 0.02, 0.035),
                interior_light=(1.15, 0.70, 0.28),
                horizon_glow=0.0,
            )
    return look


def _apply_weather(look: Look, weather: str) -> Look:
    match weather:
        case "clear":
            return replace(look, cloud_cover=0.0, haze=look.haze * 0.7)
        case "cloudy":
            return replace(look, cloud_cover=max(look.cloud_cover, 0.85))
        case "overcast":
            grey = sum(look.horizon) / 3
            return replace(
                look,
                sun=_multiply(look.sun, (0.16, 0.17, 0.19)),
                sky=_multiply(look.sky, (1.75, 1.65, 1.5)),
                zenith=(0.52 * grey, 0.55 * grey, 0.60 * grey),
                horizon=(0.88 * grey, 0.90 * grey, 0.93 * grey),
                cloud_light=_multiply(look.cloud_dark, (1.15, 1.12, 1.08)),
                cloud_cover=1.0,
                shadow_softness=max(_OVERCAST_SOFTNESS, look.shadow_softness),
                horizon_glow=0.0,
            )
        case "fog":
            grey = sum(look.horizon) / 3
            return replace(
                look,
                sun=_multiply(look.sun, (0.35, 0.36, 0.38)),
                sky=_multiply(look.sky, (1.45, 1.42, 1.35)),
                zenith=(0.75 * grey, 0.78 * grey, 0.82 * grey),
                horizon=(0.92 * grey, 0.94 * grey, 0.96 * grey),
                cloud_cover=0.0,
                haze=1.5,
                shadow_softness=max(_OVERCAST_SOFTNESS, look.shadow_softness),
                horizon_glow=0.0,
            )
    return look


def _multiply(colour: Rgb, factor: Rgb) -> Rgb:
    return colour[0] * factor[0], colour[1] * factor[1], colour[2] * factor[2]
