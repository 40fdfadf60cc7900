"""Parameters of the health endpoint."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import QueryOf
from renderiq.http.routing import Depends
from renderiq.models.health import HealthQuery
from renderiq.services.health import HealthService
from renderiq.wiring.health import health_service

Health = Annotated[HealthService, Depends(health_service)]
HealthQueryIn = Annotated[HealthQuery, Depends(QueryOf(HealthQuery).read)]
