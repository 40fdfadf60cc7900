"""What a panel has to be told: the difference between two states, and the events with their numbers. Pure."""

from __future__ import annotations

import threading
import time
from typing import Any, Final

LISTS: Final = ("queue", "history")
_KEPT_EVENTS: Final = 500


def change_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any] | None:
    """Returns the change of two states without its revision, or None. PROTOCOL.md says what it has."""
    change: dict[str, Any] = {}
    values = {key: value for key, value in after.items() if key not in LISTS and before.get(key, change) != value}
    if values:
        change["set"] = values
    for name in LISTS:
        old = {each["id"]: each for each in before.get(name, [])}
        new = {each["id"]: each for each in after.get(name, [])}
        if put := [each for each_id, each in new.items() if old.get(each_id) != each]:
            change.setdefault("put", {})[name] = put
        if gone := [each_id for each_id in old if each_id not in new]:
            change.setdefault("remove", {})[name] = gone
    return change or None


class Events:
    """The events for the pages that are open. A page asks for those after a number, and may wait for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[tuple[int, dict[str, Any]]] = []
        self._number = self._revision = 0
        self._sent: dict[str, Any] | None = None
        self.has_ended = False

    def reset(self, state: dict[str, Any]) -> None:
        """Sends everything."""
        with self._changed:
            self._sent = state
            values = {key: value for key, value in state.items() if key not in LISTS}
            lists = {name: state.get(name, []) for name in LISTS}
            self._state({"reset": True, "set": values, "put": lists})

    def publish(self, state: dict[str, Any]) -> None:
        """Sends what has changed, if a page is there."""
        with self._changed:
            change = None if self._sent is None else change_between(self._sent, state)
            if change:
                self._sent = state
                self._state(change)

    def notice(self, message: str, code: str = "", level: str = "info") -> None:
        """Shows a sentence for a while."""
        with self._changed:
            data = {"level": level, "message": message[:2000], **({"code": code} if code else {})}
            self._add({"event": "notice", "data": data})

    def end(self) -> None:
        """Lets go of all who wait."""
        with self._changed:
            self.has_ended = True
            self._changed.notify_all()

    def after(self, number: int, wait: float) -> tuple[list[dict[str, Any]], int]:
        """Returns the events after a number, and the number of the last one. Waits up to ``wait`` seconds for one."""
        until = time.monotonic() + wait
        with self._changed:
            while not self.has_ended and self._number <= number:
                left = until - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            return [event for each, event in self._events if each > number], max(self._number, number)

    def _state(self, data: dict[str, Any]) -> None:
        self._revision += 1
        self._add({"event": "state", "data": {"revision": self._revision, **data}})

    def _add(self, event: dict[str, Any]) -> None:
        self._number += 1
        self._events = [*self._events[-_KEPT_EVENTS:], (self._number, event)]
        self._changed.notify_all()
