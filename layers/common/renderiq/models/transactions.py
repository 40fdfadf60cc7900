"""The query string of the ledger."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from renderiq.models.paging import PageQuery


class TransactionsQuery(PageQuery):
    """A page of the ledger."""

    member_id: Annotated[str, StringConstraints(max_length=80)] | None = Field(
        None,
        description="In an organization: only the transactions of this user id, or of `key#` and the id of a key.",
    )
