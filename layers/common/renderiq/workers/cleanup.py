"""Builds the project cleanup worker."""

from __future__ import annotations

from renderiq.queues import CleanupJob
from renderiq.wiring.base import time_source
from renderiq.wiring.project_cleanup import project_cleanup


def work(job: CleanupJob) -> None:
    """Deletes a batch of the renders of a deleted project."""
    project_cleanup().resume(job, now=time_source()())
