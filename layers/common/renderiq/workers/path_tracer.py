"""Builds the render worker of the path tracer, which has one engine."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from renderiq.domain.renders import LARGE_PATH_TRACER, PATH_TRACER, Render
from renderiq.engines.cycles.engine import CyclesEngine
from renderiq.engines.cycles.scene import RenderLimits
from renderiq.queues import RenderJob
from renderiq.services.render_worker import RenderWorker
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.consents import consent_service
from renderiq.wiring.events import event_publisher
from renderiq.wiring.images import images
from renderiq.wiring.render_queue import render_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.style_registry import style_registry


@cache
def worker(*, is_large: bool = False) -> RenderWorker:
    """Returns the worker; each container builds it once. ``is_large`` is the one in AWS Batch."""
    limits = RenderLimits(seconds=configuration().cycles_seconds, memory=configuration().cycles_megabytes << 20)
    engine = CyclesEngine(configuration().cycles_python, limits)
    queue = render_queue()
    # Without AWS Batch, there is one worker for all models.
    serves_large = is_large or not queue.has(LARGE_PATH_TRACER)
    return RenderWorker(
        renders=renders(),
        images=images(),
        publisher=event_publisher(),
        queue=queue,
        engine=lambda _name: engine,
        style=style_registry().get,
        consents=consent_service(),
        clock=time_source(),
        lease=timedelta(seconds=configuration().render_lease_seconds),
        serves=lambda name: name == PATH_TRACER or (serves_large and name == LARGE_PATH_TRACER),
    )


def work(job: RenderJob) -> Render | None:
    """Makes one attempt at a render."""
    return worker().work(job)
