"""The registry of styles: reads the files beside it when a style is asked for.

``files/catalogue.json`` names the styles and their newest versions, so that an order by name reads two small files.
``files/<name>@<version>.json`` is a version and ``files/<name>@<version>.webp`` its cover.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, Final

from renderiq.domain.styles import StyleCatalogue, StyleFileError, StyleName, StyleVersion

FILES: Final = Path(__file__).parent / "files"
CATALOGUE: Final = "catalogue.json"


class UnknownStyleError(LookupError):
    """The registry has no such style, or no such version of it."""


class StyleRegistry:
    """The styles of a folder. Each file is read once, when it is first needed."""

    def __init__(self, folder: Path = FILES) -> None:
        self._folder = folder
        self._versions: dict[str, StyleVersion] = {}
        self._catalogue: StyleCatalogue | None = None

    @property
    def catalogue(self) -> StyleCatalogue:
        """The names, the newest versions and the categories."""
        if self._catalogue is None:
            self._catalogue = StyleCatalogue.of(self._read(CATALOGUE))
        return self._catalogue

    def get(self, text: str | StyleName) -> StyleVersion:
        """Returns the version of a ``styleId``, or the newest one of a name. Raises ``UnknownStyleError``."""
        asked = StyleName.parse(text) if isinstance(text, str) else text
        if asked is None or asked.name not in self.catalogue.newest:
            raise UnknownStyleError(text)
        newest = self.catalogue.newest[asked.name]
        version = asked.version or newest
        if version > newest:
            raise UnknownStyleError(text)
        name = f"{asked.name}@{version}"
        if name not in self._versions:
            self._versions[name] = StyleVersion.of(self._read(f"{name}.json"))
        return self._versions[name]

    def newest(self) -> list[StyleVersion]:
        """Returns the newest version of each style, in the order in which they are shown."""
        return [self.get(name) for name in self.catalogue.newest]

    def all_versions(self) -> list[StyleVersion]:
        """Returns every version of every style."""
        newest = self.catalogue.newest
        return [self.get(f"{name}@{version}") for name in newest for version in range(1, newest[name] + 1)]

    def cover(self, style: StyleVersion) -> bytes:
        """Returns the cover of a version, a WebP image."""
        return (self._folder / f"{style.style_id}.webp").read_bytes()

    def check(self, engines: Collection[str]) -> None:
        """Reads every file. Raises ``StyleFileError`` for the first that cannot be used, with the file and the field.

        ``engines`` are the names of the engines that exist.
        """
        # Not at the top: a function trusts the files of its layer.
        from renderiq.domain.style_files import check_catalogue, check_style

        catalogue = check_catalogue(self._read(CATALOGUE), CATALOGUE)
        categories = {each.name for each in catalogue.categories}
        wanted = {
            f"{name}@{version}.json" for name, newest in catalogue.newest.items() for version in range(1, newest + 1)
        }
        for file in sorted(wanted):
            check_style(self._read(file), file, engines=engines, categories=categories)
            if not (self._folder / file).with_suffix(".webp").exists():
                raise StyleFileError(f"{file}: cover {Path(file).with_suffix('.webp')} is missing; run make covers.")
        for path in sorted(self._folder.glob("*@*.json")):
            if path.name not in wanted:
                raise StyleFileError(f"{path.name}: version is not in {CATALOGUE}.")

    def _read(self, file: str) -> Any:
        try:
            return json.loads((self._folder / file).read_text(encoding="utf-8"))
        except OSError as error:
            raise StyleFileError(f"{file}: the file is missing.") from error
        except ValueError as error:
            raise StyleFileError(f"{file}: the file is not JSON: {error}.") from error


@cache
def registry() -> StyleRegistry:
    """Returns the registry of the layer."""
    return StyleRegistry()
