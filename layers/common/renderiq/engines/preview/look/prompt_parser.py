"""Reads time of day, weather, season and ground from a prompt; everything else in it is ignored.

The text is read in phrases. A keyword counts if it heads its noun phrase ("snow on the roofs", "at night"), if it
describes a noun as weather does ("rainy street"), or if the noun after it belongs to a scene ("winter evening"). It
does not count if it makes another thing ("night table"), a colour ("midnight blue", "earth tones") or a material
("clear glass") of its neighbours, or if the phrase names it as a comparison or a picture ("white as snow", "poster of a
beach"). In doubt it does not count. A negation ("no snow or fog") takes back what it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from renderiq.engines.preview.look import prompt_words as vocabulary
from renderiq.engines.preview.look.prompt_words import KEYWORDS

_PART: Final = re.compile(r"--no\b|\d+(?:[.,:]\d+)*\w*|\w+(?:'\w+)*|\s-+\s|--+|[^\w\s]|\n")
_SIGNS: Final = {"&": "and", "+": ",", "/": "or", "-": "-"}
_COMMA: Final = ","
_STOP: Final = "."
_LABEL_END: Final = ":"
_BREAKS: Final = frozenset({_COMMA, _STOP, _LABEL_END})
_QUOTES: Final = frozenset("\"\u201c\u201d\u201e\u00ab\u00bb'")
_FREE: Final = "free"
_LATIN_END: Final = "\u024f"
_LIST_NEGATION: Final = "--no"
_PAINTS: Final = frozenset({"sand", "earth", "midnight", "storm"})
"""Keywords that are a colour or a material after "in": "walls in sand"."""
_GROUNDS: Final = frozenset(
    word for choice, keywords in KEYWORDS["ground"].items() if choice != "snow" for word in keywords
)
_NEAR: Final = 5
"""Words after a depicted keyword that may tell where the picture hangs."""
_LONGEST_PHRASE: Final = 8
_LONGEST_LIST: Final = 40
"""Most words that are read ahead, so that no text takes long."""
_LONGEST_LIST_ITEM: Final = 3
"""Most words of an item in a list such as "without cars, people or snow"."""


@dataclass(frozen=True, slots=True)
class PromptSetting:
    """The choices of a prompt; an empty string means that the prompt does not say anything of that kind."""

    time: str = ""
    weather: str = ""
    season: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A keyword in the text: the words from ``start`` to before ``end``, and the choice of each kind."""

    keyword: str
    start: int
    end: int
    choices: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Text:
    """The words and breaks of a text. ``joined[i]`` tells whether a hyphen joins word ``i`` to the one before."""

    words: list[str]
    joined: list[bool]

    def word(self, index: int) -> str:
        """Returns the word, or a full stop outside the text."""
        return self.words[index] if 0 <= index < len(self.words) else _STOP

    def is_joined(self, index: int) -> bool:
        return index < len(self.words) and self.joined[index]

    def phrase_start(self, index: int) -> int:
        """Returns the index of the first word of the phrase, which commas and stops delimit."""
        while index > 0 and self.words[index - 1] not in _BREAKS:
            index -= 1
        return index


def parse_prompt(prompt: str, negative_prompt: str = "") -> PromptSetting:
    """Returns the choices that ``prompt`` names and ``negative_prompt`` does not exclude.

    If choices contradict each other, the last one counts, but "day and night" chooses nothing, and snow lies on any
    other ground of its phrase.
    """
    excluded = _find_excluded(negative_prompt)
    text = _split(prompt)
    chosen: list[_Mention] = []
    bare = False
    for mention, negated in _read(text):
        if negated:
            chosen = [each for each in chosen if not mention.choices.items() <= each.choices.items()]
        else:
            chosen.append(mention)
        if mention.choices.get("ground") == "snow":
            bare = negated
    found = dict.fromkeys(KEYWORDS, "")
    last_ground: _Mention | None = None
    for mention in chosen:
        for kind, choice in mention.choices.items():
            if (kind, choice) in excluded:
                continue
            if kind == "ground":
                if last_ground is not None and _is_covered(text, last_ground, mention):
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
    text = _split(negative_prompt)
    excluded: set[tuple[str, str]] = set()
    for mention, negated in _read(text):
        first = text.word(text.phrase_start(mention.start))
        if not negated or first in vocabulary.NEGATIONS | vocabulary.CLAUSE_NEGATIONS | {_LIST_NEGATION}:
            excluded.update(mention.choices.items())
    return excluded


