"""Parameters of the health endpoint."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import QueryOf
from renderiq.models.health import HealthQuery
from renderiq.services.health import HealthService
from renderiq.wiring.health import health_service

Health = Annotated[HealthService, Depends(health_service)]
HealthQueryIn = Annotated[HealthQuery, Depends(QueryOf(HealthQuery).read)]
