"""Reading the records that reconciliation compares, while the API is in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from renderiq.domain.reconciliation import AccountRecords, OrganizationRecords
from renderiq.domain.recovery import QuarantinedRecord
from renderiq.stores.accounts import AccountStore
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.organizations import OrganizationStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.uploads import UploadStore

_MAX_ATTEMPTS: Final = 10
_PAGE_SIZE: Final = 1000


class BusyError(Exception):
    """Credits of the account moved during each attempt to read it."""


@dataclass(frozen=True, slots=True)
class ReconciliationService:
    """Reads the records of accounts, and those in quarantine."""

    accounts: AccountStore
    renders: RenderStore
    deliveries: DeliveryStore
    projects: ProjectStore
    uploads: UploadStore
    organizations: OrganizationStore

    def user_ids(self) -> Iterator[str]:
        """Yields the user id of every account."""
        return self.accounts.user_ids()

    def quarantined(self) -> Iterator[QuarantinedRecord]:
        """Yields the records that the sweeper has put into quarantine because it could not read them."""
        stores = (self.renders, self.deliveries, self.projects, self.uploads)
        return chain.from_iterable(store.due_index.quarantined() for store in stores)

    def records(self, user_id: str, now: datetime) -> AccountRecords:
        """Returns a consistent snapshot of the records of an account. Raises ``BusyError`` or ``NOT_FOUND``."""
        for _ in range(_MAX_ATTEMPTS):
            before = self.accounts.get(user_id, now)
            entries, cursor = self.accounts.entries(user_id, limit=_PAGE_SIZE, before=None)
            while cursor:
                more, cursor = self.accounts.entries(user_id, limit=_PAGE_SIZE, before=cursor)
                entries += more
            charges = tuple(self.renders.charges(user_id))
            # Comparing the accounts is not enough: a debit and its refund leave the account as it was.
            newest, _ = self.accounts.entries(user_id, limit=1, before=None)
            if newest == entries[:1] and self.accounts.get(user_id, now) == before:
                return AccountRecords(before, tuple(entries), charges)
        raise BusyError(user_id)

    def organization_ids(self) -> Iterator[str]:
        """Yields the id of every organisation."""
        return self.organizations.all_ids()

    def organization_records(self, organization_id: str, now: datetime) -> OrganizationRecords:
        """Returns a consistent snapshot of the records of an organisation. Raises ``BusyError`` or ``NOT_FOUND``."""
        for _ in range(_MAX_ATTEMPTS):
            records = self.records(organization_id, now)
            organization = self.organizations.get(organization_id)
            members = tuple(self.organizations.members(organization_id, now))
            newest, _ = self.accounts.entries(organization_id, limit=1, before=None)
            if tuple(newest) == records.entries[:1] and self.accounts.get(organization_id, now) == records.account:
                return OrganizationRecords(records, organization, members)
        raise BusyError(organization_id)
