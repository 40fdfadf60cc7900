"""Starting the renders of an organisation that wait for a slot."""

from __future__ import annotations

from renderiq.domain.renders import Render
from renderiq.logs import logger
from renderiq.queues import Queue, RenderJob
from renderiq.stores.renders import RenderStore


def start_waiting(renders: RenderStore, queue: Queue, organization_id: str) -> list[Render]:
    """Gives every free slot of an organisation to the render that has waited longest, and enqueues its job.

    Returns the renders that were started. The sweeper starts those that are left, for example after an interruption.
    """
    started = []
    while (render := renders.start_next(organization_id)) is not None:
        queue.of(render.worker).enqueue(RenderJob(render.user_id, render.render_id))
        started.append(render)
    return started


def try_start_waiting(renders: RenderStore, queue: Queue, ended: Render) -> None:
    """Starts what waits for the slot of a render that has ended, and logs errors: the sweeper starts it then."""
    if ended.created_by is None:
        return
    try:
        start_waiting(renders, queue, ended.user_id)
    except Exception:  # the render has ended whatever happens to the next one
        logger.exception("the next render of an organisation could not be started yet")
