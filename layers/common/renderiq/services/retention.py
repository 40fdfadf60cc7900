"""Retention: reading and changing what a user has chosen, and applying a change to what is stored already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from renderiq.domain.account_tasks import RETENTION_TASK, SETTLING
from renderiq.domain.retention import Retention, RetentionPeriod, effective_retention
from renderiq.errors import ApiError, ErrorCode
from renderiq.queues import AccountTaskJob, Queue
from renderiq.stores.account_tasks import AccountTaskStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.retention import RetentionStore

_MAX_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class RetentionState:
    """What holds for a user. ``is_applied`` is False while a change is being applied to what was stored before it."""

    retention: Retention
    updated_at: datetime | None
    is_applied: bool


@dataclass(frozen=True, slots=True)
class RetentionService:
    """Reads and changes retention."""

    choices: RetentionStore
    tasks: AccountTaskStore
    principals: PrincipalStore
    queue: Queue

    def get(self, user_id: str) -> RetentionState:
        """Raises ``NOT_FOUND`` if there is no such account."""
        stored = self.choices.get(user_id)
        task = self.tasks.find(user_id, RETENTION_TASK) if stored.version else None
        return RetentionState(effective_retention(None, stored.choice), stored.updated_at, task is None)

    def of_organization(self, organization_id: str, retention: Retention) -> RetentionState:
        """Returns the state for a member for whom ``retention`` holds in an organisation."""
        task = self.tasks.find(organization_id, RETENTION_TASK)
        return RetentionState(retention, None, task is None)

    def change(self, user_id: str, changes: Mapping[str, RetentionPeriod], *, now: datetime) -> RetentionState:
        """Changes what holds from the next request on, and begins to apply it to what is stored already.

        ``changes`` has periods by the fields of ``RetentionChoice``. Raises ``NOT_FOUND``, and ``RESOURCE_CONFLICT``
        if other requests keep changing it.
        """
        for _ in range(_MAX_ATTEMPTS):
            stored = self.choices.get(user_id)
            choice = replace(stored.choice, **changes)
            changed = replace(stored, choice=choice, version=stored.version + 1, updated_at=now)
            if self.choices.put(user_id, changed, now=now):
                retention = effective_retention(None, choice)
                # The task does this again, in case that this request ends here.
                self.principals.set_retention(user_id, retention, now=now)
                self.queue.enqueue(AccountTaskJob(RETENTION_TASK, user_id), delay=SETTLING)
                return RetentionState(retention, now, is_applied=False)
        raise ApiError(ErrorCode.RESOURCE_CONFLICT, "The retention is being changed by others. Try again.")
