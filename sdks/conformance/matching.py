"""Comparing what a scenario expects with what happened."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sdks.conformance.server import Request

Names = dict[str, Any]
"""What ``$name`` stands for: the first value that it met. Two names never stand for the same value."""


def differences(expected: Any, actual: Any, names: Names, where: str = "value") -> Iterator[str]:
    """Yields a sentence for each difference. An expected object may lack fields that the actual one has."""
    if isinstance(expected, str) and expected.startswith("$"):
        yield from _special(expected, actual, names, where)
    elif isinstance(expected, dict) and any(key.startswith("$") for key in expected):
        yield from _operator(expected, actual, names, where)
    elif isinstance(expected, dict):
        if isinstance(actual, str):
            actual = _parsed(actual)
        if not isinstance(actual, dict):
            yield f"{where} is {_short(actual)} instead of an object"
            return
        for key, value in expected.items():
            yield from differences(value, actual.get(key), names, f"{where}.{key}")
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            yield f"{where} is {_short(actual)} instead of {_short(expected)}"
            return
        for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(one, other, names, f"{where}[{number}]")
    elif not _equal(expected, actual):
        yield f"{where} is {_short(actual)} instead of {_short(expected)}"


def request_differences(expected: str | dict[str, Any], request: Request, names: Names) -> list[str]:
    """Returns what is different in a request. ``expected`` is ``"GET /credits"`` or an object with ``request``."""
    wanted: dict[str, Any] = {"request": expected} if isinstance(expected, str) else expected
    if wanted["request"] != request.name:
        return [f"{request.name} was sent instead of {wanted['request']}"]
    actual = {
        "query": request.query,
        "headers": request.headers,
        "fields": request.fields,
        "bytes": len(request.body),
    }
    rest = {key: value for key, value in wanted.items() if key != "request"}
    return list(differences(rest, actual, names, request.name))


def _special(expected: str, actual: Any, names: Names, where: str) -> Iterator[str]:
    if expected == "$absent":
        if actual is not None:
            yield f"{where} is {_short(actual)} instead of absent"
    elif actual is None:
        yield f"{where} is absent"
    elif expected != "$any":
        if names.setdefault(expected, actual) != actual:
            yield f"{where} is {_short(actual)}, but {expected} was {_short(names[expected])} before"
        elif any(value == actual for name, value in names.items() if name != expected):
            yield f"{where} is {_short(actual)}, which is another one's value, not that of {expected}"


def _operator(expected: dict[str, Any], actual: Any, names: Names, where: str) -> Iterator[str]:
    [(operator, value)] = expected.items()
    if operator == "$match":
        if not isinstance(actual, str) or not re.search(value, actual):
            yield f"{where} is {_short(actual)}, which does not match {value}"
    elif operator == "$file":
        size = Path(actual).stat().st_size if isinstance(actual, str) and Path(actual).is_file() else None
        yield from differences(value, size, names, f"the size of {where} ({actual})")
    elif operator == "$length":
        yield from differences(
            value, len(actual) if isinstance(actual, list) else None, names, f"the length of {where}"
        )
    elif operator == "$last":
        yield from differences(
            value, actual[-1] if isinstance(actual, list) and actual else None, names, f"{where}[-1]"
        )
    else:
        yield f"the scenario has an unknown operator {operator}"


def _equal(expected: Any, actual: Any) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, int | float) and isinstance(actual, int | float):
        return math.isclose(expected, actual, abs_tol=1e-3)
    if isinstance(expected, int | float) and isinstance(actual, str):  # the fields of a form are text
        return actual == str(expected)
    return bool(expected == actual)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 300 else text[:300] + "…"
