"""What all doubles share: an unknown name, a wrong type or another thread fails, and every use can be made to fail."""

from __future__ import annotations

import threading
from typing import Any

MAIN = threading.main_thread()
uses: list[str] = []
"""The uses of Rhino that can fail, in their order."""
fails_at: list[int] = []
"""The number of the use that fails, once; empty for none."""


class HostError(Exception):
    """Rhino failed."""


def use(name: str) -> None:
    """Notes a use. Raises where a test wants it."""
    if threading.current_thread() is not MAIN:
        raise AssertionError(f"{name} in another thread than Rhino's main one")
    uses.append(name)
    if fails_at and len(uses) == fails_at[0]:
        fails_at.clear()
        raise HostError(name)


def typed(value: Any, kind: Any) -> Any:
    """Returns the value. .NET takes an int for a double, and no float for an int; a bool is neither."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    fits = type(value) in kinds or (float in kinds and type(value) is int) or isinstance(value, tuple(kinds))
    if not fits or (isinstance(value, bool) and bool not in kinds):
        raise TypeError(f"{value!r} is no {kinds}")
    return value


class Strict:
    """An object of .NET. ``KINDS`` are the properties that may be set, with their types."""

    KINDS: dict[str, Any] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        if name not in self.KINDS:
            raise AttributeError(f"{type(self).__name__}.{name} cannot be set")
        typed(value, self.KINDS[name])
        use(f"{type(self).__name__}.{name} =")
        object.__setattr__(self, name, value)

    def _init(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)


class Event:
    """An event of .NET: += adds a handler, -= takes the same one away."""

    def __init__(self, name: str) -> None:
        self._name, self.handlers = name, []

    def __iadd__(self, handler: Any) -> Event:
        assert callable(handler)
        use(f"{self._name} +=")
        self.handlers.append(handler)
        return self

    def __isub__(self, handler: Any) -> Event:
        use(f"{self._name} -=")
        if handler in self.handlers:  # .NET says nothing of one that is not there
            self.handlers.remove(handler)
        return self

    def fire(self, sender: Any = None, event: Any = None) -> None:
        for each in list(self.handlers):
            each(sender, event)
