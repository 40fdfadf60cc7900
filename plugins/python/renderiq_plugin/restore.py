"""Settings that are changed for a while and put back, also after an error. Pure."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any


class NotRestoredError(Exception):
    """Some settings could not be put back. The message names them."""


class Restoring:
    """Changes attributes within a ``with`` and puts them back at its end, last change first.

    What cannot be put back does not keep the rest from being put back. Raises ``NotRestoredError`` at the end, unless
    the ``with`` ended with an error of its own.
    """

    def __init__(self) -> None:
        self._undo: list[tuple[str, Callable[[], None]]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Gives an attribute another value for the length of the ``with``."""
        before = getattr(owner, name)
        if not isinstance(before, (str, bool, int, float, type(None))) and hasattr(before, "__len__"):
            before = before.copy() if isinstance(before, set) else tuple(before)
        if before == value:
            return
        self._undo.append((name, lambda: setattr(owner, name, before)))
        setattr(owner, name, value)

    def set_known(self, owner: Any, **values: Any) -> None:
        """Does the same for those attributes that this version of the host has."""
        for name, value in values.items():
            if hasattr(owner, name):
                self.set(owner, name, value)

    def then(self, what: str, undo: Callable[[], object]) -> None:
        """Has something done at the end. ``what`` names it in the message of an error."""

        def done() -> None:
            undo()

        self._undo.append((what, done))

    def __enter__(self) -> Restoring:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        problems = []
        while self._undo:
            what, undo = self._undo.pop()
            try:
                undo()
            except Exception as problem:
                problems.append(f"{what} ({problem})")
        if problems and error is None:
            raise NotRestoredError("These settings could not be put back: " + ", ".join(problems))
