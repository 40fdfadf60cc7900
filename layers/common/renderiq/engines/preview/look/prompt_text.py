"""Words, phrases and keywords of a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from renderiq.engines.preview.look import prompt_words as vocabulary

_PART: Final = re.compile(r"--no\b|\d+(?:[.,:]\d+)*\w*|\w+(?:'\w+)*|\s-+\s|--+|[^\w\s]|\n")
_SIGNS: Final = {"&": "and", "+": ",", "/": "or", "-": "-"}
COMMA: Final = ","
STOP: Final = "."
LABEL_END: Final = ":"
BREAKS: Final = frozenset({COMMA, STOP, LABEL_END})
_QUOTES: Final = frozenset("\"\u201c\u201d\u201e\u00ab\u00bb'")
_LATIN_END: Final = "\u024f"
FREE: Final = "free"
"""Negates the word before it: "snow-free"."""
LIST_NEGATION: Final = "--no"
"""Starts a list of what is unwanted, as in Midjourney."""
LONGEST_PHRASE: Final = 8
"""Most words that are read ahead, so that no text takes long."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A keyword in the text: the words from ``start`` to before ``end``, and the choice of each kind."""

    keyword: str
    start: int
    end: int
    choices: dict[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    """The words and breaks of a text, in lower case, and for each whether a hyphen joins it to the one before."""

    words: list[str]
    joined: list[bool]

    def word(self, index: int) -> str:
        """Returns the word, or a full stop outside the text."""
        return self.words[index] if 0 <= index < len(self.words) else STOP

    def is_joined(self, index: int) -> bool:
        """Returns whether a hyphen joins the word to the one before."""
        return index < len(self.words) and self.joined[index]

    def phrase_start(self, index: int) -> int:
        """Returns the index of the first word of the phrase, which commas and stops delimit."""
        while index > 0 and self.words[index - 1] not in BREAKS:
            index -= 1
        return index


def split_text(text: str) -> Text:
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
        if part[0].isalnum() or part[0] == "_" or part == LIST_NEGATION:
            words.append(part.removesuffix("'s"))
            joined.append(hyphen and adjacent)
        else:
            words.append(_SIGNS.get(part, part if part in BREAKS else STOP))
            joined.append(False)
        hyphen = False
    return Text(words, joined)


def _build_index() -> dict[str, list[tuple[str, tuple[str, ...], dict[str, str]]]]:
    """Returns for each first word the keywords that begin with it, the longest first."""
    choices: dict[str, dict[str, str]] = {}
    for kind, words_of in vocabulary.KEYWORDS.items():
        for choice, keywords in words_of.items():
            for keyword in keywords:
                choices.setdefault(keyword.replace("-", " "), {})[kind] = choice
    index: dict[str, list[tuple[str, tuple[str, ...], dict[str, str]]]] = {}
    for keyword in sorted(choices, key=lambda each: -len(each.split())):
        parts = tuple(keyword.split())
        index.setdefault(parts[0], []).append((keyword, parts, choices[keyword]))
    return index


KEYWORDS_BY_FIRST_WORD: Final = _build_index()


def find_keywords(text: Text) -> Iterator[Mention]:
    """Yields the keywords in their order. Hyphens inside a keyword are like spaces."""
    position = 0
    while position < len(text.words):
        word = vocabulary.PLURALS.get(text.words[position], text.words[position])
        for keyword, parts, choices in KEYWORDS_BY_FIRST_WORD.get(word, ()):
            end = position + len(parts)
            if (word, *text.words[position + 1 : end]) == parts:
                yield Mention(keyword, position, end, choices)
                position = end
                break
        else:
            position += 1


def ends_phrase(text: Text, index: int) -> bool:
    """Returns whether a noun phrase ends before the word: the keyword before it is then its head."""
    word = text.word(index)
    if text.is_joined(index):
        return False
    return (
        word in BREAKS
        or word in vocabulary.FUNCTION_WORDS
        or word in vocabulary.MODIFIERS
        or word in vocabulary.PICTURE_NOUNS
        or word in vocabulary.NEGATIONS
        or word in vocabulary.CLAUSE_NEGATIONS
        or word in vocabulary.ABSENT
        or word[0].isdigit()
        or word == LIST_NEGATION
        # The rule of compounds is that of European languages.
        or word[0] > _LATIN_END
    )


def find_head(text: Text, index: int) -> str:
    """Returns the last word of the noun phrase that goes on at ``index``."""
    last = index + LONGEST_PHRASE
    while index < last and not ends_phrase(text, index + 1):
        index += 1
    return text.word(index)
