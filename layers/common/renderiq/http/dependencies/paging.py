"""The query string of lists that are read page by page."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import QueryOf
from renderiq.http.routing import Depends
from renderiq.models.paging import PageQuery

Page = Annotated[PageQuery, Depends(QueryOf(PageQuery).read)]
