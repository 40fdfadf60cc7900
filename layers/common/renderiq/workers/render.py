"""The render worker's composition."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from renderiq import wiring
from renderiq.domain.renders import Render
from renderiq.queues import RenderJob
from renderiq.services.rendering import RenderShop


@cache
def shop() -> RenderShop:
    return RenderShop(
        renders=wiring.renders(),
        images=wiring.images(),
        herald=wiring.herald(),
        queue=wiring.render_queue(),
        engine=wiring.engine,
        clock=wiring.time_source(),
        lease=timedelta(seconds=wiring.configuration().render_lease_seconds),
    )


def work(job: RenderJob) -> Render | None:
    return shop().work(job)
