"""The page that compares the SDKs shows what their own pages show, which are run."""

from __future__ import annotations

import re

import pytest

from tests.support.paths import ROOT

SDKS = ROOT / "sdks"
LANGUAGES = {"python": "python", "ts": "typescript", "ruby": "ruby", "csharp": "csharp"}


def blocks_of(tag: str) -> list[str]:
    return re.findall(rf"^```{tag}\n(.*?)^```", (SDKS / "comparison.md").read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize(("tag", "folder"), LANGUAGES.items())
def test_every_line_is_one_of_the_languages_own_page(tag: str, folder: str) -> None:
    page = {line.strip() for line in (SDKS / folder / "README.md").read_text(encoding="utf-8").splitlines()}

    lines = [line.strip() for block in blocks_of(tag) for line in block.splitlines()]

    assert [line for line in lines if line not in page] == []


def test_every_task_is_shown_in_every_language() -> None:
    assert len({len(blocks_of(tag)) for tag in LANGUAGES}) == 1
    assert len(blocks_of("python")) >= 4
