"""Names in Python and in JSON."""

from __future__ import annotations


def camel_case(name: str) -> str:
    """Returns a snake_case name as JSON has it: ``next_cursor`` is ``nextCursor``."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