def _read(text: _Text) -> Iterator[tuple[_Mention, bool]]:
    """Yields the keywords that stand for a scene, and for each whether it is negated."""
    mentions = list(_find_keywords(text))
    negations = _find_negations(text)
    described = 0
    for index, mention in enumerate(mentions):
        neighbours = mentions[max(0, index - 1) : index] + mentions[index + 1 : index + 2]
        if not _is_scene(text, mention) or _is_contradiction(text, mention, neighbours):
            continue
        if mention.start == described and index and _is_same_kind(mentions[index - 1], mention):
            continue
        described = mention.end
        yield mention, _is_negated(text, mention, negations)


def _split(text: str) -> _Text:
    """Returns the words in lower case and the breaks between them: ``,`` within a clause, ``.`` and ``:`` after it."""
    words: list[str] = []
    joined: list[bool] = []
    hyphen = False
    position = -1
    for found in _PART.finditer(text.lower().replace("\u2019", "'")):
        part = found.group()
        adjacent = found.start() == position
        position = found.end()
        if part == "-" and adjacent:
            hyphen = True
            continue
        if part in _QUOTES:
            continue
        if part[0].isalnum() or part[0] == "_" or part == _LIST_NEGATION:
            words.append(part.removesuffix("'s"))
            joined.append(hyphen and adjacent)
        else:
            words.append(_SIGNS.get(part, part if part in _BREAKS else _STOP))
            joined.append(False)
        hyphen = False
    return _Text(words, joined)


def _build_index() -> dict[str, list[tuple[str, tuple[str, ...], dict[str, str]]]]:
    """Returns for each first word the keywords that begin with it, the longest first."""
    choices: dict[str, dict[str, str]] = {}
    for kind, words_of in KEYWORDS.items():
        for choice, keywords in words_of.items():
            for keyword in keywords:
                choices.setdefault(keyword.replace("-", " "), {})[kind] = choice
    index: dict[str, list[tuple[str, tuple[str, ...], dict[str, str]]]] = {}
    for keyword in sorted(choices, key=lambda each: -len(each.split())):
        parts = tuple(keyword.split())
        index.setdefault(parts[0], []).append((keyword, parts, choices[keyword]))
    return index


_INDEX: Final = _build_index()


def _find_keywords(text: _Text) -> Iterator[_Mention]:
    """Yields the keywords in their order. Hyphens inside a keyword are like spaces."""
    position = 0
    while position < len(text.words):
        word = vocabulary.PLURALS.get(text.words[position], text.words[position])
        for keyword, parts, choices in _INDEX.get(word, ()):
            end = position + len(parts)
            if (word, *text.words[position + 1 : end]) == parts:
                yield _Mention(keyword, position, end, choices)
                position = end
                break
        else:
            position += 1


def _is_scene(text: _Text, mention: _Mention) -> bool:
    """Returns whether the keyword stands for the scene, and not for a part of a thing, a colour or a material."""
    return _is_scene_after(text, mention) and _is_scene_before(text, mention) and not _is_depicted(text, mention)


# What follows the keyword


def _is_scene_after(text: _Text, mention: _Mention) -> bool:
    """Judges the keyword by the words after it."""
    end = mention.end
    following = text.word(end)
    if f"{mention.keyword} {following}" in vocabulary.COMPOUNDS:
        return False
    if following == _FREE and (text.is_joined(end) or not text.is_joined(end + 1)):
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
        return _head(text, end) in ("sky", "skies")
    is_name = mention.keyword in vocabulary.COLOUR_NAMES
    if is_name and (following.isdigit() or _is_listed_with_colours(text, mention)):
        return False
    if mention.keyword == "snow" and following in vocabulary.SNOW_COVERED:
        return _head(text, end) not in vocabulary.MOUNTAINS
    if mention.choices.get("weather") == "fog" and following == "covered":
        return True
    if following in vocabulary.WEATHER_WORN and "ground" not in mention.choices:
        return True
    if "ground" in mention.choices and mention.keyword != "snow" and _is_off_the_ground(text, end):
        return False
    if _ends_phrase(text, end) or _is_verb(text, end):
        return True
    return _is_scene_noun_for(mention, following) and _is_head_or_scene(text, mention, end)


def _ends_phrase(text: _Text, index: int) -> bool:
    """Returns whether a noun phrase ends before the word: the keyword before it is then its head."""
    word = text.word(index)
    if text.is_joined(index):
        return False
    return (
        word in _BREAKS
        or word in vocabulary.FUNCTION_WORDS
        or word in vocabulary.MODIFIERS
        or word in vocabulary.PICTURE_NOUNS
        or word in vocabulary.NEGATIONS
        or word in vocabulary.CLAUSE_NEGATIONS
        or word in vocabulary.ABSENT
        or word[0].isdigit()
        or word == _LIST_NEGATION
        # The rule of compounds is that of European languages.
        or word[0] > _LATIN_END
    )


