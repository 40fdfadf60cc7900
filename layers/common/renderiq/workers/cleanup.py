"""The project cleanup worker's composition."""

from __future__ import annotations

from renderiq import wiring
from renderiq.queues import CleanupJob


def work(job: CleanupJob) -> None:
    wiring.project_cleanup().resume(job, now=wiring.time_source()())
