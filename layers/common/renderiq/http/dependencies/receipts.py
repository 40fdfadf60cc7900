"""Parameters of the endpoint that shows receipts of deletions."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import PathId
from renderiq.http.routing import Depends
from renderiq.stores.deletions import DeletionStore
from renderiq.wiring.deletions import deletions

Receipts = Annotated[DeletionStore, Depends(deletions)]
ReceiptId = Annotated[str, Depends(PathId("receipt_id").read)]