def _is_verb(text: _Text, index: int) -> bool:
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
    return is_participle and (after in vocabulary.FUNCTION_WORDS or after in _BREAKS)


def _is_off_the_ground(text: _Text, index: int) -> bool:
    """Returns whether a place that is not the ground follows: "grass on the roof", "sand in a bowl"."""
    if text.word(index) not in ("on", "in"):
        return False
    return not vocabulary.OFF_THE_GROUND.isdisjoint(text.word(index + step) for step in range(1, _NEAR - 1))


def _is_scene_noun_for(mention: _Mention, noun: str) -> bool:
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


def _is_head_or_scene(text: _Text, mention: _Mention, index: int) -> bool:
    """Returns whether the scene noun at ``index`` is the head of its phrase, and not a part of a thing's name."""
    place = False
    last = index + _LONGEST_PHRASE
    while index < last and not _ends_phrase(text, index):
        word = text.word(index)
        if place and word in vocabulary.BUILDINGS:
            return True
        if not _is_scene_noun_for(mention, word) and word not in vocabulary.SCENE_NOUNS | vocabulary.PLACES:
            return False
        place = word in vocabulary.PLACES
        index += 1
    return True


def _head(text: _Text, index: int) -> str:
    """Returns the last word of the noun phrase that goes on at ``index``."""
    last = index + _LONGEST_PHRASE
    while index < last and not _ends_phrase(text, index + 1):
        index += 1
    return text.word(index)


def _is_adjective_of_scene(text: _Text, mention: _Mention) -> bool:
    """Returns whether an adjective describes weather, and not a material or a shade of a colour."""
    end = mention.end
    following = text.word(end)
    if not text.is_joined(end) and _ends_phrase(text, end):
        return True
    head = _head(text, end)
    if following in vocabulary.COLOURS:
        return head in vocabulary.SCENE_NOUNS
    if text.is_joined(end) or following == "day":
        return head in vocabulary.SCENE_NOUNS | vocabulary.PLACES | vocabulary.BUILDINGS
    things = vocabulary.MATERIALS | vocabulary.FURNISHINGS | vocabulary.DEPICTIONS
    return {following, head}.isdisjoint(things | vocabulary.COLOUR_NOUNS | vocabulary.COLOURS)


def _is_narrow_adjective(text: _Text, mention: _Mention) -> bool:
    """Returns whether an adjective with other senses describes a noun of the scene, or is a phrase by itself."""
    nouns = vocabulary.NARROW_ADJECTIVES[mention.keyword]
    start = text.phrase_start(mention.start)
    before = text.words[start : mention.start]
    index = mention.end
    if f"{mention.keyword} {text.word(index)}" == "clear of":
        return False
    if text.word(index) in _BREAKS or text.word(index) in ("and", "or", "but"):
        about = {word for word in before if word not in vocabulary.FUNCTION_WORDS | vocabulary.MODIFIERS}
        return about <= nouns | vocabulary.NEGATIONS | vocabulary.CLAUSE_NEGATIONS
    while not text.is_joined(index) and text.word(index) in vocabulary.MODIFIERS | vocabulary.COLOURS:
        index += 1
    return text.word(index) in nouns and (text.word(index + 1) not in vocabulary.MATERIALS)


def _is_foliage(text: _Text, mention: _Mention) -> bool:
    """Returns whether "fall colours" are those of leaves: the phrase names plants, or nothing else."""
    start = text.phrase_start(mention.start)
    before = {word for word in text.words[start : mention.start] if word not in vocabulary.MODIFIERS}
    after = {text.word(mention.end), text.word(mention.end + 1), text.word(mention.end + 2), text.word(mention.end + 3)}
    return not before - vocabulary.COLOURS or bool((before | after) & vocabulary.PLACES)


def _is_listed_with_colours(text: _Text, mention: _Mention) -> bool:
    """Returns whether the keyword is an item of a list of colours: "white and sand", "beige, sand, olive"."""
    before, after = text.word(mention.start - 1), text.word(mention.end)
    links = ("and", "or", _COMMA)
    if after == "and" and _head(text, mention.end + 1) in vocabulary.COLOUR_NOUNS:
        return True
    if after == "and" and mention.keyword in _PAINTS and _head(text, mention.end + 1) in vocabulary.MATERIALS:
        return True
    colour_before = before in links and text.word(mention.start - 2) in vocabulary.COLOURS
    colour_after = after in links and text.word(mention.end + 1) in vocabulary.COLOURS
    if _COMMA not in (before, after):
        alone = before in _BREAKS or before in vocabulary.FUNCTION_WORDS - {"the", "a"}
        return colour_before or (colour_after and alone)
    if before == _COMMA and colour_before:
        return after in _BREAKS or colour_after
    # "a palette of warm white, sand and olive"
    return colour_after and _ends_phrase(text, mention.end + 2) and after == _COMMA


