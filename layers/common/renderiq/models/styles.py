"""Requests and responses of the style endpoints."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from renderiq.domain.styles import (
    MAX_STYLE_ID,
    MAX_STYLE_PROMPT,
    MAX_TITLE,
    STYLE_PATTERN,
    ChosenStyle,
    OwnStyle,
    SceneSetting,
    StyleCatalogue,
    StyleCategory,
    StyleChanges,
    StyleVersion,
)
from renderiq.models.wire import PrintableText, RejectBool, Timestamp, WireModel, read_choice


class TimeOfDay(StrEnum):
    """A time of day."""

    DAWN = "dawn"
    NOON = "noon"
    GOLDEN = "golden"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """A weather."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    OVERCAST = "overcast"
    FOG = "fog"


class Season(StrEnum):
    """A season."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Ground(StrEnum):
    """What the open ground is covered with."""

    GRASS = "grass"
    SNOW = "snow"
    SAND = "sand"
    GRAVEL = "gravel"
    CONCRETE = "concrete"
    SOIL = "soil"


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


_Text = Annotated[PrintableText, BeforeValidator(_strip), Field(max_length=MAX_STYLE_PROMPT)]


class StyleIn(WireModel):
    """A style of your own: a style of `GET /styles`, and what you add to it."""

    title: Annotated[PrintableText, BeforeValidator(_strip), Field(min_length=1, max_length=MAX_TITLE)]
    base: Annotated[PrintableText, BeforeValidator(_strip), Field(min_length=1, max_length=MAX_STYLE_ID)] = Field(
        description="A `styleId` of `GET /styles`, or a `name`, which is pinned to its newest version of today."
    )
    prompt: _Text = Field("", description="Is added to the prompt of every render.")
    negative_prompt: _Text = Field("", description="Is added to the negative prompt of every render.")
    structure_strength: Annotated[float, Field(ge=0, le=1), RejectBool] | None = Field(
        None, description="Counts for orders without a `structureStrength`."
    )
    time: TimeOfDay | None = Field(None, description="The time of day, unless the prompt of an order names one.")
    weather: Weather | None = Field(None, description="The weather, unless the prompt of an order names one.")
    season: Season | None = Field(None, description="The season, unless the prompt of an order names one.")
    ground: Ground | None = Field(None, description="The open ground, unless the prompt of an order names one.")

    _choices = field_validator("base", "time", "weather", "season", "ground", mode="before")(read_choice)

    def changes(self) -> StyleChanges:
        """Returns the domain's changes."""
        strength = self.structure_strength
        return StyleChanges(
            title=self.title,
            base=self.base,
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            structure_strength=None if strength is None else round(strength, 3),
            setting=SceneSetting(self.time or "", self.weather or "", self.season or "", self.ground or ""),
        )


class OwnPartOut(WireModel):
    """What a style of yours adds to the style that it is made of."""

    base: str = Field(description="The `styleId` that it is made of.")
    prompt: str
    negative_prompt: str
    structure_strength: float | None = None
    time: TimeOfDay | None = None
    weather: Weather | None = None
    season: Season | None = None
    ground: Ground | None = None
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, style: OwnStyle) -> OwnPartOut:
        """Returns the response for a user's style."""
        changes, setting = style.changes, style.changes.setting
        return cls(
            base=changes.base,
            prompt=changes.prompt,
            negative_prompt=changes.negative_prompt,
            structure_strength=changes.structure_strength,
            time=TimeOfDay(setting.time) if setting.time else None,
            weather=Weather(setting.weather) if setting.weather else None,
            season=Season(setting.season) if setting.season else None,
            ground=Ground(setting.ground) if setting.ground else None,
            created_at=style.created_at,
            updated_at=style.updated_at,
        )


class StyleOut(WireModel):
    """A version of a style."""

    name: str
    style_id: str = Field(
        description="`name@version`. It never changes what it stands for.",
        json_schema_extra={"pattern": f"^{STYLE_PATTERN}$"},
    )
    version: int
    category: str
    title: str
    description: str
    cover_url: str = Field(description="A WebP image of 480 by 270 pixels.", json_schema_extra={"format": "uri"})
    engines: list[str] = Field(description="The engines that the style was made for.")
    tags: list[str]
    own: OwnPartOut | None = Field(None, description="Only a style of yours has it.")

    @classmethod
    def of(cls, chosen: ChosenStyle, *, url: Callable[[str], str]) -> StyleOut:
        """Returns the response for a style. ``url`` returns the URL of a cover by ``styleId``."""
        style, own = chosen.base, chosen.own
        return cls(
            name=chosen.name,
            style_id=chosen.style_id,
            version=own.version if own else style.version,
            category=style.category,
            title=own.changes.title if own else style.title,
            description=style.description,
            cover_url=url(style.style_id),
            engines=list(style.engines),
            tags=list(style.tags),
            own=OwnPartOut.of(own) if own else None,
        )


class StyleCategoryOut(WireModel):
    """A node of the tree of categories."""

    name: str
    title: str
    parent: str | None = Field(None, description="Absent at the top of the tree.")

    @classmethod
    def of(cls, category: StyleCategory) -> StyleCategoryOut:
        """Returns the response for a category."""
        return cls(name=category.name, title=category.title, parent=category.parent or None)


class StyleList(WireModel):
    """The newest version of every style, in the order to show them; the first is the default."""

    styles: list[StyleOut]
    categories: list[StyleCategoryOut]

    @classmethod
    def of(cls, styles: list[StyleVersion], catalogue: StyleCatalogue, *, url: Callable[[str], str]) -> StyleList:
        """Returns the response for these styles. ``url`` returns the URL of a cover by ``styleId``."""
        return cls(
            styles=[StyleOut.of(ChosenStyle(style), url=url) for style in styles],
            categories=[StyleCategoryOut.of(each) for each in catalogue.categories],
        )


class OwnStyleList(WireModel):
    """Your styles, from new to old, each in its newest version."""

    styles: list[StyleOut]

    @classmethod
    def of(cls, styles: list[ChosenStyle], *, url: Callable[[str], str]) -> OwnStyleList:
        """Returns the response for these styles. ``url`` returns the URL of a cover by ``styleId``."""
        return cls(styles=[StyleOut.of(style, url=url) for style in styles])


class StyleDeleted(WireModel):
    """The style was deleted. Versions that are named by their ``styleId`` still render."""

    name: str
    deleted: bool = True
