"""Tells where a keyword stands for the scene, and not for a part of a thing, a colour or a material.

A keyword stands for the scene if it heads its noun phrase ("snow on the roofs"), if it describes a noun as weather does
("rainy street"), or if the noun after it belongs to a scene ("winter evening"). In doubt it does not.
"""

from __future__ import annotations

from typing import Final

from renderiq.engines.preview.look import prompt_words as vocabulary
from renderiq.engines.preview.look.prompt_text import (
    BREAKS,
    COMMA,
    FREE,
    KEYWORDS_BY_FIRST_WORD,
    LABEL_END,
    LONGEST_PHRASE,
    STOP,
    Mention,
    Text,
    ends_phrase,
    find_head,
)

_PAINTS: Final = frozenset({"sand", "earth", "midnight", "storm"})
"""Keywords that are a colour or a material after "in": "walls in sand"."""
_GROUNDS: Final = frozenset(
    word for choice, keywords in vocabulary.KEYWORDS["ground"].items() if choice != "snow" for word in keywords
)
_NEAR: Final = 5
"""Words after a depicted keyword that may tell where the picture hangs."""


def is_scene(text: Text, mention: Mention) -> bool:
    """Returns whether the keyword stands for the scene, and not for a part of a thing, a colour or a material."""
    return _is_scene_after(text, mention) and _is_scene_before(text, mention) and not _is_depicted(text, mention)


# What follows the keyword


def _is_scene_after(text: Text, mention: Mention) -> bool:
    """Judges the keyword by the words after it."""
    end = mention.end
    following = text.word(end)
    if f"{mention.keyword} {following}" in vocabulary.COMPOUNDS:
        return False
    if following == FREE and (text.is_joined(end) or not text.is_joined(end + 1)):
        return True
    if mention.keyword in ("fall colours", "fall colors"):
        return _is_foliage(text, mention)
    if mention.keyword in vocabulary.NARROW_ADJECTIVES:
        return _is_narrow_adjective(text, mention)
    if mention.keyword in vocabulary.ADJECTIVES:
        return _is_adjective_of_scene(text, mention)
    if " " in mention.keyword:
        return not text.is_joined(end) or following in vocabulary.SCENE_NOUNS | vocabulary.WEATHER_WORN
    if mention.keyword == "autumn" and following in ("colours", "colors"):
        return _is_foliage(text, mention)
    if following in vocabulary.COLOURS | vocabulary.COLOUR_NOUNS:
        return find_head(text, end) in ("sky", "skies")
    is_name = mention.keyword in vocabulary.COLOUR_NAMES
    if is_name and (following.isdigit() or _is_listed_with_colours(text, mention)):
        return False
    if mention.keyword == "snow" and following in vocabulary.SNOW_COVERED:
        return find_head(text, end) not in vocabulary.MOUNTAINS
    if mention.choices.get("weather") == "fog" and following == "covered":
        return True
    if following in vocabulary.WEATHER_WORN and "ground" not in mention.choices:
        return True
    if "ground" in mention.choices and mention.keyword != "snow" and _is_off_the_ground(text, end):
        return False
    if ends_phrase(text, end) or _is_verb(text, end):
        return True
    return _is_scene_noun_for(mention, following) and _is_head_or_scene(text, mention, end)


def _is_verb(text: Text, index: int) -> bool:
    """Returns whether the word is a verb or an adverb: "dawn breaking over the city", "snow blankets the lawn"."""
    word, after = text.word(index), text.word(index + 1)
    if text.is_joined(index):
        return False
    if word.endswith("ly"):
        return word not in vocabulary.NOT_ADVERBS
    if word.endswith(("s", "ed")):
        # "The beach chairs the children use": a ground seldom does anything.
        return after in vocabulary.DETERMINERS and text.word(index - 1) not in _GROUNDS
    is_participle = word.endswith("ing") and word not in vocabulary.PARTICIPLE_LIKE
    return is_participle and (after in vocabulary.FUNCTION_WORDS or after in BREAKS)


