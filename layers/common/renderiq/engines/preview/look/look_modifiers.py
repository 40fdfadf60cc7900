"""A style's look under the sky, the season and the ground that a prompt asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from renderiq.engines.preview.look.prompt_parser import PromptSetting
from renderiq.engines.preview.look.styles import Look, Rgb

_GROUNDS: Final[dict[str, tuple[Rgb, Rgb]]] = {
    "grass": ((0.080, 0.112, 0.036), (0.150, 0.172, 0.064)),
    "snow": ((0.60, 0.63, 0.68), (0.80, 0.81, 0.83)),
    "sand": ((0.36, 0.27, 0.16), (0.52, 0.41, 0.26)),
    "gravel": ((0.17, 0.16, 0.145), (0.31, 0.295, 0.27)),
    "concrete": ((0.25, 0.25, 0.245), (0.32, 0.32, 0.31)),
    "soil": ((0.085, 0.055, 0.034), (0.15, 0.105, 0.068)),
}
_SEASONS: Final[dict[str, tuple[tuple[Rgb, Rgb], Rgb]]] = {
    "spring": (((0.085, 0.135, 0.034), (0.150, 0.205, 0.060)), (1.05, 1.20, 0.85)),
    "summer": (_GROUNDS["grass"], (1.0, 1.0, 1.0)),
    "autumn": (((0.115, 0.100, 0.036), (0.185, 0.150, 0.060)), (2.9, 1.05, 0.45)),
    "winter": (_GROUNDS["snow"], (1.25, 1.05, 1.15)),
}
"""Per season the ground, and what leaves are multiplied by."""


def under(look: Look, setting: PromptSetting) -> Look:
    """``look`` as the setting changes it. A studio has no weather: there only leaves and seasons change."""
    if look.outdoors:
        look = _at(look, setting.time)
        look = _in(look, setting.weather)
    if setting.season:
        ground, leaves = _SEASONS[setting.season]
        look = replace(look, ground=ground, leaves=leaves)
    if setting.ground:
        look = replace(look, ground=_GROUNDS[setting.ground])
    return look


def with_studio_backdrop(look: Look) -> Look:
    """``look`` with a studio's paper, in the colours of the style, in place of sky and ground."""
    return replace(look, outdoors=False, zenith=look.paper[0], horizon=look.paper[1]) if look.outdoors else look


def _at(look: Look, time: str) -> Look:
    match time:
        case "dawn":
            return replace(
                look,
                sun=_times(look.sun, (0.80, 0.62, 0.58)),
                zenith=(0.12, 0.20, 0.42),
                horizon=(0.95, 0.66, 0.56),
                cloud_light=(1.40, 0.95, 0.82),
                sun_height=0.42,
                glow=0.7,
            )
        case "noon":
            return replace(look, sun_height=2.2, sun=_times(look.sun, (1.05, 1.09, 1.16)), glow=0.0)
        case "golden":
            return replace(
                look,
                sun=_times(look.sun, (1.0, 0.72, 0.48)),
                sky=_times(look.sky, (0.66, 0.62, 0.72)),
                zenith=(0.07, 0.13, 0.32),
                horizon=(0.98, 0.58, 0.30),
                cloud_light=(1.45, 0.84, 0.50),
                cloud_dark=(0.26, 0.22, 0.28),
                sun_height=0.40,
                glow=1.0,
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
                interior=(1.05, 0.62, 0.25),
                sun_height=0.5,
                glow=0.35,
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
                interior=(1.15, 0.70, 0.28),
                glow=0.0,
            )
    return look


def _in(look: Look, weather: str) -> Look:
    match weather:
        case "clear":
            return replace(look, cloud_cover=0.0, haze=look.haze * 0.7)
        case "cloudy":
            return replace(look, cloud_cover=max(look.cloud_cover, 0.85))
        case "overcast":
            grey = sum(look.horizon) / 3
            return replace(
                look,
                sun=_times(look.sun, (0.16, 0.17, 0.19)),
                sky=_times(look.sky, (1.75, 1.65, 1.5)),
                zenith=(0.52 * grey, 0.55 * grey, 0.60 * grey),
                horizon=(0.88 * grey, 0.90 * grey, 0.93 * grey),
                cloud_light=_times(look.cloud_dark, (1.15, 1.12, 1.08)),
                cloud_cover=1.0,
                shadow_softness=max(4.0, look.shadow_softness),
                glow=0.0,
            )
        case "fog":
            grey = sum(look.horizon) / 3
            return replace(
                look,
                sun=_times(look.sun, (0.35, 0.36, 0.38)),
                sky=_times(look.sky, (1.45, 1.42, 1.35)),
                zenith=(0.75 * grey, 0.78 * grey, 0.82 * grey),
                horizon=(0.92 * grey, 0.94 * grey, 0.96 * grey),
                cloud_cover=0.0,
                haze=1.5,
                shadow_softness=max(4.0, look.shadow_softness),
                glow=0.0,
            )
    return look


def _times(colour: Rgb, factor: Rgb) -> Rgb:
    return colour[0] * factor[0], colour[1] * factor[1], colour[2] * factor[2]
