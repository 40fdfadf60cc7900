"""The queue of the render worker."""

from __future__ import annotations

from functools import cache

from renderiq.domain.renders import LARGE_PATH_TRACER, PATH_TRACER
from renderiq.queues import JobQueue, Queue
from renderiq.settings import settings
from renderiq.stores.aws import client


@cache
def render_queue() -> Queue:
    """Returns the queue of the render worker. The path tracer has one of its own, and AWS Batch for large models."""
    own, batch = settings().cycles_queue_url, settings().cycles_batch
    others = {PATH_TRACER: Queue(lambda: client("sqs"), own)} if own else {}
    if batch:
        job_queue, definition = batch.split()
        others[LARGE_PATH_TRACER] = JobQueue(lambda: client("batch"), job_queue, definition)
    return Queue(lambda: client("sqs"), settings().render_queue_url, others)
