"""What the preview engine reads in a prompt."""

from __future__ import annotations

from cProfile import Profile
from pathlib import Path

import pytest

from renderiq.engines.preview.look.prompt_parser import PromptSetting, parse_prompt
from renderiq.engines.preview.look.prompt_words import KEYWORDS

PAGE = Path(__file__).parents[2] / "docs" / "preview-engine.md"
TABLE = Path(__file__).parents[1] / "data" / "prompts.txt"
EVERY_KEYWORD = [
    (kind, choice, keyword)
    for kind, choices in KEYWORDS.items()
    for choice, keywords in choices.items()
    for keyword in keywords
]


def read_table() -> list[tuple[str, str, PromptSetting]]:
    """Returns the prompt, the negative prompt and the expected setting of each line."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.rpartition("|") for line in lines if line and not line.startswith("#")]
    return [(*read_prompts(texts), read_setting(choices)) for texts, _, choices in rows]


def read_prompts(texts: str) -> tuple[str, str]:
    prompt, _, negative_prompt = texts.strip().partition(" ~ ")
    return prompt, negative_prompt


def read_setting(choices: str) -> PromptSetting:
    return PromptSetting(**dict(choice.split("=") for choice in choices.split()))


@pytest.mark.parametrize(("prompt", "negative_prompt", "expected"), read_table(), ids=str)
def test_a_prompt_is_read_as_an_architect_means_it(prompt: str, negative_prompt: str, expected: PromptSetting) -> None:
    assert parse_prompt(prompt, negative_prompt) == expected


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


@pytest.mark.parametrize("prompt", ["snow ", "no,", "a mural of snow, no ", "palette of sand, "])
def test_a_prompt_of_twice_the_length_takes_twice_the_calls(prompt: str) -> None:
    long = prompt * (1000 // len(prompt))

    assert count_calls(long * 2) < 2.2 * count_calls(long)


def count_calls(prompt: str) -> int:
    """Counts calls and not seconds, which depend on what else the machine does."""
    parse_prompt(prompt, prompt)
    profile = Profile()
    profile.runcall(parse_prompt, prompt, prompt)
    return sum(entry.callcount for entry in profile.getstats())
