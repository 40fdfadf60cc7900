"""The texts of consents: ``texts.json`` has every version of each, from old to new. A version never changes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from renderiq.domain.consents import ConsentName, ConsentText

FILE: Final = Path(__file__).parent / "texts.json"


@cache
def all_texts() -> dict[ConsentName, tuple[ConsentText, ...]]:
    """Returns every version of each text, from old to new. Raises KeyError or ValueError for a file that is wrong."""
    given = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: tuple(
            ConsentText(
                name,
                each["version"],
                each["askedFrom"],
                each["title"],
                each["text"],
                tuple(each["recipients"]),
            )
            for each in given[name]
        )
        for name in ConsentName
    }


def newest_text(name: ConsentName) -> ConsentText:
    """Returns the newest version of a text."""
    return all_texts()[name][-1]
