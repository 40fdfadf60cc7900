"""Docstrings of the code as Markdown for the document."""

from __future__ import annotations

import inspect
from typing import Any


def to_markdown(docstring: str) -> str:
    """Returns paragraphs without line breaks inside; double backticks become single ones."""
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs).replace("``", "`")


def summary_and_description(function: Any) -> tuple[str, str]:
    """Returns the first line of a function's docstring without its full stop, and the rest.

    Raises ``ValueError`` for a function without a docstring.
    """
    docstring = inspect.getdoc(function)
    if not docstring:
        raise ValueError(f"{function.__module__}.{function.__qualname__} has no docstring to describe its operation")
    summary, _, description = to_markdown(docstring).partition("\n\n")
    return summary.removesuffix("."), description
