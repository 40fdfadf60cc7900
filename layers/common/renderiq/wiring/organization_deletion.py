"""Deletion of organisations, as requests need it."""

from __future__ import annotations

from functools import cache

from renderiq.services.organization_deletion import OrganizationDeletion
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.deletions import deletions
from renderiq.wiring.organizations import organizations


@cache
def organization_deletion() -> OrganizationDeletion:
    """Returns the service that closes organisations."""
    return OrganizationDeletion(deletions(), organizations(), account_task_queue())