def _is_off_the_ground(text: Text, index: int) -> bool:
    """Returns whether a place that is not the ground follows: "grass on the roof", "sand in a bowl"."""
    if text.word(index) not in ("on", "in"):
        return False
    return not vocabulary.OFF_THE_GROUND.isdisjoint(text.word(index + step) for step in range(1, _NEAR - 1))


def _is_scene_noun_for(mention: Mention, noun: str) -> bool:
    """Returns whether the noun after the keyword leaves it a scene."""
    kinds = mention.choices.keys()
    if "weather" in kinds and noun in vocabulary.NOT_WEATHER:
        return False
    if noun in vocabulary.SCENE_NOUNS:
        return "ground" not in kinds or noun in vocabulary.GROUND_NOUNS or mention.keyword == "snow"
    if "ground" in kinds and noun in vocabulary.GROUND_NOUNS:
        return True
    if "ground" in kinds and mention.keyword != "snow":
        return False
    return ("time" in kinds or "season" in kinds) and noun in vocabulary.PLACES


def _is_head_or_scene(text: Text, mention: Mention, index: int) -> bool:
    """Returns whether the scene noun at ``index`` is the head of its phrase, and not a part of a thing's name."""
    place = False
    last = index + LONGEST_PHRASE
    while index < last and not ends_phrase(text, index):
        word = text.word(index)
        if place and word in vocabulary.BUILDINGS:
            return True
        if not _is_scene_noun_for(mention, word) and word not in vocabulary.SCENE_NOUNS | vocabulary.PLACES:
            return False
        place = word in vocabulary.PLACES
        index += 1
    return True


def _is_adjective_of_scene(text: Text, mention: Mention) -> bool:
    """Returns whether an adjective describes weather, and not a material or a shade of a colour."""
    end = mention.end
    following = text.word(end)
    if not text.is_joined(end) and ends_phrase(text, end):
        return True
    head = find_head(text, end)
    if following in vocabulary.COLOURS:
        return head in vocabulary.SCENE_NOUNS
    if text.is_joined(end) or following == "day":
        return head in vocabulary.SCENE_NOUNS | vocabulary.PLACES | vocabulary.BUILDINGS
    things = vocabulary.MATERIALS | vocabulary.FURNISHINGS | vocabulary.DEPICTIONS
    return {following, head}.isdisjoint(things | vocabulary.COLOUR_NOUNS | vocabulary.COLOURS)


def _is_narrow_adjective(text: Text, mention: Mention) -> bool:
    """Returns whether an adjective with other senses describes a noun of the scene, or is a phrase by itself."""
    nouns = vocabulary.NARROW_ADJECTIVES[mention.keyword]
    start = text.phrase_start(mention.start)
    before = text.words[start : mention.start]
    index = mention.end
    if f"{mention.keyword} {text.word(index)}" == "clear of":
        return False
    if text.word(index) in BREAKS or text.word(index) in ("and", "or", "but"):
        about = {word for word in before if word not in vocabulary.FUNCTION_WORDS | vocabulary.MODIFIERS}
        return about <= nouns | vocabulary.NEGATIONS | vocabulary.CLAUSE_NEGATIONS
    while not text.is_joined(index) and text.word(index) in vocabulary.MODIFIERS | vocabulary.COLOURS:
        index += 1
    return text.word(index) in nouns and (text.word(index + 1) not in vocabulary.MATERIALS)


def _is_foliage(text: Text, mention: Mention) -> bool:
    """Returns whether "fall colours" are those of leaves: the phrase names plants, or nothing else."""
    start = text.phrase_start(mention.start)
    before = {word for word in text.words[start : mention.start] if word not in vocabulary.MODIFIERS}
    after = {text.word(mention.end), text.word(mention.end + 1), text.word(mention.end + 2), text.word(mention.end + 3)}
    return not before - vocabulary.COLOURS or bool((before | after) & vocabulary.PLACES)


