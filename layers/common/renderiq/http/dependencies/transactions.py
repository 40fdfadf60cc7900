"""The query string of the ledger."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import QueryOf
from renderiq.http.routing import Depends
from renderiq.models.transactions import TransactionsQuery

TransactionPageQuery = Annotated[TransactionsQuery, Depends(QueryOf(TransactionsQuery).read)]
