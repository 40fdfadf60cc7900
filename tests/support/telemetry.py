"""Metrics in printed lines, as CloudWatch reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

NAMESPACE = "Renderiq/Plugins"


@dataclass(frozen=True)
class Figure:
    """One line of Embedded Metric Format. ``by`` has its sets of dimensions, the largest first."""

    values: dict[str, float]
    units: dict[str, str]
    by: list[dict[str, str]]
    facts: dict[str, Any]


def figures(printed: str, metric: str) -> list[Figure]:
    """Returns the lines that have ``metric``. Fails if a line violates the format."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith('{"_aws"')]
    read = [_read(line) for line in lines]
    return [figure for figure in read if metric in figure.values]


def _read(line: dict[str, Any]) -> Figure:
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert directive["Namespace"] == NAMESPACE
    units = {each["Name"]: each["Unit"] for each in directive["Metrics"]}
    by = [{name: line[name] for name in names} for names in directive["Dimensions"]]
    known = {"_aws", *units, *(name for names in by for name in names)}
    return Figure(
        values={name: line[name][0] if isinstance(line[name], list) else line[name] for name in units},
        units=units,
        by=sorted(by, key=len, reverse=True),
        facts={name: value for name, value in line.items() if name not in known},
    )
