"""The health endpoint's query and body, flat."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from renderiq import __version__
from renderiq.models.wire import Moment, SnakeModel
from renderiq.platform import Client, Platform
from renderiq.services.health import HealthReport, ServiceState


class HealthQuery(SnakeModel):
    """``deep``: really ask the stores and queues."""

    deep: bool = False


class OverallState(StrEnum):
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    DOWN = "down"


class ApiOut(SnakeModel):
    version: str
    platform: Platform
    version_detected: str | None


class ServicesOut(SnakeModel):
    api: ServiceState
    authentication: ServiceState
    rendering: ServiceState
    storage: ServiceState


class HealthOut(SnakeModel):
    success: bool
    status: OverallState
    timestamp: Moment
    api: ApiOut
    services: ServicesOut

    def to_json(self) -> dict[str, Any]:
        """An unknown plugin version is null, not absent: dashboards read a fixed shape."""
        return self.model_dump(mode="json")

    @classmethod
    def of(cls, found: HealthReport, client: Client, now: datetime) -> HealthOut:
        status = _overall(found.count(ServiceState.DOWN))
        return cls(
            success=status is not OverallState.DOWN,
            status=status,
            timestamp=now,
            api=ApiOut(version=__version__, platform=client.platform, version_detected=client.plugin_version),
            services=ServicesOut(
                api=ServiceState.OPERATIONAL,
                authentication=found.authentication,
                rendering=found.rendering,
                storage=found.storage,
            ),
        )


def _overall(down: int) -> OverallState:
    if down == 0:
        return OverallState.HEALTHY
    return OverallState.DEGRADED if down < 3 else OverallState.DOWN
