"""Which light a style, a prompt and a place give: pure functions over the scene description."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Final

from renderiq.domain.scene_description import Sun
from renderiq.domain.style_looks import read_light
from renderiq.domain.styles import StyleVersion
from renderiq.engines.cycles.scene import Sky, StyleLight

NIGHT: Final = StyleLight(
    sky=Sky.NIGHT, sun_elevation=35, sun_side=40, key=0.065, look="AgX - Medium High Contrast", lamps=1.0
)
_USUAL: Final = StyleLight()
_GREY: Final = {"overcast", "fog"}
_GROUNDS: Final = {"grass": "grass", "sand": "sand", "gravel": "gravel", "concrete": "paving", "soil": "soil"}
_MIN_ELEVATION: Final = -1.0
"""The sky of Blender is black when the sun is much lower. Below this it is night."""


def light_of(
    style: StyleVersion, *, time: str = "", weather: str = "", season: str = "", ground: str = ""
) -> StyleLight:
    """Returns the light of a style, with what a prompt says of time, weather, season and ground.

    Unknown words count for nothing.
    """
    light = _own_light(style)
    if time == "night":
        light = _night(light, ground=light.ground if light.ground != "backdrop" else "paving")
    elif light.sky is not Sky.STUDIO and weather not in _GREY:
        match time:
            case "golden" | "dusk":
                light = replace(light, sky=Sky.CLEAR, sun_elevation=5, dust=2.0, key=0.2, lamps=1.0)
            case "dawn":
                light = replace(light, sky=Sky.CLEAR, sun_elevation=16, dust=1.4)
            case "noon":
                light = replace(light, sky=Sky.CLEAR, sun_elevation=58)
    if weather in _GREY and light.sky is Sky.CLEAR:
        light = replace(light, sky=Sky.OVERCAST, key=0.3)
    if season == "winter" or ground == "snow":
        light = replace(light, ground="snow", key=light.key * 1.4)
    elif ground in _GROUNDS and light.sky is not Sky.STUDIO:
        light = replace(light, ground=_GROUNDS[ground])
    return light


def _night(light: StyleLight, *, ground: str) -> StyleLight:
    """Returns the night of a style, which keeps its contrast, its colours, and the side that its light comes from.

    A bright style has a brighter night, and one with strong lamps by day stronger ones.
    """
    return replace(
        NIGHT,
        ground=ground,
        clay=light.clay,
        look=light.look,
        saturation=light.saturation,
        sun_side=light.sun_side,
        sun_elevation=min(max(light.sun_elevation, 25.0), 50.0),
        key=NIGHT.key * min(max(light.key / _USUAL.key, 0.7), 1.5),
        lamps=NIGHT.lamps + light.lamps - _USUAL.lamps,
    )


def _own_light(style: StyleVersion) -> StyleLight:
    given = asdict(read_light(style.light))
    contrast = str(given.pop("contrast")).replace("-", " ").title()
    return StyleLight(**{**given, "sky": Sky(given["sky"]), "look": f"AgX - {contrast} Contrast"})


def under_sun(light: StyleLight, sun: Sun) -> StyleLight:
    """Returns the light of a day, or of the night if the sun is below the horizon."""
    if light.sky in {Sky.STUDIO, Sky.NIGHT}:
        return light
    if sun.elevation < _MIN_ELEVATION:
        return _night(light, ground=light.ground)
    return replace(light, sky=Sky.CLEAR, sun_elevation=max(sun.elevation, 0.5))


def sun_at(latitude: float, longitude: float, moment: datetime, *, north: float = 0.0) -> Sun:
    """Returns where the sun is at a place (degrees, north and east positive), within half a degree from 1950 to 2050.

    ``moment`` has a time zone. ``north`` is the angle from -Z of the model to the north, clockwise seen from above.
    After "Low precision formulas for the Sun's coordinates" of the Astronomical Almanac.
    """
    days = (moment - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = math.radians(357.528 + 0.9856003 * days)
    ecliptic = math.radians(mean_longitude + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    obliquity = math.radians(23.439 - 0.0000004 * days)
    ascension = math.atan2(math.cos(obliquity) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(obliquity) * math.sin(ecliptic))
    sidereal = math.radians((18.697374558 + 24.06570982441908 * days) % 24 * 15 + longitude)
    hour, place = sidereal - ascension, math.radians(latitude)
    height = math.asin(
        math.sin(place) * math.sin(declination) + math.cos(place) * math.cos(declination) * math.cos(hour)
    )
    azimuth = math.atan2(
        -math.sin(hour),
        math.tan(declination) * math.cos(place) - math.sin(place) * math.cos(hour),
    )
    return Sun((math.degrees(azimuth) + north) % 360, math.degrees(height))