# What stands before the keyword


def _is_scene_before(text: _Text, mention: _Mention) -> bool:
    """Judges the keyword by the words before it."""
    start, keyword = mention.start, mention.keyword
    before = text.word(start - 1)
    if text.is_joined(start):
        return before in vocabulary.EARLIER or before in _INDEX
    if before in vocabulary.NOT_AFTER.get(keyword, ()) or before in vocabulary.IRRELEVANT_AFTER:
        return False
    alone_after = vocabulary.ONLY_ALONE.get(keyword)
    if alone_after is not None and not _is_unmistakable(text, mention, alone_after):
        return False
    if keyword in _PAINTS and before == "in":
        return False
    lead = _skip_determiners(text, start)
    if _is_part_of_colours(text, mention, lead) or _is_origin(text, mention, lead):
        return False
    if text.word(lead) in vocabulary.IRRELEVANT_AFTER and not (text.word(lead) == "as" and "time" in mention.choices):
        return False
    if text.word(lead) in ("of", "with") and text.word(lead - 1) in vocabulary.CONTAINERS | {"filled"}:
        return "ground" not in mention.choices
    return not (text.word(start - 1) == _LABEL_END and _is_material_label(text, start - 1))


def _is_unmistakable(text: _Text, mention: _Mention, allowed: frozenset[str]) -> bool:
    """Returns whether a keyword with other senses stands alone, after one of ``allowed`` or before a scene noun."""
    before = text.word(mention.start - 1)
    if before in _BREAKS or before in allowed or before in vocabulary.NEGATIONS | vocabulary.CLAUSE_NEGATIONS:
        return True
    return _is_scene_noun_for(mention, text.word(mention.end))


def _skip_determiners(text: _Text, index: int) -> int:
    """Returns the index of the word before the articles, adjectives and keywords that lead to the one at ``index``."""
    skipped = vocabulary.MODIFIERS | vocabulary.COLOURS | {"a", "an", "the", "any", "some"}
    index -= 1
    while True:
        if text.word(index) in skipped:
            index -= 1
        elif text.word(index) in ("and", "or") and text.word(index - 1) in _INDEX:
            index -= 2
        else:
            return index


def _is_part_of_colours(text: _Text, mention: _Mention, lead: int) -> bool:
    """Returns whether the keyword explains a colour: "the colour of wet sand", "a palette of sand and olive"."""
    if " " in mention.keyword:
        return False
    if text.word(lead) in ("of", "in", "like", _LABEL_END) and text.word(lead - 1) in vocabulary.COLOUR_NOUNS:
        return True
    if mention.keyword not in vocabulary.COLOUR_NAMES or text.word(lead) not in ("and", "or", _COMMA):
        return False
    while lead > 0 and text.word(lead) != _STOP:
        if text.word(lead) == _LABEL_END and _is_material_label(text, lead):
            return True
        if text.word(lead) == "of" and text.word(lead - 1) in vocabulary.COLOUR_NOUNS:
            return True
        lead -= 1
    return False


def _is_origin(text: _Text, mention: _Mention, lead: int) -> bool:
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


def _is_material_label(text: _Text, colon: int) -> bool:
    """Returns whether the words before a colon name a material or a colour: "walls: sand", "colour concept: earth"."""
    label = text.words[text.phrase_start(colon) : colon]
    return not (vocabulary.MATERIALS | vocabulary.COLOUR_NOUNS | vocabulary.LABELS).isdisjoint(label)


def _is_depicted(text: _Text, mention: _Mention) -> bool:
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


def _is_contradiction(text: _Text, mention: _Mention, neighbours: list[_Mention]) -> bool:
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


def _is_same_kind(closer: _Mention, mention: _Mention) -> bool:
    """Returns whether the keyword before says the same kind more closely: "storm clouds", "gravel garden"."""
    kinds = mention.choices.keys()
    return kinds <= closer.choices.keys() and bool(kinds & {"weather", "ground"})


def _is_covered(text: _Text, under: _Mention, over: _Mention) -> bool:
    """Returns whether ``under`` is snow that lies on the ground ``over`` of the same phrase."""
    return under.choices["ground"] == "snow" and text.phrase_start(under.start) == text.phrase_start(over.start)


