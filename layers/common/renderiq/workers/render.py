"""Builds the render worker."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from renderiq.domain.renders import Render
from renderiq.queues import RenderJob
from renderiq.services.render_worker import RenderWorker
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.engines import engine
from renderiq.wiring.events import event_publisher
from renderiq.wiring.images import images
from renderiq.wiring.render_queue import render_queue
from renderiq.wiring.render_store import renders


@cache
def worker() -> RenderWorker:
    """Returns the worker; each container builds it once."""
    return RenderWorker(
        renders=renders(),
        images=images(),
        publisher=event_publisher(),
        queue=render_queue(),
        engine=engine,
        clock=time_source(),
        lease=timedelta(seconds=configuration().render_lease_seconds),
    )


def work(job: RenderJob) -> Render | None:
    """Makes one attempt at a render."""
    return worker().work(job)
