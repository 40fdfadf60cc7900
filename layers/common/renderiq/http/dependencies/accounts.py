"""Parameters of the account and credit endpoints."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import QueryOf
from renderiq.http.routing import Depends
from renderiq.models.paging import PageQuery
from renderiq.services.accounts import AccountService
from renderiq.wiring.accounts import account_service

Accounts = Annotated[AccountService, Depends(account_service)]
TransactionPageQuery = Annotated[PageQuery, Depends(QueryOf(PageQuery).read)]
