"""Retention of organisations."""

from __future__ import annotations

from functools import cache

from renderiq.services.organization_retention import OrganizationRetention
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.account_tasks import account_tasks


@cache
def organization_retention() -> OrganizationRetention:
    """Returns what asks for the task that applies a changed retention of an organisation."""
    return OrganizationRetention(account_tasks(), account_task_queue())
