"""Selects a request's route as an HTTP API does.

A static segment has priority over a parameter, and a parameter over ``{proxy+}``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from local.template import Route

T = TypeVar("T")
_SEGMENT: Final = re.compile(r"\{([A-Za-z0-9._-]+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A route, its target and the path parameters."""

    route: Route
    target: T
    parameters: dict[str, str]


class Router(Generic[T]):
    """Selects the route and the target of a request."""

    def __init__(self, routes: Iterable[tuple[Route, T]]) -> None:
        self._default: Match[T] | None = None
        self._routes: list[tuple[re.Pattern[str], Route, T]] = []
        for route, target in routes:
            if route.path == "$default":
                self._default = Match(route, target, {})
            else:
                self._routes.append((_pattern(route.path), route, target))
        self._routes.sort(key=lambda each: _rank(each[1]))

    def find(self, method: str, path: str) -> Match[T] | None:
        """The most specific route for the method and path, else the default route, else None."""
        for pattern, route, target in self._routes:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                names = [name for name, _ in _SEGMENT.findall(route.path)]
                return Match(route, target, dict(zip(names, found.groups(), strict=True)))
        return self._default


def _pattern(path: str) -> re.Pattern[str]:
    parts = _SEGMENT.split(path)  # text, name, plus, text, name, plus, ..., text
    expression = re.escape(parts[0])
    for plus, text in zip(parts[2::3], parts[3::3], strict=True):
        # A greedy parameter may be empty, so that it matches a slash at the end of the path.
        expression += ("(.*)" if plus else "([^/]+)") + re.escape(text)
    return re.compile(expression, re.DOTALL)


def _rank(route: Route) -> tuple[tuple[tuple[int, str], ...], bool]:
    """The sort key of a route: more specific routes come first."""
    return tuple((_segment_rank(segment), segment) for segment in route.path.split("/")), route.method == "ANY"


def _segment_rank(segment: str) -> int:
    parameter = _SEGMENT.fullmatch(segment)
    return 0 if parameter is None else 2 if parameter[2] else 1
