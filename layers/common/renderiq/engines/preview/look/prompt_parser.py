"""Reads time of day, weather, season and ground from a prompt; everything else in it is ignored.

The text is read in phrases. A keyword counts if it heads its noun phrase ("snow on the roofs", "at night"), if it
describes a noun as weather does ("rainy street"), or if the noun after it belongs to a scene ("winter evening"). It
does not count if it makes another thing ("night table"), a colour ("midnight blue", "earth tones") or a material
("clear glass") of its neighbours, or if the phrase names it as a comparison or a picture ("white as snow", "poster of a
beach"). In doubt it does not count. A negation ("no snow or fog") takes back what it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from renderiq.engines.preview.look import prompt_words as vocabulary
from renderiq.engines.preview.look.prompt_negations import find_negations, is_negated
from renderiq.engines.preview.look.prompt_scenes import is_contradiction, is_covered, is_same_kind, is_scene
from renderiq.engines.preview.look.prompt_text import (
    LIST_NEGATION,
    Mention,
    Text,
    find_keywords,
    split_text,
)
from renderiq.engines.preview.look.prompt_words import KEYWORDS


@dataclass(frozen=True, slots=True)
class PromptSetting:
    """The choices of a prompt; an empty string means that the prompt does not say anything of that kind."""

    time: str = ""
    weather: str = ""
    season: str = ""
    ground: str = ""


def parse_prompt(prompt: str, negative_prompt: str = "") -> PromptSetting:
    """Returns the choices that ``prompt`` names and ``negative_prompt`` does not exclude.

    If choices contradict each other, the last one counts, but "day and night" chooses nothing, and snow lies on any
    other ground of its phrase.
    """
    excluded = _find_excluded(negative_prompt)
    text = split_text(prompt)
    chosen: list[Mention] = []
    bare = False
    for mention, negated in _read(text):
        if negated:
            chosen = [each for each in chosen if not mention.choices.items() <= each.choices.items()]
        else:
            chosen.append(mention)
        if mention.choices.get("ground") == "snow":
            bare = negated
    found = dict.fromkeys(KEYWORDS, "")
    last_ground: Mention | None = None
    for mention in chosen:
        for kind, choice in mention.choices.items():
            if (kind, choice) in excluded:
                continue
            if kind == "ground":
                if last_ground is not None and is_covered(text, last_ground, mention):
                    continue
                last_ground = mention
            found[kind] = choice
    if found["season"] == "winter" and bare and not found["ground"]:
        # The ground of a winter is snow unless another ground is chosen.
        found["ground"] = "grass"
    return PromptSetting(**found)


def _find_excluded(negative_prompt: str) -> set[tuple[str, str]]:
    """Returns the kinds and choices that a negative prompt names.

    Many write "no snow" there and mean the same as "snow". A negation inside a phrase is a double one ("roofs without
    snow") and excludes nothing.
    """
    text = split_text(negative_prompt)
    excluded: set[tuple[str, str]] = set()
    for mention, negated in _read(text):
        first = text.word(text.phrase_start(mention.start))
        if not negated or first in vocabulary.NEGATIONS | vocabulary.CLAUSE_NEGATIONS | {LIST_NEGATION}:
            excluded.update(mention.choices.items())
    return excluded


def _read(text: Text) -> Iterator[tuple[Mention, bool]]:
    """Yields the keywords that stand for a scene, and for each whether it is negated."""
    mentions = list(find_keywords(text))
    negations = find_negations(text)
    described = 0
    for index, mention in enumerate(mentions):
        neighbours = mentions[max(0, index - 1) : index] + mentions[index + 1 : index + 2]
        if not is_scene(text, mention) or is_contradiction(text, mention, neighbours):
            continue
        if mention.start == described and index and is_same_kind(mentions[index - 1], mention):
            continue
        described = mention.end
        yield mention, is_negated(text, mention, negations)
