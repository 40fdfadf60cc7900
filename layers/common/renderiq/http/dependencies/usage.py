"""Parameters of the endpoints that show figures."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import QueryOf
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.models.usage import UsageQuery
from renderiq.services.usage import UsageService
from renderiq.wiring.usage import usage_service


def accepts_csv(request: Request) -> bool:
    """Returns whether the client asks for ``text/csv``."""
    return "text/csv" in request.headers.get("accept", "").lower()


Figures = Annotated[UsageService, Depends(usage_service)]
UsageRange = Annotated[UsageQuery, Depends(QueryOf(UsageQuery).read)]
AcceptsCsv = Annotated[bool, Depends(accepts_csv)]
