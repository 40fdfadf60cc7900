"""Parameters of the endpoints that delete an account."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.account import AccountDeletionIn
from renderiq.services.account_deletion import AccountDeletionService
from renderiq.wiring.account_deletion import account_deletion_service

Deletions = Annotated[AccountDeletionService, Depends(account_deletion_service)]
DeletionBody = Annotated[AccountDeletionIn, Depends(BodyOf(AccountDeletionIn).read)]
