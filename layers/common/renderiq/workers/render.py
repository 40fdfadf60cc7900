"""Builds the render worker."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from renderiq.domain.renders import LARGE_PATH_TRACER, PATH_TRACER, Render
from renderiq.queues import RenderJob
from renderiq.services.render_worker import RenderWorker
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.consents import consent_service
from renderiq.wiring.engines import engine
from renderiq.wiring.events import event_publisher
from renderiq.wiring.images import images
from renderiq.wiring.render_queue import render_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.style_registry import style_registry


@cache
def worker() -> RenderWorker:
    """Returns the worker; each container builds it once."""
    return RenderWorker(
        renders=renders(),
        images=images(),
        publisher=event_publisher(),
        queue=render_queue(),
        engine=engine,
        style=style_registry().get,
        consents=consent_service(),
        clock=time_source(),
        lease=timedelta(seconds=configuration().render_lease_seconds),
        serves=lambda name: name not in {PATH_TRACER, LARGE_PATH_TRACER},
    )


def work(job: RenderJob) -> Render | None:
    """Makes one attempt at a render."""
    return worker().work(job)