def _is_listed_with_colours(text: Text, mention: Mention) -> bool:
    """Returns whether the keyword is an item of a list of colours: "white and sand", "beige, sand, olive"."""
    before, after = text.word(mention.start - 1), text.word(mention.end)
    links = ("and", "or", COMMA)
    if after == "and" and find_head(text, mention.end + 1) in vocabulary.COLOUR_NOUNS:
        return True
    if after == "and" and mention.keyword in _PAINTS and find_head(text, mention.end + 1) in vocabulary.MATERIALS:
        return True
    colour_before = before in links and text.word(mention.start - 2) in vocabulary.COLOURS
    colour_after = after in links and text.word(mention.end + 1) in vocabulary.COLOURS
    if COMMA not in (before, after):
        alone = before in BREAKS or before in vocabulary.FUNCTION_WORDS - {"the", "a"}
        return colour_before or (colour_after and alone)
    if before == COMMA and colour_before:
        return after in BREAKS or colour_after
    # "a palette of warm white, sand and olive"
    return colour_after and ends_phrase(text, mention.end + 2) and after == COMMA


# What stands before the keyword


def _is_scene_before(text: Text, mention: Mention) -> bool:
    """Judges the keyword by the words before it."""
    start, keyword = mention.start, mention.keyword
    before = text.word(start - 1)
    if text.is_joined(start):
        return before in vocabulary.EARLIER or before in KEYWORDS_BY_FIRST_WORD
    if before in vocabulary.NOT_AFTER.get(keyword, ()):
        return False
    alone_after = vocabulary.ONLY_ALONE.get(keyword)
    if alone_after is not None and not _is_unmistakable(text, mention, alone_after):
        return False
    if keyword in _PAINTS and before == "in":
        return False
    lead = _skip_determiners(text, start)
    if _is_part_of_colours(text, mention, lead) or _is_origin(text, mention, lead):
        return False
    if text.word(lead) in vocabulary.IRRELEVANT_AFTER and not _is_wished(text, mention, lead):
        return False
    if text.word(lead) in ("of", "with") and text.word(lead - 1) in vocabulary.CONTAINERS | {"filled"}:
        return "ground" not in mention.choices
    return not (text.word(start - 1) == LABEL_END and _is_material_label(text, start - 1))


def _is_wished(text: Text, mention: Mention, lead: int) -> bool:
    """Returns whether "like" and "as" are no comparison: "would like snow", "look like winter"."""
    if text.word(lead) == "as":
        return "time" in mention.choices
    verb = text.word(lead - 1)
    is_whole = mention.keyword not in vocabulary.COLOUR_NAMES or text.word(lead + 1) in ("a", "an")
    is_resemblance = verb in vocabulary.RESEMBLANCES and is_whole
    return text.word(lead) == "like" and (verb in vocabulary.WISHES or is_resemblance)


def _is_unmistakable(text: Text, mention: Mention, allowed: frozenset[str]) -> bool:
    """Returns whether a keyword with other senses stands alone, after one of ``allowed`` or before a scene noun."""
    before = text.word(mention.start - 1)
    if before in BREAKS or before in allowed or before in vocabulary.NEGATIONS | vocabulary.CLAUSE_NEGATIONS:
        return True
    return _is_scene_noun_for(mention, text.word(mention.end))


def _skip_determiners(text: Text, index: int) -> int:
    """Returns the index of the word before the articles, adjectives and keywords that lead to the one at ``index``."""
    skipped = vocabulary.MODIFIERS | vocabulary.COLOURS | {"a", "an", "the", "any", "some"}
    index -= 1
    while True:
        if text.word(index) in skipped:
            index -= 1
        elif text.word(index) in ("and", "or") and text.word(index - 1) in KEYWORDS_BY_FIRST_WORD:
            index -= 2
        else:
            return index


