"""Deletion of accounts, as requests need it."""

from __future__ import annotations

from functools import cache

from renderiq.services.account_deletion import AccountDeletionService
from renderiq.services.leaving import Leaving
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.deletions import deletions
from renderiq.wiring.organization_deletion import organization_deletion
from renderiq.wiring.organizations import organization_service
from renderiq.wiring.principals import principals


@cache
def account_deletion_service() -> AccountDeletionService:
    """Returns the service that closes accounts."""
    leaving = Leaving(organization_service(), organization_deletion())
    return AccountDeletionService(leaving, deletions(), principals(), account_task_queue())
