"""The query string of lists that are read page by page."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from renderiq.models.wire import UuidText, WireModel

Limit = Annotated[int, Field(ge=1, le=100, description="The maximum number of items in the response.")]
Cursor = Annotated[UuidText | None, Field(description="`nextCursor` of the previous page.")]


class PageQuery(WireModel):
    """A page of a list that is sorted from new to old."""

    limit: Limit = 20
    cursor: Cursor = None
