"""Accounts, credits and preferences."""

from __future__ import annotations

from functools import cache

from renderiq.services.accounts import AccountService
from renderiq.settings import settings
from renderiq.stores.accounts import AccountStore
from renderiq.stores.aws import client


@cache
def accounts() -> AccountStore:
    """Returns the store of accounts and their ledger."""
    return AccountStore(client("dynamodb"), accounts=settings().accounts_table, ledger=settings().ledger_table)


@cache
def account_service() -> AccountService:
    """Returns the service that reads accounts and their ledger."""
    return AccountService(accounts())
