"""Which of the API's materials a name of a material means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "plaster": ("plaster", "stucco", "drywall", "gypsum", "putz", "enduit", "yeso"),
    "paint": ("paint", "painted", "lacquer", "plastic", "farbe", "lack"),
    "concrete": ("concrete", "cement", "screed", "beton", "béton", "hormigon"),
    "brick": ("brick", "bricks", "masonry", "clinker", "ziegel", "klinker", "brique", "ladrillo"),
    "stone": ("stone", "marble", "granite", "slate", "limestone", "sandstone", "stein", "marmor", "pierre", "piedra"),
    "metal": (
        "metal",
        "steel",
        "aluminium",
        "aluminum",
        "zinc",
        "copper",
        "iron",
        "chrome",
        "stahl",
        "metall",
        "acier",
    ),
    "glass": ("glass", "glazing", "window", "pane", "glas", "verre", "vidrio"),
    "wood": ("wood", "timber", "oak", "pine", "parquet", "plywood", "cladding", "holz", "eiche", "bois", "madera"),
    "roof_tiles": ("roof tiles", "roof tile", "roof", "roofing", "shingles", "dach", "dachziegel", "toit", "tejado"),
    "tiles": ("tiles", "tile", "ceramic", "porcelain", "fliesen", "fliese", "carrelage"),
    "fabric": ("fabric", "textile", "cloth", "carpet", "leather", "upholstery", "stoff", "teppich", "tissu"),
    "foliage": ("foliage", "tree", "trees", "leaf", "leaves", "hedge", "plant", "plants", "baum", "hecke", "laub"),
    "grass": ("grass", "lawn", "meadow", "turf", "rasen", "wiese", "gazon"),
    "paving": ("paving", "asphalt", "pavement", "pavers", "street", "road", "pflaster", "strasse", "straße"),
    "gravel": ("gravel", "pebbles", "kies", "gravier"),
    "soil": ("soil", "earth", "dirt", "mud", "erde", "terre"),
    "sand": ("sand", "sable", "arena"),
    "water": ("water", "pool", "sea", "lake", "river", "wasser", "eau", "agua"),
}


def material_of(name: str, known: Iterable[str] = tuple(_WORDS)) -> str | None:
    """Returns the API's material that a name means, or None. The longest word of the name that is known counts."""
    text = " " + re.sub(r"[\W\d_]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name)).strip().lower() + " "
    allowed = set(known)
    found = [
        (len(word), material)
        for material, words in _WORDS.items()
        if material in allowed
        for word in words
        if f" {word} " in text
    ]
    return max(found)[1] if found else None


def named_colours(names: dict[str, str], present: Iterable[tuple[int, int, int]], limit: int = 256) -> dict[str, str]:
    """Returns the field ``materials`` of an order: the material of each colour that is in the picture and has one.

    ``names`` are the host's names by colour, ``#rrggbb``.
    """
    seen = {"#{:02x}{:02x}{:02x}".format(*colour) for colour in present}
    found = {colour: material_of(name) for colour, name in names.items() if colour in seen}
    return {colour: material for colour, material in list(found.items())[:limit] if material}
