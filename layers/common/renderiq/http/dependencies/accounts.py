"""The parameter that reads accounts and their ledger."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.accounts import AccountService
from renderiq.wiring.accounts import account_service

Accounts = Annotated[AccountService, Depends(account_service)]
