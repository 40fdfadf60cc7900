"""Routes, and the parameters that they declare: ``Annotated[Caller, Depends(principal)]``.

A function has one path and few methods, and its guard runs before its route is called. What a resolver of a framework
does beyond that costs more than all the rest of a warm request (ADR 18).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, TypeVar, get_type_hints

from renderiq.http.request import Request
from renderiq.http.responses import Response

Endpoint = TypeVar("Endpoint", bound=Callable[..., Response])
Dependency = Callable[..., Any]


class Depends:
    """Says which function supplies a parameter. It takes nothing, or one argument that is named ``request``."""

    __slots__ = ("dependency",)

    def __init__(self, dependency: Dependency) -> None:
        self.dependency = dependency


class Route:
    """One method of one path. A parameter in the path is written as ``<render_id>``."""

    __slots__ = ("_parameters", "_segments", "func", "method", "operation_id", "path")

    def __init__(self, method: str, path: str, func: Callable[..., Response], operation_id: str | None) -> None:
        self.method = method
        self.path = path
        self.func = func
        self.operation_id = operation_id
        self._segments = path.split("/") if "<" in path else None
        self._parameters: list[tuple[str, Dependency | None]] | None = None

    def match(self, path: str) -> Mapping[str, str] | None:
        """Returns the path's parameters by name, or None if the path is another one."""
        if self._segments is None:
            return {} if path == self.path else None
        given = path.split("/")
        if len(given) != len(self._segments):
            return None
        found = {}
        for expected, segment in zip(self._segments, given, strict=True):
            if expected.startswith("<"):
                if not _segment().fullmatch(segment):
                    return None
                found[expected[1:-1]] = segment
            elif expected != segment:
                return None
        return found

    def call(self, request: Request, overrides: Mapping[Dependency, Dependency]) -> Response:
        """Calls the endpoint with the parameters that it declares, which are supplied in their order."""
        if self._parameters is None:
            self._parameters = _parameters(self.func)
        values = {}
        for name, dependency in self._parameters:
            if dependency is None:
                values[name] = request.path_parameters[name]
                continue
            supply = overrides.get(dependency, dependency) if overrides else dependency
            values[name] = supply(request) if _takes_request(supply) else supply()
        return self.func(**values)


@cache
def _segment() -> re.Pattern[str]:
    # What a segment may hold once API Gateway has decoded it.
    return re.compile(r"[-._~()'!*:@,;=+&$%<> \[\]{}|^\w]+")


def _parameters(func: Callable[..., Response]) -> list[tuple[str, Dependency | None]]:
    hints: dict[str, Any] = func.__annotations__
    if any(isinstance(hint, str) for hint in hints.values()):
        hints = get_type_hints(func, include_extras=True)
    return [(name, dependency_of(hint)) for name, hint in hints.items() if name != "return"]


def dependency_of(hint: Any) -> Dependency | None:
    """Returns the function that supplies a parameter with this type, or None for a parameter of the path."""
    metadata = getattr(hint, "__metadata__", ())
    return next((each.dependency for each in metadata if isinstance(each, Depends)), None)


_REQUEST: Final = "request"


def _takes_request(dependency: Dependency) -> bool:
    code = getattr(getattr(dependency, "__func__", dependency), "__code__", None)
    return code is not None and _REQUEST in code.co_varnames[: code.co_argcount]