# Negation


@dataclass(frozen=True, slots=True)
class _Negations:
    """For each word whether it is negated, and whether only if it names a thing ("no cars, trees and snow")."""

    certain: list[bool]
    of_things: list[bool]


def _is_negated(text: _Text, mention: _Mention, negations: _Negations) -> bool:
    """Returns whether a negation before or after the keyword takes it back."""
    if text.word(mention.end) == _FREE or (text.is_joined(mention.start) and text.word(mention.start - 1) == "non"):
        return True
    after, second = text.word(mention.end), text.word(mention.end + 1)
    if after.endswith("n't") or (after in vocabulary.FUNCTION_WORDS and second in ("not", "never", "absent")):
        return after not in vocabulary.PREPOSITIONS and after not in ("and", "but")
    index = mention.end
    while text.word(index) in ("is", "are", "has", "have", "been", "was", "were", "all"):
        index += 1
    if text.word(index) in vocabulary.ABSENT and (index > mention.end or text.word(index) != "over"):
        return True
    if negations.of_things[mention.start]:
        return not mention.choices.keys() & {"time"} and mention.keyword not in vocabulary.ADJECTIVES
    return negations.certain[mention.start]


def _find_negations(text: _Text) -> _Negations:
    """Returns which words are in the scope of a negation.

    "No" and "without" negate the noun phrase after them, with "and" and "or"; "not" and "never" the rest of the clause.
    The scope ends at a comma (unless the comma is of a list that "or" or "and" closes), at "but", and at the end of the
    clause.
    """
    count = len(text.words)
    certain, of_things = [False] * count, [False] * count
    scope = ""
    for index, word in enumerate(text.words):
        pair = f"{word} {text.word(index + 1)}"
        after = text.word(index + 1)
        if word == _LIST_NEGATION or (word == _LABEL_END and _is_unwanted_label(text, index)):
            scope = "list"
        elif word in (_STOP, _LABEL_END):
            scope = ""
        elif word == _COMMA:
            if scope not in ("", "list"):
                scope = _list_scope(text, index)
        elif pair in vocabulary.TWO_WORD_NEGATIONS:
            scope = "phrase"
        elif word in vocabulary.CLAUSE_NEGATIONS or word.endswith("n't"):
            scope = "" if after in ("only", "just", "without", "no") else "clause"
        elif word in vocabulary.NEGATIONS:
            doubled = text.word(index - 1) in vocabulary.CLAUSE_NEGATIONS or after in ("matter", "doubt", "less")
            scope = "" if doubled else ("clause" if after.endswith("ing") else "phrase")
        elif scope and scope != "list" and _ends_scope(text, index, scope):
            scope = ""
        certain[index] = scope in ("phrase", "clause", "list")
        of_things[index] = scope == "things"
    return _Negations(certain, of_things)


def _is_unwanted_label(text: _Text, colon: int) -> bool:
    """Returns whether a list of what is unwanted follows the colon: "avoid: snow, people"."""
    label = text.word(colon - 1)
    return label in vocabulary.NEGATION_LABELS or (label == "prompt" and text.word(colon - 2) == "negative")


def _ends_scope(text: _Text, index: int, scope: str) -> bool:
    word, before, after = text.word(index), text.word(index - 1), text.word(index + 1)
    starts = before in vocabulary.NEGATIONS or f"{before} {word}" in vocabulary.TWO_WORD_NEGATIONS
    if word in vocabulary.NEGATION_ENDS and not (starts and before not in vocabulary.NEGATIONS):
        return True
    if scope == "clause":
        return False
    if word in ("and", "or", "nor"):
        return after in ("a", "an", "some", "plenty", "lots") or after in vocabulary.PREPOSITIONS
    return not starts and (word in vocabulary.PREPOSITIONS - {"of"} or word in ("that", "which", "who", "where"))


def _list_scope(text: _Text, comma: int) -> str:
    """Returns the scope after a comma: a list goes on if its items are short and its last one has "or" or "and"."""
    length = 0
    for word in text.words[comma + 1 : comma + _LONGEST_LIST]:
        if word in ("or", "nor"):
            return "phrase"
        if word == "and":
            return "things"
        if word == _COMMA:
            length = 0
            continue
        length += 1
        if word in (_STOP, _LABEL_END) or length > _LONGEST_LIST_ITEM:
            return ""
        if word in vocabulary.NEGATION_ENDS or word in vocabulary.PREPOSITIONS:
            return ""
    return ""
