"""Checks style files, when the layer is built and in tests. A function trusts the files of its layer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from renderiq.domain.style_looks import read_light, read_look
from renderiq.domain.styles import StyleCatalogue, StyleFileError, StyleVersion

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TEXTS: Final = {
    "category": 40,
    "title": 80,
    "description": 300,
    "cover": 40,
    "subject": 200,
    "prompt": 400,
    "negativePrompt": 300,
}
"""The most characters of each text of a style file."""
_TOP: Final = (
    "name",
    "version",
    "category",
    "title",
    "description",
    "tags",
    "engines",
    "words",
    "cover",
    "look",
    "light",
)


def check_style(given: Any, file: str, *, engines: Collection[str], categories: Collection[str]) -> StyleVersion:
    """Returns the style of a file's JSON after checking every field.

    ``engines`` and ``categories`` are the names that exist. Raises ``StyleFileError``, which names ``file`` and the
    field.
    """
    style = _read_style(given, file)
    stem = f"{style.name}@{style.version}"
    if file.removesuffix(".json") != stem:
        raise StyleFileError(f"{file}: name and version are {stem}, but the file's name says otherwise.")
    if style.category not in categories:
        raise StyleFileError(f"{file}: category {style.category!r} is not in catalogue.json.")
    for engine in style.engines:
        if engine not in engines:
            raise StyleFileError(f"{file}: engines names {engine!r}, which does not exist.")
    read_look(style.look, file)
    read_light(style.light, file)
    return style


def _read_style(given: Any, file: str) -> StyleVersion:
    _check_fields(given, _TOP, file, "")
    words = given["words"]
    _check_fields(words, ("subject", "prompt", "negativePrompt"), file, "words.")
    if not isinstance(given["name"], str) or not _NAME.fullmatch(given["name"]):
        raise StyleFileError(f"{file}: name must have lower-case letters, digits and hyphens, at most 40.")
    version = given["version"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise StyleFileError(f"{file}: version must be a whole number from 1.")
    for field in ("look", "light"):
        if not isinstance(given[field], Mapping):
            raise StyleFileError(f"{file}: {field} must be an object.")
    for field in ("category", "title", "description", "cover"):
        _check_text(given, field, file)
    for field in ("tags", "engines"):
        _check_names(given, field, file)
    for field in ("subject", "prompt"):
        _check_text(words, field, file, "words.")
    _check_text(words, "negativePrompt", file, "words.", may_be_empty=True)
    return StyleVersion.of(given)


def check_catalogue(given: Any, file: str) -> StyleCatalogue:
    """Returns the catalogue of a file's JSON. Raises ``StyleFileError``, which names ``file`` and the field."""
    _check_fields(given, ("styles", "categories"), file, "")
    styles, categories = given["styles"], given["categories"]
    if not isinstance(styles, Mapping) or not styles or not all(_NAME.fullmatch(name) for name in styles):
        raise StyleFileError(f"{file}: styles must map names to versions.")
    for name, version in styles.items():
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            raise StyleFileError(f"{file}: styles.{name} must be the newest version, a whole number from 1.")
    if not isinstance(categories, list):
        raise StyleFileError(f"{file}: categories must be a list.")
    known: set[str] = set()
    for number, each in enumerate(categories):
        _check_fields(each, ("name", "title", "parent"), file, f"categories[{number}].")
        if each["parent"] and each["parent"] not in known:
            raise StyleFileError(f"{file}: categories[{number}].parent {each['parent']!r} is not before it.")
        _check_text(each, "title", file, f"categories[{number}].")
        known.add(each["name"])
    return StyleCatalogue.of(given)


def _check_fields(given: Any, wanted: tuple[str, ...], file: str, path: str) -> None:
    if not isinstance(given, Mapping):
        raise StyleFileError(f"{file}: {path.rstrip('.') or 'the file'} must be an object.")
    for field in wanted:
        if field not in given:
            raise StyleFileError(f"{file}: {path}{field} is missing.")
    for field in given:
        if field not in wanted:
            raise StyleFileError(f"{file}: {path}{field} is not a field of a style file.")


def _check_text(given: Mapping[str, Any], field: str, file: str, path: str = "", *, may_be_empty: bool = False) -> None:
    text, most = given[field], _TEXTS[field]
    if not isinstance(text, str) or not text.isprintable() or text != text.strip():
        raise StyleFileError(f"{file}: {path}{field} must be one line of text.")
    if not (text or may_be_empty) or len(text) > most:
        raise StyleFileError(f"{file}: {path}{field} must have 1 to {most} characters.")


def _check_names(given: Mapping[str, Any], field: str, file: str) -> None:
    names = given[field]
    if not isinstance(names, list) or not names or not all(isinstance(n, str) and _NAME.fullmatch(n) for n in names):
        raise StyleFileError(f"{file}: {field} must be a list of names in lower case.")
