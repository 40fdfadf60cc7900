"""Keywords of a prompt that the preview engine understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from renderiq.engines.preview.look.prompt_parser import KEYWORDS, PromptSetting, parse_prompt

PAGE = Path(__file__).parents[2] / "docs" / "preview-engine.md"
EVERY_KEYWORD = [
    (kind, choice, keyword)
    for kind, choices in KEYWORDS.items()
    for choice, keywords in choices.items()
    for keyword in keywords
]


@pytest.mark.parametrize(("kind", "choice", "keyword"), EVERY_KEYWORD, ids=lambda part: part)
def test_every_keyword_selects_its_choice(kind: str, choice: str, keyword: str) -> None:
    assert getattr(parse_prompt(f"A villa, {keyword.upper()}; photo"), kind) == choice


@pytest.mark.parametrize(("kind", "choice", "keyword"), EVERY_KEYWORD, ids=lambda part: part)
def test_every_keyword_is_documented(kind: str, choice: str, keyword: str) -> None:
    assert keyword in PAGE.read_text(encoding="utf-8").split(f"| {kind} | {choice} |")[1].splitlines()[0]


@pytest.mark.parametrize("text", ["", "a house", "nightingale", "snowman", "well-grassed", "\0\ud83d"])
def test_other_words_select_nothing(text: str) -> None:
    assert parse_prompt(text) == PromptSetting()


def test_the_last_of_two_contradicting_keywords_counts() -> None:
    assert parse_prompt("night, no: noon").time == "noon"


def test_a_keyword_inside_a_longer_keyword_does_not_count() -> None:
    assert parse_prompt("early morning").time == "dawn"


def test_the_negative_prompt_excludes_only_the_choices_that_it_names() -> None:
    assert parse_prompt("autumn evening", "sunset") == PromptSetting(season="autumn")


def test_one_keyword_may_select_two_choices() -> None:
    assert parse_prompt("snow") == PromptSetting(season="winter", ground="snow")
