"""What the user chose, in a file that survives. Pure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from .shared.stored import read_json, write_json

LANGUAGES: Final = ("auto", "en", "de", "fr", "es", "ja", "zh")
THEMES: Final = ("auto", "light", "dark")


@dataclass(frozen=True)
class Settings:
    """``folder`` is watched; ``target`` gets the results, empty is beside the published view.

    ``publisher_set`` is published by **Capture** if Tapir is there; empty takes what was published by hand.
    ``look`` is the panel's last choice.
    """

    folder: str = ""
    publisher_set: str = ""
    target: str = ""
    is_offline: bool = False
    opens_results: bool = True
    language: str = "auto"
    theme: str = "auto"
    sends_guides: bool = True
    places_when_done: bool = True
    look: dict[str, Any] | None = None

    def changed(self, values: dict[str, Any]) -> Settings:
        """Returns the settings with other values. Raises ``ValueError`` for a name or a type that does not fit."""
        for name, value in values.items():
            if name not in self.__dataclass_fields__ or name == "look":
                raise ValueError(f"There is no setting {name}.")
            if type(value) is not type(getattr(self, name)):
                raise ValueError(f"The setting {name} has another type.")
        if values.get("language", "auto") not in LANGUAGES or values.get("theme", "auto") not in THEMES:
            raise ValueError("This language or theme does not exist.")
        for name in ("folder", "target"):
            if (path := str(values.get(name, ""))) and not Path(path).expanduser().is_absolute():
                raise ValueError(f"{path} is no full path.")
        return replace(self, **values)

    def wire(self) -> dict[str, Any]:
        """Returns the part that the panel shows."""
        return {
            "language": self.language,
            "theme": self.theme,
            "sendGuides": self.sends_guides,
            "placeWhenDone": self.places_when_done,
        }


class SettingsFile:
    """The settings in a file. What is damaged or unknown counts as not set."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Settings:
        """Returns the settings."""
        settings = Settings()
        stored = read_json(self._path)
        for name, value in stored.items() if isinstance(stored, dict) else ():
            if name == "look":
                settings = replace(settings, look=value if isinstance(value, dict) else None)
                continue
            with suppress(ValueError):
                settings = settings.changed({name: value})
        return settings

    def save(self, settings: Settings) -> None:
        """Writes the settings, whole or not at all."""
        write_json(self._path, asdict(settings))
