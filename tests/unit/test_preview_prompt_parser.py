"""The words of a prompt that the preview engine understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from renderiq.engines.preview.look.prompt_parser import KEYWORDS, PromptSetting, read

PAGE = Path(__file__).parents[2] / "docs" / "preview-engine.md"
EVERY_WORD = [(kind, name, word) for kind, names in KEYWORDS.items() for name, words in names.items() for word in words]


@pytest.mark.parametrize(("kind", "name", "word"), EVERY_WORD, ids=lambda part: part)
def test_every_word_chooses_what_it_stands_for(kind: str, name: str, word: str) -> None:
    assert getattr(read(f"A villa, {word.upper()}; photo"), kind) == name


@pytest.mark.parametrize(("kind", "name", "word"), EVERY_WORD, ids=lambda part: part)
def test_every_word_is_documented(kind: str, name: str, word: str) -> None:
    assert word in PAGE.read_text(encoding="utf-8").split(f"| {kind} | {name} |")[1].splitlines()[0]


@pytest.mark.parametrize("text", ["", "a house", "nightingale", "snowman", "well-grassed", "\0\ud83d"])
def test_other_words_choose_nothing(text: str) -> None:
    assert read(text) == PromptSetting()


def test_of_two_words_the_last_one_counts() -> None:
    assert read("night, no: noon").time == "noon"


def test_a_longer_phrase_hides_the_word_inside_it() -> None:
    assert read("early morning").time == "dawn"


def test_the_negative_prompt_switches_off_what_it_names_and_nothing_else() -> None:
    assert read("autumn evening", "sunset") == PromptSetting(season="autumn")


def test_one_word_may_choose_two_things() -> None:
    assert read("snow") == PromptSetting(season="winter", ground="snow")
