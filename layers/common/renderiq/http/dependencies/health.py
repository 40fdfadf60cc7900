"""Parameters of the health endpoint."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import QueryFlag
from renderiq.http.routing import Depends
from renderiq.services.health import HealthService
from renderiq.wiring.health import health_service

Health = Annotated[HealthService, Depends(health_service)]
IsDeep = Annotated[bool, Depends(QueryFlag("deep", "Whether to call the stores and queues.").read)]
