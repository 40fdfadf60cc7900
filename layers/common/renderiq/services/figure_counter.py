"""Keeps the figures: counts the changes that the tables' streams report, and rebuilds them from the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from renderiq.clock import Clock
from renderiq.domain.figures import ACTIVE, EVERYBODY, FactChange, changes
from renderiq.ids import uuid7
from renderiq.logs import logger
from renderiq.stores.figures import MARK_TTL, FigureStore, Key, periods_of, without_gone
from renderiq.stores.items import from_attributes
from renderiq.stores.stream_records import RecordReader, facts_of

_REBUILD_LEASE: Final = timedelta(minutes=5)
_FACTS_PER_EXTENSION: Final = 500
_MARKED_TOGETHER: Final = 25


@dataclass(frozen=True, slots=True)
class RecordChange:
    """The change of a record: its states before and after as DynamoDB's attribute values, empty if there was none.

    ``keys`` are the names of the keys of its table.
    """

    keys: tuple[str, ...]
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    def changes(self) -> list[FactChange]:
        """Returns what the change adds to the figures. Raises as ``facts_of`` for a record that cannot be read."""
        before, after = from_attributes(self.old), from_attributes(self.new)
        return changes(facts_of(self.keys, before), facts_of(self.keys, after))


@dataclass(frozen=True, slots=True)
class FigureCounter:
    """Counts changes of records. Each change counts once, however often and in which order they are reported."""

    figures: FigureStore
    clock: Clock

    def count(self, records: Sequence[RecordChange]) -> int:
        """Counts the changes. Returns how many records could not be read: they are logged and not counted.

        Raises ``RebuildInProgressError``, and botocore's errors. Then it is to be called again with the same records.
        """
        found: list[FactChange] = []
        unreadable = 0
        for record in records:
            try:
                found += record.changes()
            except (KeyError, TypeError, ValueError):
                unreadable += 1
                keys = {key: (record.new or record.old).get(key) for key in record.keys}
                logger.exception("a record could not be counted", extra={"entry": keys})
        self.figures.count(found, now=self.clock())
        return unreadable


@dataclass(frozen=True, slots=True)
class FigureRebuild:
    """Makes the figures anew from what the tables state, and from what was counted apart because it has gone."""

    figures: FigureStore
    records: RecordReader
    clock: Clock

    def run(self) -> int:
        """Writes every item of the figures that differs. Returns how many did.

        Meanwhile the streams wait. What they report afterwards and the rebuild has counted is not counted again. A run
        that was interrupted must be repeated. Raises ``RebuildInProgressError`` if another one runs.
        """
        now, lease = self.clock(), uuid7()
        self.figures.begin_rebuild(lease=lease, until=now + _REBUILD_LEASE, now=now)
        try:
            found = dict(self.figures.all_counts())
            made = self._made(found, lease)
            differing = [key for key, counts in made.items() if found.get(key) != counts]
            superfluous = [key for key in found if key not in made and without_gone(key) is None]
            for number, key in enumerate([*differing, *superfluous]):
                self._extend(lease, number)
                self.figures.replace(key, made.get(key))
        finally:
            self.figures.end_rebuild(lease=lease)
        return len(differing) + len(superfluous)

    def _made(self, found: dict[Key, dict[str, int]], lease: str) -> dict[Key, dict[str, int]]:
        now = self.clock()
        made: dict[Key, Counter[str]] = {}
        active: set[Key] = set()
        recent: list[FactChange] = []
        for number, fact in enumerate(self.records.facts()):
            self._extend(lease, number)
            change = FactChange(fact)
            for key in periods_of(change, now):
                made.setdefault(key, Counter()).update(fact.counts)
                if fact.shows_activity and key[0] != EVERYBODY:
                    active.add(key)
            if fact.at > now - MARK_TTL:  # its change may still be in a stream
                recent.append(change)
            if len(recent) >= _MARKED_TOGETHER:
                self.figures.mark(recent, now=now)
                recent.clear()
        self.figures.mark(recent, now=now)
        for gone, counts in found.items():
            if (base := without_gone(gone)) is not None:
                made.setdefault(base, Counter()).update({name: n for name, n in counts.items() if name != ACTIVE})
                if ACTIVE in counts:
                    active.add(base)
        for scope, period in active:
            made[scope, period][ACTIVE] = 1
            made[EVERYBODY, period][ACTIVE] += 1
        return {key: dict(counts) for key, counts in made.items()}

    def _extend(self, lease: str, number: int) -> None:
        if number % _FACTS_PER_EXTENSION == 0:
            now = self.clock()
            self.figures.extend_rebuild(lease=lease, until=now + _REBUILD_LEASE, now=now)
