"""What a prompt says in plain words: time of day, weather, season and ground. Everything else in it is ignored.

Pure text in, four choices out. A word counts wherever it stands on its own, in any case; of words that contradict each
other the last one counts; a word of the negative prompt switches off what it would have chosen.
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
"""Kind, what is chosen, and the words that choose it. `docs/preview-engine.md` has the same as a table."""


@dataclass(frozen=True, slots=True)
class PromptSetting:
    """What was asked for; an empty string where nothing was."""

    time: str = ""
    weather: str = ""
    season: str = ""
    ground: str = ""


def read(prompt: str, negative_prompt: str = "") -> PromptSetting:
    """The setting that ``prompt`` describes, without what ``negative_prompt`` names."""
    chosen: dict[str, str] = {}
    for kind, choices in KEYWORDS.items():
        unwanted = _last(negative_prompt, choices, everything=True)
        found = _last(prompt, {name: words for name, words in choices.items() if name not in unwanted})
        chosen[kind] = found[-1] if found else ""
    return PromptSetting(**chosen)


def _last(text: str, choices: dict[str, tuple[str, ...]], *, everything: bool = False) -> list[str]:
    """The choices that ``text`` names, in the order of their last mention; a longer phrase hides the words in it."""
    text = text.lower()
    mentions: list[tuple[int, int, str]] = []
    for name, words in choices.items():
        # Most prompts name few of them: no pattern is compiled for the rest.
        for word in (each for each in words if each in text):
            pattern = rf"(?<![\w-]){re.escape(word)}(?![\w-])"
            mentions += [(found.start(), found.end(), name) for found in re.finditer(pattern, text)]
    own = [
        each
        for each in mentions
        if everything
        or not any(other[0] <= each[0] and each[1] <= other[1] and other[:2] != each[:2] for other in mentions)
    ]
    return [name for _, _, name in sorted(own)]
