"""Reading scenarios. What many of them share is written once and named by ``use``."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "scenarios"
ANSWERS: Final = "answers.json"


@dataclass(frozen=True)
class Scenario:
    """What a server answers, what a client is asked to do, and what must come of it. README.md has every field."""

    group: str
    name: str
    steps: list[dict[str, Any]]
    client: dict[str, Any] = field(default_factory=dict)
    server: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    requests: list[Any] | None = None
    anyOrder: bool = False  # noqa: N815 - the field's name in JSON
    now: str = "2026-03-14T09:26:53Z"
    chance: float = 0.5


def read_scenarios(folder: Path = FOLDER) -> list[Scenario]:
    """Returns all scenarios, in the order of their files' names."""
    shared = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
    return [
        Scenario(group=path.stem, **_expanded(each, shared))
        for path in sorted(folder.glob("*.json"))
        if path.name != ANSWERS
        for each in json.loads(path.read_text(encoding="utf-8"))
    ]


def expand_answers(server: dict[str, list[dict[str, Any]]], folder: Path = FOLDER) -> dict[str, list[dict[str, Any]]]:
    """Returns the answers of a server with those of ``answers.json`` in place of their names."""
    shared = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
    return {name: [_answer(each, shared) for each in answers] for name, answers in server.items()}


def _expanded(scenario: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    server = {name: [_answer(each, shared) for each in answers] for name, answers in scenario.get("server", {}).items()}
    return scenario | {"server": server}


def _answer(answer: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    if "use" not in answer:
        return answer
    own = {key: value for key, value in answer.items() if key != "use"}
    return _merged(_answer(shared[answer["use"]], shared), own)


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = copy.deepcopy(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = _merged(result[key], value) if both else value
    return {key: value for key, value in result.items() if value != "$none"}
