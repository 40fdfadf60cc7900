"""Which surface a material is, from its name in six languages, its colour and its part of a building.

The library is data: ``surfaces.json`` has the patterns, colours and sizes of each surface, and the words for it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

Rgb = tuple[float, float, float]
"""Red, green and blue in sRGB, 0 to 1."""

_GLASS_ALPHA: Final = 0.8
_MIN_PART: Final = {"de": 4}
_MIN_PART_ELSEWHERE: Final = 6
"""Letters of a word that may be a part of a longer one. German joins its words; "frame" is not Italian copper."""
_GREEN: Final = 1.25
"""How much stronger green is than red and blue in leaves."""
_BRIGHTEST_TINT: Final = 1.6
"""How much brighter a tinted surface may be than the library's. Models paint roofs and bricks in signal colours."""
_BY_PART: Final = {
    "wall": "plaster",
    "curtain": "glass",
    "roof": "roof_tile",
    "slab": "concrete",
    "footing": "concrete",
    "column": "concrete",
    "beam": "concrete",
    "stair": "timber",
    "covering": "plaster",
    "railing": "metal",
    "member": "metal",
    "pipe": "metal",
    "duct": "metal",
    "site": "grass",
    "geographic": "grass",
    "door": "paint",
    "window": "paint",
}
"""The surface of a part of a building (words of IFC classes and of object names) that says nothing more of itself."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A surface of the library. Lengths are metres, colours ``#rrggbb`` in sRGB.

    ``colour`` says whose colour is used: that of the ``file``, that of the ``library``, or the library's in the
    ``tint`` of the file. ``size`` is that of a brick, plank, tile or stone, ``panels`` that of a formwork panel.
    ``grain`` is the size and ``relief`` the height of the roughness that can be seen. ``variation`` is how far the
    colour differs from place to place.
    """

    name: str
    pattern: str
    colours: tuple[str, ...]
    colour: str = "tint"
    joint: str = "#808080"
    size: tuple[float, float] = (1.0, 1.0)
    joint_width: float = 0.0
    panels: tuple[float, float] | None = None
    roughness: float = 0.8
    metallic: float = 0.0
    grain: float = 0.02
    relief: float = 0.0
    variation: float = 0.1

    @classmethod
    def of(cls, name: str, given: Mapping[str, Any]) -> Surface:
        """Returns an entry of the library."""
        values: dict[str, Any] = {
            key: tuple(each) if isinstance(each, list) else each for key, each in given.items() if key != "words"
        }
        return cls(name, **values)


@cache
def library() -> dict[str, Surface]:
    """Returns all surfaces by their names."""
    return {name: Surface.of(name, given) for name, given in _data().items()}


@cache
def _data() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("surfaces.json").read_text("utf-8"))
    return found


@cache
def _words() -> dict[str, tuple[str, bool]]:
    """The surface of each word, without accents, and whether the word may be a part of another; longer words first."""
    found: dict[str, tuple[str, bool]] = {}
    for surface, entry in _data().items():
        for language, words in entry["words"].items():
            for word in map(plain, words):
                joins = len(word) >= _MIN_PART.get(language, _MIN_PART_ELSEWHERE)
                found[word] = (surface, joins or found.get(word, ("", False))[1])
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def plain(text: str) -> str:
    """Returns the words of a name in lower case, without accents, divided by single spaces."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower().replace("ß", "ss")
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        text = text.replace(umlaut, letters)
    decomposed = unicodedata.normalize("NFKD", text)
    return re.sub(r"[^a-z]+", " ", "".join(each for each in decomposed if not unicodedata.combining(each))).strip()


def named(name: str) -> str | None:
    """Returns the surface that a name says, or None. The longest word counts; of equal ones, the last in the name."""
    text = f" {plain(name)} "
    best: tuple[int, int, str] | None = None
    for word, (surface, joins) in _words().items():
        if best and len(word) < best[0]:
            break
        at = max(text.rfind(f" {word} "), text.rfind(f" {word}s "))
        if at < 0 and joins:
            at = text.find(word)
        if at >= 0 and (best is None or at > best[1]):
            best = (len(word), at, surface)
    return best[2] if best else None


def surface_of(name: str, colour: Rgb | None, *, alpha: float = 1.0, part: str = "") -> Surface:
    """Returns the surface of a material of which only a name and a colour are known.

    ``part`` says what it is on: an IFC class, or the name of an object.
    """
    known = library()
    found, kind = named(name), plain(part)
    if found == "roof_tile" and "wall" in kind:  # German has one word for both
        found = "brick"
    if alpha < _GLASS_ALPHA and found not in {"water", "fabric", "foliage"}:
        return known["glass"]
    if found:
        return known[found]
    if is_leafy(colour):
        return known["foliage"]
    for word, surface in _BY_PART.items():
        if word in kind:
            return known[surface]
    return known[named(part) or "paint"] if part and named(part) not in {None, "glass"} else known["paint"]


def is_leafy(colour: Rgb | None) -> bool:
    """Returns whether a colour is that of leaves or grass in a model."""
    return colour is not None and colour[1] > 0.2 and colour[1] > _GREEN * max(colour[0], colour[2])


def linear(colour: str | Rgb) -> Rgb:
    """Returns a colour of sRGB, ``#rrggbb`` or numbers, in linear light."""
    if isinstance(colour, str):
        number = int(colour.removeprefix("#"), 16)
        colour = ((number >> 16) / 255, (number >> 8 & 255) / 255, (number & 255) / 255)
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in colour)
    return red, green, blue


def tinted(library_colour: Rgb, file_colour: Rgb | None, *, mode: str) -> Rgb:
    """Returns the colour to paint, in linear light, of those of the library and of the file, also linear.

    ``tint`` keeps the library's variation and takes the file's hue where the file says more than a default grey.
    """
    if file_colour is None or mode == "library":
        return library_colour
    if mode == "file":
        red, green, blue = (min(max(each, 0.02), 0.85) for each in file_colour)  # no real wall is black or pure white
        return red, green, blue
    spread = max(file_colour) - min(file_colour)
    share = min(1.0, spread / (max(file_colour) + 1e-6) * 1.6) * 0.75 if max(file_colour) > 0.01 else 0.0
    if spread < 0.03:  # grey: only darker or lighter
        lightness = sum(file_colour) / 3
        own = sum(library_colour) / 3
        factor = min(max(lightness / max(own, 1e-3), 0.6), 1.5) if 0.02 < lightness < 0.7 else 1.0
        red, green, blue = (min(each * factor, 0.85) for each in library_colour)
        return red, green, blue
    mixed = [
        own * (1 - share) + min(max(file, 0.02), 0.85) * share
        for own, file in zip(library_colour, file_colour, strict=True)
    ]
    factor = min(1.0, _BRIGHTEST_TINT * luminance(library_colour) / luminance(mixed))
    red, green, blue = (each * factor for each in mixed)
    return red, green, blue


def luminance(colour: Sequence[float]) -> float:
    """Returns how bright a colour in linear light is, 0 to 1."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
