"""The response of the health endpoint."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from renderiq import __version__
from renderiq.models.responses import ResponseModel
from renderiq.platform import Client, Platform
from renderiq.services.health import HealthReport, ServiceState


class OverallState(StrEnum):
    """Whether the API works: ``degraded`` if one or two services are down, ``down`` if all are."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    DOWN = "down"


class ApiOut(ResponseModel, snake_case=True):
    """The version of the API, and the platform and plugin version that the request named."""

    version: str
    platform: Platform
    version_detected: str | None


class ServicesOut(ResponseModel, snake_case=True):
    """The state of each service. All except ``api`` are ``unchecked`` without ``deep=1``."""

    api: ServiceState
    authentication: ServiceState
    rendering: ServiceState
    storage: ServiceState


class HealthOut(ResponseModel, snake_case=True):
    """Whether the API and the services behind it work. ``success`` is false only if the status is ``down``."""

    success: bool
    status: OverallState
    timestamp: datetime
    api: ApiOut
    services: ServicesOut

    def to_json(self) -> dict[str, Any]:
        """Returns the object as it is sent. An unknown plugin version is null: dashboards read a fixed shape."""
        body = super().to_json()
        body["api"].setdefault("version_detected", None)
        return body

    @classmethod
    def of(cls, report: HealthReport, client: Client, now: datetime) -> HealthOut:
        """Returns the response for a report, to a client, at a time in UTC."""
        status = _overall_state(report.count(ServiceState.DOWN))
        return cls(
            success=status is not OverallState.DOWN,
            status=status,
            timestamp=now,
            api=ApiOut(version=__version__, platform=client.platform, version_detected=client.plugin_version),
            services=ServicesOut(
                api=ServiceState.OPERATIONAL,
                authentication=report.authentication,
                rendering=report.rendering,
                storage=report.storage,
            ),
        )


def _overall_state(services_down: int) -> OverallState:
    if services_down == 0:
        return OverallState.HEALTHY
    return OverallState.DEGRADED if services_down < 3 else OverallState.DOWN
