"""Styles: what a ``styleId`` means, the versions of the registry, and the styles that users make of them.

``style_looks`` has what a style says to the engines that compute light.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

MAX_STYLE_ID: Final = 64
"""Characters of a ``styleId``."""
MAX_OWN_STYLES: Final = 50
"""The number of styles that an account may have made and not deleted."""
MAX_MADE_STYLES: Final = 1000
"""The number of styles that an account may ever make, because deleted ones keep their versions."""
MAX_OWN_VERSIONS: Final = 100
"""The number of versions of one style of a user."""
MAX_TITLE: Final = 80
MAX_STYLE_PROMPT: Final = 600
OWN_PREFIX: Final = "my:"
"""The name of a user's style is this and an id."""
STYLE_PATTERN: Final = rf"(?:{OWN_PREFIX}[0-9a-f-]{{36}}|[a-z][a-z0-9-]{{0,39}})(?:@[1-9][0-9]{{0,4}})?"
"""A name, or a ``styleId``: a name with ``@`` and a version."""


class StyleFileError(ValueError):
    """A style file cannot be used. The message names the file and the field."""


@dataclass(frozen=True, slots=True)
class StyleName:
    """The parts of the text by which an order names a style. ``version`` is None if the newest one is meant."""

    name: str
    version: int | None

    @classmethod
    def parse(cls, text: str) -> StyleName | None:
        """Returns the parts of ``text``, or None if it cannot name a style."""
        if not re.fullmatch(STYLE_PATTERN, text):
            return None
        name, _, version = text.partition("@")
        return cls(name, int(version) if version else None)

    @property
    def is_own(self) -> bool:
        """Whether a user has made the style."""
        return self.name.startswith(OWN_PREFIX)


def style_id_of(name: str, version: int) -> str:
    """Returns ``name@version``."""
    return f"{name}@{version}"


@dataclass(frozen=True, slots=True)
class SceneSetting:
    """Time of day, weather, season and ground. An empty text leaves it to the style and the prompt."""

    time: str = ""
    weather: str = ""
    season: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class StyleWords:
    """What a style says in words.

    ``subject`` begins the prompt of a render whose user wrote none. ``prompt`` completes "The picture is …" for AI
    engines, and ``negative_prompt`` is what they shall not show.
    """

    subject: str
    prompt: str
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True)
class StyleVersion:
    """A version of a style of the registry. It never changes.

    ``engines`` are the engines that the style was made for. ``cover`` is the viewport
    of the gallery that its cover shows. ``look`` and ``light`` are the fields of
    ``style_looks.Look`` and ``style_looks.TracerLight`` as they are in the file.
    """

    name: str
    version: int
    category: str
    title: str
    description: str
    tags: tuple[str, ...]
    engines: tuple[str, ...]
    words: StyleWords
    cover: str
    look: Mapping[str, Any] = field(hash=False)
    light: Mapping[str, Any] = field(hash=False)

    @classmethod
    def of(cls, file: Mapping[str, Any]) -> StyleVersion:
        """Returns the style of a file that ``style_files.check_style`` has accepted."""
        words = file["words"]
        return cls(
            name=file["name"],
            version=file["version"],
            category=file["category"],
            title=file["title"],
            description=file["description"],
            tags=tuple(file["tags"]),
            engines=tuple(file["engines"]),
            words=StyleWords(words["subject"], words["prompt"], words["negativePrompt"]),
            cover=file["cover"],
            look=file["look"],
            light=file["light"],
        )

    @property
    def style_id(self) -> str:
        """``name@version``."""
        return style_id_of(self.name, self.version)


@dataclass(frozen=True, slots=True)
class StyleCategory:
    """A node of the tree of categories. ``parent`` is empty at the top."""

    name: str
    title: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class StyleCatalogue:
    """The names of the registry in the order in which they are shown, with the newest version of each."""

    newest: Mapping[str, int] = field(hash=False)
    categories: tuple[StyleCategory, ...]

    @property
    def default(self) -> str:
        """The name of the style of an order that names none: the first."""
        return next(iter(self.newest))

    @classmethod
    def of(cls, file: Mapping[str, Any]) -> StyleCatalogue:
        """Returns the catalogue of a file that ``style_files.check_catalogue`` has accepted."""
        categories = (StyleCategory(each["name"], each["title"], each["parent"]) for each in file["categories"])
        return cls(file["styles"], tuple(categories))


@dataclass(frozen=True, slots=True)
class StyleChanges:
    """What a user's style adds to its base. ``structure_strength`` is None if an order's usual one counts."""

    title: str
    base: str
    prompt: str = ""
    negative_prompt: str = ""
    structure_strength: float | None = None
    setting: SceneSetting = SceneSetting()


@dataclass(frozen=True, slots=True)
class OwnStyle:
    """A version of a style that a user made. It never changes; ``base`` is a pinned ``styleId`` of the registry."""

    user_id: str
    id: str
    version: int
    changes: StyleChanges
    created_at: datetime
    updated_at: datetime
    created_by: str | None = None
    """Who has made the style for an organisation, which then is ``user_id``: a user id, or ``key#<key id>``."""

    @property
    def name(self) -> str:
        """``my:`` and the id."""
        return f"{OWN_PREFIX}{self.id}"

    @property
    def style_id(self) -> str:
        """``name@version``."""
        return style_id_of(self.name, self.version)


@dataclass(frozen=True, slots=True)
class ChosenStyle:
    """The style of an order: a version of the registry, and what a user's own style adds to it."""

    base: StyleVersion
    own: OwnStyle | None = None

    @property
    def style_id(self) -> str:
        """The ``styleId`` of the order."""
        return self.own.style_id if self.own else self.base.style_id

    @property
    def name(self) -> str:
        """The name without the version."""
        return self.own.name if self.own else self.base.name
