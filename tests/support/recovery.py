"""Shared by the tests of failures: runs the sweeper until all renders have ended, and counts the results."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from admin.reconcile import reconcile
from renderiq.domain.renders import Status
from renderiq.services.sweeper import SweepResult
from renderiq.stores.items import Item
from renderiq.workers import sweep as sweep_worker
from tests.support.aws import AwsEnvironment
from tests.support.wiring import reconciliation_service

PATIENCE: Final = 180.0
"""Seconds after which a test counts as hanging; generous, for slow machines."""

_PAUSE: Final = 1.0
"""Seconds between two runs."""
_LEAP: Final = timedelta(seconds=20)
"""How much earlier each run makes everything due. More would flood the workers with messages of waiting renders."""


def sweep(aws: AwsEnvironment) -> SweepResult:
    """Runs the sweeper once, after making everything due earlier."""
    aws.backdate("RendersTable", "DeliveriesTable", by=_LEAP)
    return sweep_worker.sweeper().run(budget=timedelta(minutes=1))


def renders(aws: AwsEnvironment) -> list[Item]:
    return [item for item in aws.items("RendersTable") if "status" in item]


def sweep_until_settled(aws: AwsEnvironment, *, more: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Sweeps until all renders have ended, all events are published and ``more`` is true. Returns counts by status."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        sweep(aws)
        found = renders(aws)
        if all(Status(item["status"]).is_terminal and "dueAt" not in item for item in found) and more():
            return Counter(item["status"] for item in found)
        time.sleep(_PAUSE)
    raise AssertionError(f"hanging: {[item for item in renders(aws) if 'dueAt' in item]}")


def records_agree() -> bool:
    return reconcile(reconciliation_service()) == 0


@contextmanager
def running_sweeper(aws: AwsEnvironment) -> Iterator[None]:
    """Runs the sweeper in the background."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(_PAUSE):
            sweep(aws)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
