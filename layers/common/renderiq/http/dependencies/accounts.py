"""Parameters of the account and credit endpoints."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import QueryOf
from renderiq.models.paging import PageQuery
from renderiq.services.accounts import AccountService
from renderiq.wiring.accounts import account_service

Accounts = Annotated[AccountService, Depends(account_service)]
TransactionPageQuery = Annotated[PageQuery, Depends(QueryOf(PageQuery).read)]
