"""The health of the services behind the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

REPORT_TTL: Final = timedelta(seconds=10)
Check = Callable[[], None]


class ServiceState(StrEnum):
    """What a health check found out about one service."""

    OPERATIONAL = "operational"
    DOWN = "down"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The state of each service. A service that was not checked is ``unchecked``, never ``operational``."""

    authentication: ServiceState = ServiceState.UNCHECKED
    rendering: ServiceState = ServiceState.UNCHECKED
    storage: ServiceState = ServiceState.UNCHECKED

    def count(self, state: ServiceState) -> int:
        """Returns how many services are in ``state``."""
        return (self.authentication, self.rendering, self.storage).count(state)


@dataclass(slots=True)
class HealthService:
    """Checks the services behind the API. Each check raises if its service does not answer.

    A report is kept for ``REPORT_TTL``.
    """

    authentication: Check
    rendering: Check
    storage: Check
    _checked_at: datetime | None = field(default=None, init=False)
    _report: HealthReport = field(default_factory=HealthReport, init=False)

    def check(self, now: datetime) -> HealthReport:
        """Runs every check, or returns the last report if it is recent."""
        if self._checked_at is None or now - self._checked_at >= REPORT_TTL:
            self._report = HealthReport(_state(self.authentication), _state(self.rendering), _state(self.storage))
            self._checked_at = now
        return self._report


def _state(check: Check) -> ServiceState:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        check()
    except (BotoCoreError, ClientError):
        return ServiceState.DOWN
    return ServiceState.OPERATIONAL
