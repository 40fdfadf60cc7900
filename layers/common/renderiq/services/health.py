"""Asking what the service stands on whether it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

KEPT: Final = timedelta(seconds=10)
Probe = Callable[[], None]


class ServiceState(StrEnum):
    OPERATIONAL = "operational"
    DOWN = "down"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was not asked is ``unchecked``, never ``operational``."""

    authentication: ServiceState = ServiceState.UNCHECKED
    rendering: ServiceState = ServiceState.UNCHECKED
    storage: ServiceState = ServiceState.UNCHECKED

    def count(self, state: ServiceState) -> int:
        return (self.authentication, self.rendering, self.storage).count(state)


@dataclass(slots=True)
class Probes:
    """Calls that raise where a service does not answer. What they found is kept for ``KEPT``."""

    authentication: Iterable[Probe]
    rendering: Iterable[Probe]
    storage: Iterable[Probe]
    _asked_at: datetime | None = field(default=None, init=False)
    _found: Findings = field(default_factory=Findings, init=False)

    def ask(self, now: datetime) -> Findings:
        if self._asked_at is None or now - self._asked_at >= KEPT:
            self._found = Findings(_state(self.authentication), _state(self.rendering), _state(self.storage))
            self._asked_at = now
        return self._found


def _state(probes: Iterable[Probe]) -> ServiceState:
    try:
        for probe in probes:
            probe()
    except (BotoCoreError, ClientError):
        return ServiceState.DOWN
    return ServiceState.OPERATIONAL
