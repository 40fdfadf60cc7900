"""Tells which words of a prompt a negation takes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from renderiq.engines.preview.look import prompt_words as vocabulary
from renderiq.engines.preview.look.prompt_text import (
    BREAKS,
    COMMA,
    FREE,
    LABEL_END,
    LIST_NEGATION,
    STOP,
    Mention,
    Text,
)

_LONGEST_LIST: Final = 40
"""Most words of a list that are read ahead, so that no text takes long."""
_LONGEST_LIST_ITEM: Final = 3
"""Most words of an item in a list such as "without cars, people or snow"."""


@dataclass(frozen=True, slots=True)
class Negations:
    """For each word whether it is negated, and whether only if it names a thing ("no cars, trees and snow")."""

    certain: list[bool]
    of_things: list[bool]


def is_negated(text: Text, mention: Mention, negations: Negations) -> bool:
    """Returns whether a negation before or after the keyword takes it back."""
    if text.word(mention.end) == FREE or (text.is_joined(mention.start) and text.word(mention.start - 1) == "non"):
        return True
    index = mention.end
    if text.word(index) in vocabulary.AUXILIARIES and text.word(index + 1) in vocabulary.CLAUSE_NEGATIONS:
        index += 1
    is_denied = text.word(index) in vocabulary.CLAUSE_NEGATIONS or text.word(index).endswith("n't")
    if is_denied and text.word(index + 1) in vocabulary.SEEN | BREAKS:
        return True
    index = mention.end
    while text.word(index) in vocabulary.AUXILIARIES:
        index += 1
    absent = text.word(index)
    if absent in vocabulary.ABSENT and (absent != "over" or text.word(index + 1) in BREAKS):
        return True
    if negations.of_things[mention.start]:
        return not mention.choices.keys() & {"time"} and mention.keyword not in vocabulary.ADJECTIVES
    return negations.certain[mention.start]


def find_negations(text: Text) -> Negations:
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
        if word == LIST_NEGATION or (word == LABEL_END and _is_unwanted_label(text, index)):
            scope = "list"
        elif word in (STOP, LABEL_END):
            scope = ""
        elif word == COMMA:
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
    return Negations(certain, of_things)


def _is_unwanted_label(text: Text, colon: int) -> bool:
    """Returns whether a list of what is unwanted follows the colon: "avoid: snow, people"."""
    label = text.word(colon - 1)
    return label in vocabulary.NEGATION_LABELS or (label == "prompt" and text.word(colon - 2) == "negative")


def _ends_scope(text: Text, index: int, scope: str) -> bool:
    """Returns whether a negation of a ``phrase``, of ``things`` or of a ``clause`` ends at the word."""
    word, before, after = text.word(index), text.word(index - 1), text.word(index + 1)
    starts = before in vocabulary.NEGATIONS or f"{before} {word}" in vocabulary.TWO_WORD_NEGATIONS
    if word in vocabulary.NEGATION_ENDS and not (starts and before not in vocabulary.NEGATIONS):
        return True
    if scope == "clause":
        return False
    if word in ("and", "or", "nor"):
        return after in ("a", "an", "some", "plenty", "lots") or after in vocabulary.PREPOSITIONS
    ends = word in vocabulary.PREPOSITIONS - {"of"} or word in vocabulary.IMPERATIVES | vocabulary.RELATIVES
    return ends and not starts


def _list_scope(text: Text, comma: int) -> str:
    """Returns the scope after a comma: a list goes on if its items are short and its last one has "or" or "and"."""
    length = 0
    for word in text.words[comma + 1 : comma + _LONGEST_LIST]:
        if word in ("or", "nor"):
            return "phrase"
        if word == "and":
            return "things"
        if word == COMMA:
            length = 0
            continue
        length += 1
        if word in (STOP, LABEL_END) or length > _LONGEST_LIST_ITEM:
            return ""
        if word in vocabulary.NEGATION_ENDS or word in vocabulary.PREPOSITIONS:
            return ""
    return ""