def _is_part_of_colours(text: Text, mention: Mention, lead: int) -> bool:
    """Returns whether the keyword explains a colour: "the colour of wet sand", "a palette of sand and olive"."""
    if " " in mention.keyword:
        return False
    if text.word(lead) in ("of", "in", "like", LABEL_END) and text.word(lead - 1) in vocabulary.COLOUR_NOUNS:
        return True
    if mention.keyword not in vocabulary.COLOUR_NAMES or text.word(lead) not in ("and", "or", COMMA):
        return False
    while lead > 0 and text.word(lead) != STOP:
        if text.word(lead) == LABEL_END and _is_material_label(text, lead):
            return True
        if text.word(lead) == "of" and text.word(lead - 1) in vocabulary.COLOUR_NOUNS:
            return True
        lead -= 1
    return False


def _is_origin(text: Text, mention: Mention, lead: int) -> bool:
    """Returns whether the scene is what something is for, protects from, or was before: "from day to night"."""
    before = text.word(lead)
    if "ground" in mention.choices and mention.keyword != "snow":
        return before == "against"
    if before == "for":
        return text.word(mention.end) not in vocabulary.SCENE_NOUNS | vocabulary.PICTURE_NOUNS
    if before == "before" and "weather" in mention.choices:
        return True
    if before == "after":
        return "time" not in mention.choices
    return before == "from"


def _is_material_label(text: Text, colon: int) -> bool:
    """Returns whether the words before a colon name a material or a colour: "walls: sand", "colour concept: earth"."""
    label = text.words[text.phrase_start(colon) : colon]
    return not (vocabulary.MATERIALS | vocabulary.COLOUR_NOUNS | vocabulary.LABELS).isdisjoint(label)


def _is_depicted(text: Text, mention: Mention) -> bool:
    """Returns whether the keyword is in a picture within the picture: "a poster of a beach"."""
    start = text.phrase_start(mention.start)
    hanging = bool(vocabulary.INTERIOR_NOUNS & set(text.words[start : mention.end + _NEAR]))
    for index in range(start, mention.start):
        if text.words[index] not in vocabulary.DEPICTIONS:
            continue
        if not vocabulary.DEPICTING & set(text.words[index + 1 : mention.start]):
            continue
        before = set(text.words[:index])
        is_subject = text.words[index] in vocabulary.SUBJECT_DEPICTIONS and not hanging
        return not (is_subject and start == 0 and not before & (vocabulary.PREPOSITIONS | {"and", "framed"}))
    return False


# What several keywords say together


def is_contradiction(text: Text, mention: Mention, neighbours: list[Mention]) -> bool:
    """Returns whether the keyword is half of "day and night", or is what becomes another: "night to day"."""
    if not mention.choices.keys() & {"time", "season"}:
        return False
    days = ("day", "daytime", "daylight")
    before, after = text.word(mention.start - 1), text.word(mention.end)
    if (before in ("and", "or") and text.word(mention.start - 2) in days) or (
        after in ("and", "or", "to", "into") and text.word(mention.end + 1) in days
    ):
        return True
    if after in ("to", "till", "until", "into") and any(other.start == mention.end + 1 for other in neighbours):
        return True
    return any(
        other.choices.keys() == mention.choices.keys()
        and other.choices != mention.choices
        and text.words[min(mention.end, other.end) : max(mention.start, other.start)] in (["and"], ["or"])
        for other in neighbours
    )


def is_same_kind(closer: Mention, mention: Mention) -> bool:
    """Returns whether the keyword before says the same kind more closely: "storm clouds", "gravel garden"."""
    kinds = mention.choices.keys()
    return kinds <= closer.choices.keys() and bool(kinds & {"weather", "ground"})


def is_covered(text: Text, under: Mention, over: Mention) -> bool:
    """Returns whether ``under`` is snow that lies on the ground ``over`` of the same phrase."""
    return under.choices["ground"] == "snow" and text.phrase_start(under.start) == text.phrase_start(over.start)
