"""Finds keywords for time of day, weather, season and ground in a prompt; everything else in it is ignored.

A keyword counts as a whole word, in any case. If keywords contradict each other, the last one counts. A keyword in the
negative prompt excludes the choice that it stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

KEYWORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "time": {
        "dawn": ("dawn", "sunrise", "early morning"),
        "noon": ("noon", "midday"),
        "golden": ("sunset", "golden hour", "evening", "late afternoon"),
        "dusk": ("dusk", "twilight", "blue hour"),
        "night": ("night", "midnight", "moonlight", "nighttime"),
    },
    "weather": {
        "clear": ("clear sky", "cloudless", "sunny", "clear"),
        "cloudy": ("cloudy", "clouds", "partly cloudy"),
        "overcast": ("overcast", "grey sky", "gray sky", "dull", "rain", "rainy", "drizzle", "storm", "stormy"),
        "fog": ("fog", "foggy", "mist", "misty", "haze", "hazy"),
    },
    "season": {
        "spring": ("spring",),
        "summer": ("summer",),
        "autumn": ("autumn", "fall colours", "fall colors", "fall"),
        "winter": ("winter", "snow", "snowy", "frost"),
    },
    "ground": {
        "grass": ("grass", "lawn", "meadow", "garden"),
        "snow": ("snow", "snowy", "snow-covered"),
        "sand": ("sand", "sandy", "desert", "beach", "dune", "dunes"),
        "gravel": ("gravel", "pebbles"),
        "concrete": ("concrete ground", "concrete floor", "concrete plaza", "plaza", "pavement"),
        "soil": ("soil", "dirt", "earth", "mud"),
    },
}
"""Kind of choice, choice, and the keywords for it. `docs/preview-engine.md` has the same table."""


@dataclass(frozen=True, slots=True)
class PromptSetting:
    """The choices of a prompt; an empty string means that the prompt does not say anything of that kind."""

    time: str = ""
    weather: str = ""
    season: str = ""
    ground: str = ""


def parse_prompt(prompt: str, negative_prompt: str = "") -> PromptSetting:
    """Returns the choices that ``prompt`` names and ``negative_prompt`` does not exclude."""
    chosen: dict[str, str] = {}
    for kind, choices in KEYWORDS.items():
        excluded = _find_choices(negative_prompt, choices, include_nested=True)
        allowed = {choice: keywords for choice, keywords in choices.items() if choice not in excluded}
        found = _find_choices(prompt, allowed)
        chosen[kind] = found[-1] if found else ""
    return PromptSetting(**chosen)


def _find_choices(text: str, choices: dict[str, tuple[str, ...]], *, include_nested: bool = False) -> list[str]:
    """Returns the choices whose keywords are in ``text``, in the order of the keywords' positions.

    A keyword inside a longer keyword counts only with ``include_nested``.
    """
    text = text.lower()
    mentions: list[tuple[int, int, str]] = []
    for choice, keywords in choices.items():
        # Most prompts contain few keywords: no pattern is compiled for the others.
        for keyword in (each for each in keywords if each in text):
            pattern = rf"(?<![\w-]){re.escape(keyword)}(?![\w-])"
            mentions += [(found.start(), found.end(), choice) for found in re.finditer(pattern, text)]
    if not include_nested:
        mentions = [each for each in mentions if not any(_contains(other, each) for other in mentions)]
    return [choice for _, _, choice in sorted(mentions)]


def _contains(outer: tuple[int, int, str], inner: tuple[int, int, str]) -> bool:
    """Returns whether the text range of ``inner`` lies within the larger one of ``outer``."""
    return outer[0] <= inner[0] and inner[1] <= outer[1] and outer[:2] != inner[:2]
