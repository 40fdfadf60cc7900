"""Reading the records of every account, while credits go on moving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from renderiq.domain.reconciliation import AccountRecords
from renderiq.domain.recovery import QuarantinedRecord
from renderiq.stores.accounts import AccountStore
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore

_TRIES: Final = 10
_PAGE: Final = 1000


class BusyError(Exception):
    """The account's credits moved during every reading."""


@dataclass(frozen=True, slots=True)
class ReconciliationService:
    accounts: AccountStore
    renders: RenderStore
    deliveries: DeliveryStore
    projects: ProjectStore

    def user_ids(self) -> Iterator[str]:
        """Of every account."""
        return self.accounts.user_ids()

    def aside(self) -> Iterator[QuarantinedRecord]:
        """Everything that the sweeper set aside because nobody could read it."""
        return chain(self.renders.aside(), self.deliveries.aside(), self.projects.aside())

    def records(self, user_id: str, now: datetime) -> AccountRecords:
        """All of one account, read while none of its credits moved. Raises ``BusyError`` or ``NOT_FOUND``."""
        for _ in range(_TRIES):
            before = self.accounts.get(user_id, now)
            entries, cursor = self.accounts.entries(user_id, limit=_PAGE, before=None)
            while cursor:
                more, cursor = self.accounts.entries(user_id, limit=_PAGE, before=cursor)
                entries += more
            charges = tuple(self.renders.charges(user_id))
            # Equal totals are not enough: what was debited and paid back in between leaves them as they were.
            newest, _ = self.accounts.entries(user_id, limit=1, before=None)
            if newest == entries[:1] and self.accounts.get(user_id, now) == before:
                return AccountRecords(before, tuple(entries), charges)
        raise BusyError(user_id)
