"""What a style says to the engines that compute light.

Colours are linear RGB unless a field says otherwise. Light is relative to that of a white surface outdoors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final, TypeVar

from renderiq.domain.styles import StyleFileError

T = TypeVar("T")
Rgb = tuple[float, float, float]
"""Red, green and blue in linear light."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a finished picture is drawn over: on paper, with lines where the capture has edges.

    Colours are sRGB, 0 to 1.
    """

    paper: Rgb
    line: Rgb
    line_strength: float
    """Opacity of the lines."""
    wash: float
    """How much of the picture's colour is laid on the paper; 0 leaves lines only."""
    tone: float = 0.0
    """How much of the picture's light and shade shows on the paper, from dark to light, without its colour."""
    smoothing: float = 0.0
    """How far colours run into one another, in thousandths of the longer side."""
    pigment: float = 0.0
    """How unevenly the colour lies."""
    wobble: float = 0.0
    """How far lines leave the edges, in thousandths of the longer side."""
    line_width: float = 1.0
    """In thousandths of the longer side."""


@dataclass(frozen=True, slots=True)
class Look:
    """Light, atmosphere, materials and colour grading of a style for the preview engine."""

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
    surface: Rgb | None = None
    """The albedo of every surface but glass, if the model is to be of one material."""
    coloured_light: bool = False
    """Whether the light is so coloured that the hues of a picture say nothing about its materials."""
    drawing: Drawing | None = None
    """How the finished picture is drawn over, if it is to be a drawing."""


SKIES: Final = ("clear", "overcast", "studio", "night")
TRACER_GROUNDS: Final = ("grass", "meadow", "paving", "gravel", "sand", "soil", "snow", "backdrop")


@dataclass(frozen=True, slots=True)
class TracerLight:
    """Light, ground and materials of a style for a path tracer."""

    sky: str = "clear"
    """One of ``SKIES``."""
    sun_elevation: float = 40.0
    """Degrees above the horizon."""
    sun_side: float = -50.0
    """Where the sun stands from the camera, in degrees: 0 is behind it, 90 to its right."""
    softness: float = 0.53
    """The angle that the sun fills, in degrees."""
    air: float = 1.0
    dust: float = 1.0
    """Densities of the sky; 1 is a usual day."""
    sun_strength: float = 1.0
    key: float = 0.26
    """The mean brightness that the exposure aims at; 0.18 is middle grey."""
    contrast: str = "medium-high"
    """One of ``CONTRASTS``: the contrast of the view transform."""
    ground: str = "grass"
    """One of ``TRACER_GROUNDS``."""
    clay: str = ""
    """``#rrggbb``: the one colour of every surface but glass; empty for the model's own materials."""
    saturation: float = 1.0
    lamps: float = 0.6
    """How bright the lamps in rooms are, of what is usual."""


CONTRASTS: Final = ("low", "base", "medium-high", "high")
_CHOICES: Final = {"sky": SKIES, "contrast": CONTRASTS, "ground": TRACER_GROUNDS}
_LARGEST: Final = 1000.0
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


def read_look(given: Mapping[str, Any], file: str = "look") -> Look:
    """Returns the look that a style file describes. Raises ``StyleFileError``, which names ``file`` and the field."""
    values = dict(given)
    drawing = values.pop("drawing", None)
    look = _read(Look, values, f"{file}: look")
    if drawing is None:
        return look
    if not isinstance(drawing, Mapping):
        raise StyleFileError(f"{file}: look.drawing must be an object.")
    return _read(Look, values, f"{file}: look", drawing=_read(Drawing, drawing, f"{file}: look.drawing"))


def read_light(given: Mapping[str, Any], file: str = "light") -> TracerLight:
    """Returns the light that a style file describes. Raises ``StyleFileError``, which names ``file`` and the field."""
    return _read(TracerLight, given, f"{file}: light")


def _read(kind: type[T], given: Mapping[str, Any], path: str, **known: Any) -> T:
    """Returns an object of a dataclass from the camelCase fields ``given``."""
    found: dict[str, Any] = dict(known)
    left = dict(given)
    for each in fields(kind):  # type: ignore[arg-type]  # every kind is a dataclass
        name = _camel(each.name)
        if each.name in known:
            continue
        if name not in left:
            if each.default is MISSING:
                raise StyleFileError(f"{path}.{name} is missing.")
            continue
        found[each.name] = _value(str(each.type), left.pop(name), each.name, f"{path}.{name}")
    for name in left:
        raise StyleFileError(f"{path}.{name} is not a field of a style file.")
    return kind(**found)


def _value(kind: str, given: Any, field: str, path: str) -> Any:
    if kind == "bool":
        if not isinstance(given, bool):
            raise StyleFileError(f"{path} must be true or false.")
        return given
    if kind == "float":
        return _number(given, path, lowest=-180.0 if field == "sun_side" else 0.0)
    if kind == "str":
        if field == "clay":
            if not isinstance(given, str) or (given and not _COLOUR.fullmatch(given)):
                raise StyleFileError(f"{path} must be a colour as #a1b2c3, or empty.")
        elif given not in _CHOICES[field]:
            raise StyleFileError(f"{path} must be one of {', '.join(_CHOICES[field])}.")
        return given
    if kind == "tuple[Rgb, Rgb]":
        if not isinstance(given, list) or len(given) != 2:
            raise StyleFileError(f"{path} must be two colours.")
        return tuple(_rgb(each, path) for each in given)
    return _rgb(given, path)


def _rgb(given: Any, path: str) -> Rgb:
    if not isinstance(given, list) or len(given) != 3:
        raise StyleFileError(f"{path} must be a colour: three numbers.")
    red, green, blue = (_number(each, path) for each in given)
    return red, green, blue


def _number(given: Any, path: str, lowest: float = 0.0) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not lowest <= given <= _LARGEST:
        raise StyleFileError(f"{path} must be a number from {lowest:g} to {_LARGEST:g}.")
    return float(given)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
