"""Emulates EventBridge schedules, which invoke a function at a fixed rate."""

import json
import logging
import re
import threading
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from local.containers import DeployedFunction, Pool, TooBusyError
from local.errors import LocalStackError
from local.gateway import error_line
from local.template import ACCOUNT, REGION, Schedule

_logger = logging.getLogger(__name__)

_RATE: Final = re.compile(r"rate\((\d+) (second|minute|hour|day)s?\)")
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def interval(expression: str) -> int:
    """Seconds between two invocations. Raises ``LocalStackError`` unless the expression is a rate."""
    if found := _RATE.fullmatch(expression.strip()):
        return int(found[1]) * _SECONDS[found[2]]
    raise LocalStackError(f"The local stack supports rate(...) schedules only, not {expression}.")


def to_event(schedule: Schedule) -> Any:
    """The event of an invocation: the schedule's Input, else EventBridge's default."""
    if schedule.payload is not None:
        return json.loads(schedule.payload)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{schedule.name}"],
        "detail": {},
    }


class Scheduler:
    """Runs one schedule until ``stop``. An invocation longer than the interval delays the next."""

    def __init__(self, schedule: Schedule, deployed: DeployedFunction, pool: Pool) -> None:
        self._schedule = schedule
        self._seconds = interval(schedule.expression)
        self._deployed = deployed
        self._pool = pool
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"schedule {schedule.name}", daemon=True)

    def start(self) -> None:
        """Start a thread that waits for the first interval to pass."""
        self._thread.start()

    def stop(self) -> None:
        """Start no more invocations and kill the running one."""
        self._stopping.set()
        self._pool.close()

    def join(self) -> None:
        """Wait until the thread has ended."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                outcome = self._pool.invoke(self._deployed, to_event(self._schedule))
            except TooBusyError:  # the pool is closed
                return
            if outcome.error and not self._stopping.is_set():
                _logger.error(f"{self._deployed.function.logical_id} failed: {error_line(outcome)}")
